// problems.h - random and degenerate problems for the tests of this folder: inputs of both streams, their
// sums, weights.
#pragma once
#include "engine/quant/quantize.h"
#include "reference.h"

namespace vlmptq::test {

struct Streams {
    at::Tensor x, xFull; // [T, Ci] float64
    at::Tensor isVision; // [T] bool
    std::int64_t samples = 4;
};

// Correlated channels of different size, two modalities, the quantized stream a little off.
Streams randomStreams(std::int64_t tokens, std::int64_t columns, std::uint64_t seed,
                      double visionShare = 0.7);

calibration::Gram gramOf(const Streams&); // float64, 2/n
at::Tensor randomWeight(std::int64_t rows, std::int64_t columns, std::uint64_t seed);
reference::Matrix toMatrix(const at::Tensor&);
at::Tensor toTensor(const reference::Matrix&);

}
