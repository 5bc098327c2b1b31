// probe_scales.h - the AWQ and MBQ cases of a golden/methods folder: one linear that is its own inspected
// module, full-precision inputs (method.md 10, 11, 15).
#pragma once
#include "engine/checkpoint/safetensors.h"
#include "engine/core/config.h"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace vlmptq::quant {

bool isScaleCase(const nlohmann::json& entry);

struct ScaleCaseResult {
    std::vector<checkpoint::TensorData> tensors;
    nlohmann::json scalars;
};
ScaleCaseResult runScaleCase(const nlohmann::json& entry, const checkpoint::SafetensorsFile& file,
                             const checkpoint::SafetensorsFile& shared, Precision);

}
