#include "engine/quant/input_scale.h"

#include "engine/core/error.h"
#include "engine/workers.h"

#include <algorithm>

namespace vlmptq::quant {
namespace {

constexpr double kSmallestScale = 1e-4;
constexpr std::int64_t kClipTokens = 512;
constexpr int kClipSteps = 10; // of 1/20: down to 0.55 of the largest weight
constexpr std::int64_t kRowsPerSlice = 256;

at::Tensor scaleOf(const at::Tensor& meanAbs, double ratio) {
    const auto scale = at::pow(meanAbs, ratio).clamp_min_(kSmallestScale);
    return scale / (scale.max() * scale.min()).sqrt();
}

double meanOf(const at::Tensor& values) { return values.mean(at::kDouble).item<double>(); }

}

InputScale searchInputScale(std::span<const at::Tensor> weights, const at::Tensor& meanAbs,
                            const PseudoGrid& grid, const OutputLoss& loss, const std::stop_token& stop) {
    InputScale best;
    for (int k = 0; k < kScaleRatios; ++k) {
        throwIfStopped(stop);
        const auto scale = scaleOf(meanAbs, static_cast<double>(k) / kScaleRatios);
        std::vector<at::Tensor> effective;
        for (const auto& weight : weights)
            effective.push_back(rounded(weight * scale, grid) / scale);
        best.losses.push_back(loss(effective));
        if (!best.scale.defined() ||
            best.losses.back() < best.losses[static_cast<std::size_t>(best.chosen)]) {
            best.scale = scale;
            best.chosen = k;
        }
    }
    return best;
}

double squaredLoss(const at::Tensor& difference) { return meanOf(difference.square()); }

double modalityLoss(const at::Tensor& difference, const ModalityLoss& loss) {
    const auto answer = difference.index({loss.answer}), vision = difference.index({loss.vision});
    VLMPTQ_CHECK(answer.numel() + vision.numel() > 0, "a sample has tokens of one kind at least");
    if (!loss.isAbsolute)
        return (answer.numel() > 0 ? meanOf(answer.square()) : 0) +
               (vision.numel() > 0 ? loss.visionWeight * meanOf(vision.square()) : 0);
    const double sum = answer.abs().sum(at::kDouble).item<double>() +
                       loss.visionWeight * vision.abs().sum(at::kDouble).item<double>();
    return sum / static_cast<double>(answer.numel() + vision.numel());
}

at::Tensor searchClip(const at::Tensor& scaled, const at::Tensor& inputs, const PseudoGrid& grid,
                      const std::stop_token& stop) {
    const auto step = std::max<std::int64_t>(1, inputs.size(0) / kClipTokens);
    const auto groups = scaled.size(1) / grid.groupSize;
    const auto x = inputs.slice(0, 0, c10::nullopt, step)
                       .reshape({-1, groups, grid.groupSize})
                       .transpose(0, 1); // [G, T, g]
    std::vector<at::Tensor> limits;
    for (std::int64_t first = 0; first < scaled.size(0); first += kRowsPerSlice) {
        const auto weight = scaled.slice(0, first, first + kRowsPerSlice);
        const auto partial = [&](const at::Tensor& rows) { // each group's share of the outputs [G, T, rows]
            return at::matmul(x, rows.reshape({rows.size(0), groups, grid.groupSize}).permute({1, 2, 0}));
        };
        const auto largest = weight.reshape({weight.size(0), groups, grid.groupSize}).abs().amax(-1);
        const auto wanted = partial(weight);
        at::Tensor best, limit = largest;
        for (int i = 0; i < kClipSteps; ++i) {
            throwIfStopped(stop);
            const auto candidate = largest * (1 - i / 20.0);
            const auto loss = (partial(rounded(clipped(weight, candidate), grid)) - wanted)
                                  .square()
                                  .mean(1)
                                  .t(); // [rows, G]
            if (i == 0) {
                best = loss;
                continue;
            }
            const auto isBetter = loss < best;
            limit = at::where(isBetter, candidate, limit);
            best = at::where(isBetter, loss, best);
        }
        limits.push_back(limit);
    }
    return at::cat(limits);
}

at::Tensor clipped(const at::Tensor& scaled, const at::Tensor& limit) {
    const auto groups = scaled.reshape({scaled.size(0), limit.size(1), -1});
    const auto bound = limit.unsqueeze(-1);
    return at::minimum(at::maximum(groups, -bound), bound).view(scaled.sizes());
}

}
