#include "engine/quant/run_fingerprint.h"

#include "engine/core/error.h"
#include "engine/core/hash.h"
#include "engine/workers.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <vector>

namespace vlmptq::quant {
namespace {

constexpr std::uint64_t kWholeFile = 1ull << 30, kBlock = 64 << 10, kBlocks = 1024;

void hashFile(Sha256& hash, const std::filesystem::path& path, const std::stop_token& stop) {
    std::ifstream in(path, std::ios::binary);
    const auto size = std::filesystem::file_size(path);
    hash.update(std::to_string(size));
    std::vector<char> buffer(kBlock);
    const bool whole = size <= kWholeFile;
    const std::uint64_t blocks = whole ? (size + kBlock - 1) / kBlock : kBlocks;
    for (std::uint64_t i = 0; i < blocks; ++i) {
        throwIfStopped(stop);
        const std::uint64_t offset = whole ? i * kBlock : i * ((size - kBlock) / (kBlocks - 1));
        in.seekg(static_cast<std::streamoff>(offset));
        const auto count = std::min<std::uint64_t>(kBlock, size - offset);
        if (!in.read(buffer.data(), static_cast<std::streamsize>(count)))
            throw Error(ErrorKind::BadInput, "E-CKPT-20",
                        "Reading " + path.string() + " failed at byte " + std::to_string(offset) + ".",
                        "Check the disk, or copy the file again.");
        hash.update(std::string_view(buffer.data(), count));
    }
}

}

std::string modelHash(const checkpoint::Checkpoint& checkpoint, const std::stop_token& stop) {
    Sha256 hash;
    hash.update(checkpoint.config().dump());
    for (const auto& file : checkpoint.files())
        hashFile(hash, file->path(), stop);
    for (const char* name :
         {"tokenizer.json", "tokenizer_config.json", "generation_config.json", "preprocessor_config.json",
          "processor_config.json", "chat_template.jinja", "chat_template.json"})
        if (const auto text = checkpoint.text(name))
            hash.update(std::string_view(name)).update(*text);
    return hash.hex();
}

std::string fingerprintParts(const checkpoint::Checkpoint& checkpoint, const RunConfig& config,
                             const std::string& calibrationHash, const std::string& arithmetic,
                             const std::stop_token& stop) {
    // Names, places and the machine's size do not change a result.
    RunConfig settings = config;
    settings.model.clear();
    settings.name.clear();
    settings.tags.clear();
    settings.calib.source.clear();
    settings.device = {};
    settings.device.computeDtype = config.device.computeDtype;

    // One part per setting ("/quant/alpha"), so that a difference is named and not only found.
    nlohmann::json parts = nlohmann::json(settings).flatten();
    parts["model"] = modelHash(checkpoint, stop);
    parts["calibration data"] = calibrationHash;
    parts["arithmetic"] = arithmetic;
    return parts.dump();
}

}
