// gram_accumulator.h - sums a group's inputs over samples: H, D, dX dX^T, h_v, h_l (method.md 4), in sample
// order. The work of one sample is dealt out in fixed tiles of rows, so the bits do not depend on the number
// of threads. Sums live on the device of the model until they are taken.
#pragma once
#include "engine/calibration/gram.h"
#include "engine/workers.h"

namespace vlmptq::calibration {

struct GramNeeds {
    bool cross = false; // D: methods with P, and losses of the asymmetric objective
    bool delta = false; // dX dX^T: absolute losses of that objective
    at::ScalarType dtype = at::kFloat;
};

class GramAccumulator {
public:
    GramAccumulator(std::int64_t channels, const GramNeeds&, Workers&, at::Device);
    // One sample: inputs of both streams [tokens, Ci] and its vision mask [tokens] (bool). The same tensor
    // twice: the streams are equal and D stays zero without arithmetic.
    // `weights` [tokens], undefined: 1: how often a token counts in every sum (method.md 12: H = X G X^T).
    void add(const at::Tensor& quantized, const at::Tensor& full, const at::Tensor& visionMask,
             const at::Tensor& weights, const std::stop_token& = {});
    // The sums with their 2/n, on the CPU, where matrices are quantized. In place: no second copy of a
    // [Ci, Ci] sum exists. The accumulator is empty afterwards.
    Gram take();

private:
    GramNeeds m_needs;
    Workers& m_workers;
    std::int64_t m_tile = 128;
    at::Tensor m_hessian, m_cross, m_delta, m_vision, m_text, m_visionSquares, m_textSquares;
    std::int64_t m_samples = 0, m_visionTokens = 0, m_textTokens = 0;
    bool m_streamsDiffer = false;
};

}
