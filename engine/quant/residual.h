// residual.h - the terms that answer to the difference of the two streams: C and P (method.md 5).
#pragma once
#include "engine/quant/quantize.h"

namespace vlmptq::quant {

// Adds P and C to factors that have L, order and dead channels. `cross` is D as accumulated [Ci, Ci];
// undefined: both streams are equal, which leaves P undefined and C zero. `lower` may be more precise than
// `type`, that of the results. `mayOverwrite`: P may take the memory of D.
void addResidual(Factors&, const at::Tensor& lower, const at::Tensor& cross, bool mayOverwrite, double alpha,
                 at::ScalarType type, Workers&, const std::stop_token&);

// K = D H^-1 (damped H): what of the quantized stream explains the difference of the streams. In the memory
// of D where `mayOverwrite` allows.
at::Tensor regression(const Factors&, const at::Tensor& lower, const at::Tensor& cross, bool mayOverwrite,
                      at::ScalarType type, Workers&, const std::stop_token&);

// R of ResComp: the same propagation of X~ X^T = D + H (undamped) instead of D, with strength `alpha`.
at::Tensor returnResidual(const Factors&, const at::Tensor& lower, const at::Tensor& fullCross, double alpha,
                          at::ScalarType type, Workers&, const std::stop_token&);

}
