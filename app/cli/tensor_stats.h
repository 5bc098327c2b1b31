// tensor_stats.h - mean, spread and extremes of a tensor straight from its bytes, without LibTorch. Pure.
#pragma once
#include "engine/checkpoint/safetensors.h"

#include <optional>

namespace vlmptq::cli {

struct TensorStats {
    std::int64_t count = 0, zeros = 0, notFinite = 0; // the other figures are over the finite values
    double mean = 0, standardDeviation = 0, minimum = 0, maximum = 0;
};

// Absent for a kind of element this program does not compute with.
std::optional<TensorStats> statsOf(const checkpoint::TensorInfo&, std::span<const std::byte>);

}
