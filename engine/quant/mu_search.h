// mu_search.h - chooses the modality awareness mu of one matrix: every candidate's ranges are tried and the
// one with the smallest output error is kept (method.md 8). The reference mu = 0.5 is always tried, and kept
// out of the choice unless it is in the grid. Stops between candidates.
#pragma once
#include "engine/quant/objective.h"
#include "engine/quant/quantize.h"

namespace vlmptq::quant {

// h_v and h_l of a Gram as the importance uses them: raw sums, or per token of the modality (A2).
struct ModalityDiagonals {
    at::Tensor vision, text;                       // [Ci], working precision
    at::Tensor importance(double awareness) const; // M = mu h_v + (1 - mu) h_l
};
ModalityDiagonals modalityDiagonals(const Gram&, MNorm, at::ScalarType);

struct MuChoice {
    double awareness = 0;
    std::vector<MuPoint>
        curve; // in the order tried; empty when one modality is absent and nothing had to be searched
};

// The quantized matrix, dequantized [Co, Ci], for an importance M.
using RoundWithImportance = std::function<at::Tensor(const at::Tensor& importance)>;

MuChoice searchMu(const ModalityDiagonals&, const std::vector<double>& candidates, const Objective&,
                  const RoundWithImportance&, Workers&, const MuCallback&, const std::stop_token&);

}
