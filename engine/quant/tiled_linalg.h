// tiled_linalg.h - Cholesky factor and triangular inverse of large matrices by tiles. Every tile is computed
// by one thread with single-threaded BLAS in a fixed order, so that, unlike LAPACK under threaded BLAS, the
// bits do not depend on the number of threads.
#pragma once
#include "engine/workers.h"

#include <ATen/ATen.h>

#include <stop_token>

namespace vlmptq::quant {

// A = G G^T in place: reads and writes the lower triangle of `matrix` [n, n], what is above stays as it was.
// False: not positive definite or not finite; `matrix` is then spoilt.
bool choleskyInPlace(at::Tensor& matrix, Workers&, const std::stop_token&);

// J G^-1 J of the lower triangle G of `lower`, J the reversal of the order: upper triangular, zeros below.
at::Tensor invertLowerReversed(const at::Tensor& lower, Workers&, const std::stop_token&);

}
