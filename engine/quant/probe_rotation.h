// probe_rotation.h - the cases of a golden/methods folder that are no quantized matrix: rotated decoder
// blocks, activation quantizers, Hadamard matrices and their application (method.md 13).
#pragma once
#include "engine/checkpoint/safetensors.h"
#include "engine/core/config.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace vlmptq::quant {

struct SpecialCase {
    std::string name; // of the output file
    std::vector<checkpoint::TensorData> (*run)(const nlohmann::json& entry, const std::filesystem::path& dir,
                                               const checkpoint::SafetensorsFile& shared, Precision);
    const nlohmann::json* entry = nullptr;
};

// Those of the folder's index, in its order. The index must outlive them.
std::vector<SpecialCase> specialCases(const nlohmann::json& index);

}
