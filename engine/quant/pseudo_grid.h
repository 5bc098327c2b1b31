// pseudo_grid.h - the grid of AWQ and MBQ (method.md 10): per group the true minimum and maximum, zero not
// forced into the range. Codes, scales and zeros have the form of grid.h. Pure functions; any thread.
#pragma once
#include "engine/quant/grid.h"

namespace vlmptq::quant {

struct PseudoGrid {
    int bits = 4;
    std::int64_t groupSize = 0; // input channels per group; all of them: per channel
    bool symmetric = false;     // MBQ with quantized activations: absolute maximum, no zero point
};

// `weight` [Co, Ci] in the working precision.
GridMatrix placeOnGrid(const at::Tensor& weight, const PseudoGrid&);
// The same, dequantized.
at::Tensor rounded(const at::Tensor& weight, const PseudoGrid&);

}
