// input_scale.h - the scale search of AWQ and MBQ (method.md 10, 11): the channels of one input are scaled up
// before rounding and the input down, by a power of their mean magnitude that is tried out. And AWQ's search
// for where to clip the scaled weights. Calling thread.
#pragma once
#include "engine/quant/pseudo_grid.h"

#include <functional>
#include <span>
#include <stop_token>
#include <vector>

namespace vlmptq::quant {

inline constexpr int kScaleRatios = 20;

struct InputScale {
    at::Tensor scale; // s [Ci]: weights are rounded as W diag(s), inputs become x / s
    int chosen = 0;   // of the ratios 0, 1/20, ... 19/20
    std::vector<double> losses;
};

// What the linears' common consumer loses with these effective weights Q(W diag(s)) diag(s)^-1, one per
// linear.
using OutputLoss = std::function<double(std::span<const at::Tensor> effective)>;

// `weights` share an input whose channels have the mean magnitude `meanAbs` [Ci]. Ties: the first.
InputScale searchInputScale(std::span<const at::Tensor> weights, const at::Tensor& meanAbs, const PseudoGrid&,
                            const OutputLoss&, const std::stop_token& = {});

// Mean squared difference, and MBQ's weighting of the answer's and the vision tokens; outputs [T, Co].
double squaredLoss(const at::Tensor& difference);
struct ModalityLoss {
    at::Tensor answer, vision; // [T] bool
    double visionWeight = 0.1; // rho
    bool isAbsolute = true;    // else squared
};
double modalityLoss(const at::Tensor& difference, const ModalityLoss&);

// The largest magnitude [Co, G] each row and group of `scaled` (W diag(s)) is clipped to so that its share of
// the outputs over `inputs` [T, Ci] (x / s) changes least. At most 512 of the tokens are looked at.
at::Tensor searchClip(const at::Tensor& scaled, const at::Tensor& inputs, const PseudoGrid&,
                      const std::stop_token& = {});
at::Tensor clipped(const at::Tensor& scaled, const at::Tensor& limit);

}
