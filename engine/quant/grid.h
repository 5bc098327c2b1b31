// grid.h - the integer grid of one matrix and a matrix placed on it (method.md 2). Scales and zeros are in
// the working precision and in the signed codes of kernels::CodeRange (symmetric: zero = 0); quantize.h says
// how they are handed out.
#pragma once
#include "engine/core/config.h"
#include "engine/kernels/range_search.h"

#include <ATen/ATen.h>

#include <string>

namespace vlmptq::quant {

kernels::CodeRange codeRange(int bits, bool symmetric);

struct MatrixGrid {
    kernels::RangeRule rule;
    std::int64_t groupSize = 0; // input channels per group; all of them: per-channel
    bool perChannel = true;
};

// Throws Error (BadInput) naming the module when the group size does not divide its input channels.
MatrixGrid gridOf(const QuantConfig&, Ranges, std::int64_t columns, const std::string& module);

struct GridRanges {
    at::Tensor scale, zero; // [Co, G]
};

struct GridMatrix {
    at::Tensor codes; // [Co, Ci] uint8, code - low, original column order
    GridRanges ranges;
    at::Tensor groupIndex; // [Ci] int32, group of each column; undefined: column / group size
};

// scale * (code - zero), in the precision of the scales. [Co, Ci]
at::Tensor dequantize(const GridMatrix&, const kernels::CodeRange&);

}
