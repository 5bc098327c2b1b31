// group_inputs.h - what the modules of one group need of their common inputs: Gram and factors, and what
// candidates for mu are judged on (method.md 4, 5, 8). Sums are given up as soon as nothing needs them, so
// that at most three [Ci, Ci] matrices exist at a time beside the search's own data.
#pragma once
#include "engine/calibration/streams.h"
#include "engine/quant/quantize.h"

#include <functional>
#include <optional>
#include <vector>

namespace vlmptq::quant {

struct GroupInputs {
    std::optional<Gram> gram; // absent: the method needs no data
    std::optional<MuSearchData> muData;
    std::optional<Factors> factors;
    std::optional<Fold> fold;                      // where a strength of the target is to be chosen
    std::vector<float> channelVision, channelText; // mean squared input per token [Ci]; empty: no such token
    double captureSeconds = 0, factorSeconds = 0;
};

// Gathers the inputs that `streams` has ready. `progress` gets the share of the samples that are summed.
GroupInputs gatherInputs(const calibration::Streams&, const QuantConfig&, at::Device, Workers&,
                         const std::function<void(double)>& progress, const std::stop_token&);

}
