// refine.h - after the sweep: passes of coordinate descent over the codes, and a closed-form fit of the group
// scales, each of which lowers tr((W* - W^) H (W* - W^)^T) or leaves it (method.md 17.9; not of the paper).
// Calling thread and workers; results do not depend on the number of threads.
#pragma once
#include "engine/quant/grid.h"
#include "engine/workers.h"

#include <stop_token>
#include <vector>

namespace vlmptq::quant {

struct Refinement {
    GridMatrix matrix;
    std::vector<double> objective; // before, and after every pass
};

// `target` W* [Co, Ci] and `hessian` [Ci, Ci] (damped, positive diagonal) in the working precision. Passes
// end early when one changes nothing.
Refinement refine(const at::Tensor& target, const GridMatrix&, const MatrixGrid&, const at::Tensor& hessian,
                  int passes, bool fitsScales, std::int64_t blockSize, Workers&, const std::stop_token& = {});

}
