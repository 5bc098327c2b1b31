// checkpoint.h - a Hugging Face checkpoint folder: config.json and its companions, and the tensors of one
// file or of all shards of an index under one name space. Immutable after opening; any thread. Layouts:
// models.md 1.1, formats.md 1, 2.
#pragma once
#include "engine/checkpoint/safetensors.h"

#include <nlohmann/json.hpp>

#include <optional>

namespace vlmptq::checkpoint {

class Checkpoint {
public:
    // Throws Error (BadInput): folder or config.json missing, not JSON, a shard missing or cut off, index and
    // shards that disagree, no tensors at all. Reads headers only.
    static std::shared_ptr<const Checkpoint> open(const std::filesystem::path& folder);

    const std::filesystem::path& folder() const { return m_folder; }
    const nlohmann::ordered_json& config() const { return m_config; }
    // Companion files, absent when there is none: generation_config.json, preprocessor_config.json, …
    std::optional<nlohmann::json>
    json(const std::string& fileName) const; // throws when it is there but is not JSON
    std::optional<std::string> text(const std::string& fileName) const;

    const std::vector<const TensorInfo*>& tensors() const { return m_order; } // sorted by name, all shards
    const TensorInfo* find(std::string_view name) const;
    std::span<const std::byte> bytes(const TensorInfo&) const;
    const TensorInfo&
    require(std::string_view name) const; // throws Error naming the missing tensor and the folder
    std::uint64_t tensorBytes() const;    // sum over all tensors
    const std::vector<std::shared_ptr<const SafetensorsFile>>& files() const { return m_files; }
    // The generation end ids (models.md 8): generation_config.json, else the text config's.
    std::vector<std::int64_t> endTokenIds() const;

private:
    std::filesystem::path m_folder;
    nlohmann::ordered_json m_config;
    std::vector<std::shared_ptr<const SafetensorsFile>> m_files;
    std::vector<const TensorInfo*> m_order;
    std::map<std::string, std::pair<const TensorInfo*, const SafetensorsFile*>, std::less<>> m_byName;
};

// What a folder says it is, without opening a tensor.
std::string architectureOf(const nlohmann::ordered_json& config); // architectures[0], else model_type

}
