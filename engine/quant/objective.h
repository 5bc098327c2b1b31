// objective.h - ||W X~ - W^ X||^2 of one matrix for any number of candidates W^ (method.md 8.2), from the
// accumulated sums or from the inputs themselves. Loss values carry the 2/n of the Grams. Sums run over fixed
// strips of rows in order, so they do not depend on the number of threads.
#pragma once
#include "engine/workers.h"

#include <ATen/ATen.h>

#include <stop_token>

namespace vlmptq::quant {

// left right, strips of rows dealt out to the workers.
at::Tensor product(const at::Tensor& left, const at::Tensor& right, Workers&, const std::stop_token& = {});

class Objective {
public:
    // `weight` [Co, Ci] in the working precision. The sums; `cross` and `delta` may be undefined (streams
    // equal, or the constant term tr(W dX dX^T W^T) is not known and left out).
    static Objective ofSums(const at::Tensor& weight, const at::Tensor& hessian, const at::Tensor& cross,
                            const at::Tensor& delta, Workers&, const std::stop_token& = {});
    // The inputs [T, Ci] of `samples` samples; `xFull` undefined: streams equal.
    static Objective ofInputs(const at::Tensor& weight, const at::Tensor& x, const at::Tensor& xFull,
                              std::int64_t samples, Workers&, const std::stop_token& = {});

    double loss(const at::Tensor& rounded, Workers&, const std::stop_token& = {}) const;
    double reference() const { return m_reference; } // ||W X~||^2
    std::uint64_t bytes() const;                     // held for the search

private:
    template <class Work>
    static double sumOverStrips(std::int64_t rows, Workers&, const std::stop_token&, Work);

    at::Tensor m_weight;
    at::Tensor m_hessian, m_linear; // H, 2 W D
    at::Tensor m_inputs, m_target;  // X^T [T, Ci], W X~ [Co, T]
    double m_constant = 0, m_factor = 1, m_reference = 0;
};

}
