#include "engine/checkpoint/run_folder.h"

#include "engine/checkpoint/strict_json.h"
#include "engine/core/error.h"
#include "engine/core/file.h"

#include <cstdio>

namespace vlmptq::checkpoint {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kManifestFile = "run.json";
constexpr const char* kFormat = "vlmptq-run";
constexpr int kVersion = 1;

[[noreturn]] void failManifest(const fs::path& file, const std::string& reason) {
    throw Error(ErrorKind::BadInput, "E-RUN-01", file.string() + " " + reason + ".",
                "The run folder is damaged or of another program version.");
}

template <class T>
T field(const json& object, const char* key, const fs::path& file) {
    const auto found = object.find(key);
    if (found == object.end())
        failManifest(file, std::string("has no field '") + key + "'");
    try {
        return found->get<T>();
    } catch (const json::exception& error) {
        failManifest(file, std::string("has a field '") + key + "' that cannot be used: " + error.what());
    }
}

}

fs::path layerFile(const fs::path& runDir, int layer) {
    char name[40];
    std::snprintf(name, sizeof name, "layer-%03d.safetensors", layer);
    return runDir / name;
}

bool isRunFolder(const fs::path& folder) {
    std::error_code ignored;
    return fs::is_regular_file(folder / kManifestFile, ignored);
}

void writeManifest(const fs::path& runDir, const RunManifest& manifest) {
    nlohmann::ordered_json object;
    object["format"] = kFormat;
    object["version"] = kVersion;
    object["program_version"] = manifest.programVersion;
    object["model"] = manifest.modelFolder;
    object["layers"] = manifest.layers;
    object["fingerprint"] = manifest.fingerprint;
    object["settings"] = json(manifest.config);
    writeFileAtomically(runDir / kManifestFile, object.dump(2) + "\n");
}

RunManifest readManifest(const fs::path& runDir) {
    const auto file = runDir / kManifestFile;
    const auto object = parseStrictJson(readFile(file), file.string(), "E-RUN-01");
    if (!object.is_object() || object.value("format", json()) != kFormat)
        failManifest(file, std::string("is not a ") + kFormat + " file");
    if (const auto version = field<int>(object, "version", file); version != kVersion)
        failManifest(file, "has version " + std::to_string(version) + "; this program reads version " +
                               std::to_string(kVersion));
    RunManifest manifest;
    manifest.programVersion = field<std::string>(object, "program_version", file);
    manifest.modelFolder = field<std::string>(object, "model", file);
    manifest.layers = field<int>(object, "layers", file);
    manifest.fingerprint = field<std::string>(object, "fingerprint", file);
    manifest.config = field<RunConfig>(object, "settings", file);
    if (manifest.layers < 1)
        failManifest(file, "has " + std::to_string(manifest.layers) + " in field 'layers'");
    return manifest;
}

}
