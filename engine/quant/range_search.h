// range_search.h - scale and zero of a matrix, and plain rounding on them (RTN): the tensor side of
// kernels/range_search.h.
#pragma once
#include "engine/quant/grid.h"
#include "engine/workers.h"

#include <stop_token>

namespace vlmptq::quant {

// `weight` [Co, Ci] in the working precision, dense; `importance` [Ci] likewise, or undefined: unweighted.
GridRanges searchRanges(const at::Tensor& weight, const MatrixGrid&, const at::Tensor& importance, Workers&,
                        const std::stop_token& = {});

// Ranges by the rule, then every weight to its nearest grid point.
GridMatrix roundToNearest(const at::Tensor& weight, const MatrixGrid&, const at::Tensor& importance, Workers&,
                          const std::stop_token& = {});

}
