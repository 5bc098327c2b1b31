// gram.h - what quantization knows of a module group's inputs: plain values, so that every method works on
// the same data and tests need no model. Shapes: Ci input channels. All sums carry the factor 2/n (method.md
// 4); n counts samples.
#pragma once
#include <ATen/ATen.h>

namespace vlmptq::calibration {

struct Gram {
    at::Tensor hessian;    // H [Ci, Ci], symmetric
    at::Tensor cross;      // D [Ci, Ci] = dX X^T, row: dX channel; undefined: both streams are equal (D = 0)
    at::Tensor delta;      // dX dX^T [Ci, Ci]; undefined: not wanted, or both streams are equal
    at::Tensor visionDiag; // h_v [Ci]
    at::Tensor textDiag;   // h_l [Ci]
    at::Tensor visionSquares, textSquares; // [Ci] the same with every token counted once: differ where tokens
                                           // have weights
    std::int64_t samples = 0, visionTokens = 0, textTokens = 0;
};

// The Gram of both parts' samples. Both were made with the same needs.
Gram merged(const Gram&, const Gram&);

}
