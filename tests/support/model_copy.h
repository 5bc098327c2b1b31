// model_copy.h - a copy of a reference model in the folder of a test, for tests that break one file of it.
#pragma once
#include "engine/core/file.h"
#include "support/golden.h"
#include "support/scratch_folder.h"

#include <functional>

namespace vlmptq::test {

inline std::filesystem::path copyModel(const ScratchFolder& scratch, const std::string& name) {
    const auto target = scratch / name;
    std::filesystem::create_directory(target);
    for (const auto& entry : std::filesystem::directory_iterator(goldenDir() / "models" / name)) {
        const auto file = entry.path().filename().string();
        if (!entry.is_regular_file() || file.starts_with("io."))
            continue;
        std::filesystem::copy_file(entry.path(), target / file);
        std::filesystem::permissions(target / file, std::filesystem::perms::owner_write,
                                     std::filesystem::perm_options::add);
    }
    return target;
}

inline void editJson(const std::filesystem::path& file,
                     const std::function<void(nlohmann::ordered_json&)>& edit) {
    auto content = nlohmann::ordered_json::parse(readFile(file));
    edit(content);
    writeFileAtomically(file, content.dump());
}

}
