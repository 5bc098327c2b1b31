// hf_folder.h - the Hugging Face folder around exported tensors (formats.md 2): companion files byte for
// byte, config.json with its order kept, everything in a temporary folder that is renamed when it is
// complete.
#pragma once
#include "engine/checkpoint/checkpoint.h"

namespace vlmptq::exporting {

// A folder that appears under its name only after finish(); otherwise it is removed again. An existing target
// is an Error (BadInput), or moved aside to "<name>.old-N" with `replace`.
class StagedFolder {
public:
    // `protectedFolders` (the model, the run) must neither hold the target nor lie in it.
    StagedFolder(std::filesystem::path target, bool replace, std::uint64_t neededBytes,
                 const std::vector<std::filesystem::path>& protectedFolders);
    ~StagedFolder();
    const std::filesystem::path& path() const { return m_staging; }
    void finish();

private:
    std::filesystem::path m_target, m_staging;
    bool m_replace, m_isFinished = false;
};

// Everything that is neither weights, their index, config.json nor another tool's quantization recipe;
// returns the names.
std::vector<std::string> copyCompanions(const checkpoint::Checkpoint&, const std::filesystem::path& to);
// config.json of the source with `dtype` under the keys the source uses; quantization_config dropped.
void writeConfig(const checkpoint::Checkpoint&, const std::string& dtype, const std::filesystem::path& to);

}
