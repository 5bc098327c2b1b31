#include "engine/export/hf_folder.h"

#include "engine/core/disk.h"
#include "engine/core/file.h"
#include "engine/core/text.h"

#include <array>
#include <unistd.h>

namespace vlmptq::exporting {
namespace fs = std::filesystem;
namespace {

// formats.md 2.1: weights, indexes and recipes of the source never travel.
bool travels(const std::string& name) {
    static constexpr std::array patterns{"*.safetensors",
                                         "*.safetensors.index.json",
                                         "*.bin",
                                         "*.bin.index.json",
                                         "*.pt",
                                         "*.pth",
                                         "*.gguf",
                                         "config.json",
                                         "quantize_config.json",
                                         "quant_config.json",
                                         "recipe.yaml",
                                         ".git*",
                                         "*.lock",
                                         "run.json"};
    for (const auto* pattern : patterns)
        if (globMatches(pattern, name))
            return false;
    return true;
}

// Whether `inner` is `outer` or lies in it.
bool contains(const fs::path& outer, const fs::path& inner) {
    const auto relative = fs::weakly_canonical(inner).lexically_relative(fs::weakly_canonical(outer));
    return !relative.empty() && *relative.begin() != "..";
}

fs::path freeName(const fs::path& target) {
    for (int i = 1;; ++i) {
        fs::path candidate = target;
        candidate += ".old-" + std::to_string(i);
        if (!fs::exists(candidate))
            return candidate;
    }
}

void setDtype(nlohmann::ordered_json& object, const std::string& dtype) {
    for (const char* key : {"dtype", "torch_dtype"})
        if (object.contains(key))
            object[key] = dtype;
    for (const char* nested : {"text_config", "vision_config", "llm_config"})
        if (object.contains(nested) && object[nested].is_object())
            setDtype(object[nested], dtype);
}

}

StagedFolder::StagedFolder(fs::path target, bool replace, std::uint64_t neededBytes,
                           const std::vector<fs::path>& protectedFolders)
    : m_target(fs::absolute(std::move(target)).lexically_normal()), m_replace(replace) {
    if (!m_target.has_filename())
        m_target = m_target.parent_path();
    for (const auto& folder : protectedFolders)
        if (contains(folder, m_target) || contains(m_target, folder))
            throw Error(ErrorKind::BadInput, "E-EXP-04",
                        "The export cannot go to " + m_target.string() + ": " + folder.string() +
                            " is needed and would be touched.",
                        "Choose a folder of its own.");
    if (fs::exists(m_target) && !replace)
        throw Error(
            ErrorKind::BadInput, "E-EXP-01", "The folder " + m_target.string() + " exists already.",
            "Choose another name, or ask for it to be replaced (--force); the old one is then moved aside.");
    m_staging = m_target;
    m_staging += ".partial-" + std::to_string(getpid());
    std::error_code error;
    fs::create_directories(m_staging, error);
    if (error)
        throw writeError(m_staging, error.value(), neededBytes);
    if (const auto free = freeBytes(m_staging); free && *free < neededBytes) {
        fs::remove_all(m_staging, error);
        throw Error(ErrorKind::NoResource, "E-EXP-03",
                    "The checkpoint needs " + bytesText(neededBytes) + ", but " +
                        m_target.parent_path().string() + " has only " + bytesText(*free) + " free.",
                    "Free disk space or choose another folder.");
    }
}

StagedFolder::~StagedFolder() {
    std::error_code ignored; // the error that got us here is the one to report
    if (!m_isFinished)
        fs::remove_all(m_staging, ignored);
}

void StagedFolder::finish() {
    std::error_code error;
    const bool movesAside = fs::exists(m_target) && m_replace;
    const auto aside = movesAside ? freeName(m_target) : fs::path();
    if (movesAside)
        fs::rename(m_target, aside, error);
    if (!error) {
        fs::rename(m_staging, m_target, error);
        if (std::error_code ignored; error && movesAside)
            fs::rename(aside, m_target, ignored);
    }
    if (error)
        throw writeError(m_target, error.value());
    syncFolder(m_target.parent_path());
    m_isFinished = true;
}

std::vector<std::string> copyCompanions(const checkpoint::Checkpoint& source, const fs::path& to) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(source.folder())) {
        const auto name = entry.path().filename().string();
        if (!entry.is_regular_file() || !travels(name))
            continue;
        writeFileAtomically(to / name, readFile(entry.path()));
        names.push_back(name);
    }
    return names;
}

void writeConfig(const checkpoint::Checkpoint& source, const std::string& dtype, const fs::path& to) {
    auto config = source.config();
    config.erase("quantization_config");
    config.erase("compression_config");
    setDtype(config, dtype);
    writeFileAtomically(to / "config.json", config.dump(2) + "\n");
}

}
