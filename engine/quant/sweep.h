// sweep.h - one matrix through the column sweep: the tensor side of kernels/column_sweep.h. Brings the
// columns into sweep order and the result back.
#pragma once
#include "engine/quant/grid.h"
#include "engine/quant/quantize.h"

namespace vlmptq::quant {

struct SweepResult {
    GridMatrix matrix;
    at::Tensor extraLoss;           // [Ci] float64, original order; undefined without C
    bool isFinite = true;           // false: the sweep diverged, the matrix is worthless
    std::uint64_t scratchBytes = 0; // of one thread
};

// `weight` as it is, dead columns included; `importance` [Ci] in original order or undefined.
SweepResult sweepMatrix(const at::Tensor& weight, const Factors&, const QuantConfig&, const MatrixGrid&,
                        const at::Tensor& importance, Workers&, const std::stop_token&);

}
