// gram.h - what quantization knows of a module group's inputs: plain values, so that every method works on
// the same data and tests need no model. Shapes: Ci input channels. All sums carry the factor 2/n (method.md
// 4); n counts samples.
#pragma once
#include <ATen/ATen.h>

namespace vlmptq::quant {

struct Gram {
    at::Tensor hessian;    // H [Ci, Ci], symmetric
    at::Tensor cross;      // D [Ci, Ci] = dX X^T, row: dX channel; undefined: both streams are equal (D = 0)
    at::Tensor visionDiag; // h_v [Ci]
    at::Tensor textDiag;   // h_l [Ci]
    std::int64_t samples = 0, visionTokens = 0, textTokens = 0;
};

// What candidates for mu are judged on: the first k samples. Either the three sums (scaled by 2/k) or the
// inputs themselves.
struct MuSearchData {
    at::Tensor hessian, cross,
        delta;           // H, D, dX dX^T of those samples; cross and delta undefined: streams equal
    at::Tensor x, xFull; // [T, Ci], with hessian undefined: evaluate directly
    std::int64_t samples = 0;
};

}
