// aten_reference.h - the reference of the benchmark: range search and column sweep written the
// straightforward way, one tensor operation after the other, as the published codes do.
#pragma once
#include <ATen/ATen.h>

namespace vlmptq::bench {

struct AtenRanges {
    at::Tensor scale, zero; // [Co, 1]
};

// 80 candidates over all rows; `importance` undefined: |error|^2.4, else importance * error^2. Asymmetric,
// per-channel.
AtenRanges searchRanges(const at::Tensor& weight, const at::Tensor& importance, int bits);

// GPTAQ with C, tail mode `org`; returns the rounded weights.
at::Tensor sweepColumns(const at::Tensor& weight, const at::Tensor& upper, const at::Tensor& residual,
                        const at::Tensor& correction, const AtenRanges&, int bits, std::int64_t blockSize);

}
