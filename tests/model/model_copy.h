// model_copy.h - a golden checkpoint copied into a scratch folder, to be spoilt.
#pragma once
#include "engine/checkpoint/checkpoint.h"
#include "model/support.h"
#include "support/scratch_folder.h"

#include <fstream>

namespace vlmptq::model {

class ModelCopy {
public:
    explicit ModelCopy(const std::string& golden = "qwen2_5_vl") {
        for (const auto& entry : std::filesystem::directory_iterator(goldenModel(golden)))
            if (entry.is_regular_file() && entry.path().stem() != "io")
                std::filesystem::copy_file(entry, path() / entry.path().filename(),
                                           std::filesystem::copy_options::overwrite_existing);
        for (const auto& entry : std::filesystem::directory_iterator(path()))
            std::filesystem::permissions(entry, std::filesystem::perms::owner_write,
                                         std::filesystem::perm_options::add);
    }
    const std::filesystem::path& path() const { return m_folder.path(); }

    void changeConfig(const std::function<void(nlohmann::ordered_json&)>& change) {
        auto config = nlohmann::ordered_json::parse(std::ifstream(path() / "config.json"));
        change(config);
        std::ofstream(path() / "config.json") << config.dump(2);
    }

    void dropTensor(const std::string& name) {
        std::vector<checkpoint::TensorData> kept;
        const auto file = checkpoint::SafetensorsFile::open(path() / "model.safetensors");
        for (const auto& info : file->tensors()) {
            const auto bytes = file->bytes(info);
            if (info.name != name)
                kept.push_back({info, {bytes.begin(), bytes.end()}});
        }
        checkpoint::writeSafetensors(path() / "model.safetensors", std::move(kept));
    }

private:
    test::ScratchFolder m_folder;
};

}
