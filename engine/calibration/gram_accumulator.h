// gram_accumulator.h - sums a group's inputs over samples: H, D, h_v, h_l (method.md 4), in sample order and
// without the 2/n, which is applied when read. The work of one sample is dealt out in fixed tiles of rows, so
// the bits do not depend on the number of threads. Results are on the CPU, where matrices are quantized. What
// the mu search needs of the first k samples is a snapshot of the same sums.
#pragma once
#include "engine/quant/gram.h"
#include "engine/workers.h"

namespace vlmptq::calibration {

struct GramNeeds {
    bool cross = false; // D: methods with P, and losses of the asymmetric objective
    bool muSearch = false;
    int muSamples = 0; // first k samples; 0: the whole sums
    at::ScalarType dtype = at::kFloat;
};

class GramAccumulator {
public:
    GramAccumulator(std::int64_t channels, const GramNeeds&, Workers&, at::Device);
    // One sample: inputs of both streams [tokens, Ci] and its vision mask [tokens] (bool). The same tensor
    // twice: streams are equal and D stays zero without arithmetic.
    void add(const at::Tensor& quantized, const at::Tensor& full, const at::Tensor& visionMask,
             std::stop_token = {});
    quant::Gram gram() const;
    quant::MuSearchData muSearchData() const; // hessian undefined when the whole Gram serves
    at::Tensor deltaSum() const; // dX dX^T over all samples with 2/n; undefined unless it serves the search
    // Mean squared input per channel and token of one modality (method.md 9.2); undefined without such
    // tokens.
    at::Tensor channelMagnitude(bool vision) const;

private:
    void takeSnapshot();

    GramNeeds m_needs;
    Workers& m_workers;
    std::int64_t m_tile = 128;
    at::Tensor m_hessian, m_cross, m_delta, m_vision, m_text;
    at::Tensor m_snapshotHessian, m_snapshotCross, m_snapshotDelta;
    std::int64_t m_samples = 0, m_snapshotSamples = 0, m_visionTokens = 0, m_textTokens = 0;
    bool m_streamsDiffer = false;
};

}
