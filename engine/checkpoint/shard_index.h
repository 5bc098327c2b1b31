// shard_index.h - the weight files of a checkpoint folder: model.safetensors, or the shards that
// model.safetensors.index.json names. Opened (headers only) and compared with the index in both directions.
#pragma once
#include "engine/checkpoint/safetensors.h"

namespace vlmptq::checkpoint {

inline constexpr const char* kSingleFile = "model.safetensors";
inline constexpr const char* kIndexFile = "model.safetensors.index.json";

// In order of their names; no tensor name occurs twice. Throws Error (BadInput).
std::vector<std::shared_ptr<const SafetensorsFile>> openShards(const std::filesystem::path& folder);

}
