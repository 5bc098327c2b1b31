#include "engine/quant/mu_search.h"

#include "engine/core/error.h"

#include <algorithm>

namespace vlmptq::quant {
namespace {

constexpr double kReference = 0.5; // with raw sums: plain diag(H) ranges
constexpr double kTie = 1e-12;     // relative

bool isBetter(const MuPoint& point, const MuPoint& best) {
    if (std::abs(point.loss - best.loss) <= kTie * std::abs(best.loss))
        return point.mu < best.mu;
    return point.loss < best.loss;
}

std::vector<MuPoint> pointsToTry(const std::vector<double>& candidates) {
    std::vector<MuPoint> points;
    for (double mu : candidates)
        points.push_back({.mu = mu});
    if (std::find(candidates.begin(), candidates.end(), kReference) == candidates.end())
        points.push_back({.mu = kReference, .isCandidate = false});
    return points;
}

}

at::Tensor ModalityDiagonals::importance(double awareness) const {
    return (vision * awareness).add_(text, 1 - awareness);
}

ModalityDiagonals modalityDiagonals(const Gram& gram, MNorm norm, at::ScalarType type) {
    ModalityDiagonals diagonals{gram.visionDiag.to(type).contiguous(), gram.textDiag.to(type).contiguous()};
    if (norm == MNorm::Mean) {
        diagonals.vision = diagonals.vision / std::max<double>(1, static_cast<double>(gram.visionTokens));
        diagonals.text = diagonals.text / std::max<double>(1, static_cast<double>(gram.textTokens));
    }
    return diagonals;
}

MuChoice searchMu(const ModalityDiagonals& diagonals, const std::vector<double>& candidates,
                  const Objective& objective, const RoundWithImportance& round, Workers& workers,
                  const MuCallback& callback, const std::stop_token& stop) {
    VLMPTQ_CHECK(!candidates.empty(), "the mu grid has at least one candidate");
    MuChoice choice;
    choice.curve = pointsToTry(candidates);
    const MuPoint* best = nullptr;
    for (MuPoint& point : choice.curve) {
        throwIfStopped(stop);
        point.loss = objective.loss(round(diagonals.importance(point.mu)), workers, stop);
        point.relative = objective.reference() > 0 ? point.loss / objective.reference() : 0;
        if (point.isCandidate && (!best || isBetter(point, *best)))
            best = &point;
        if (callback)
            callback(point, static_cast<int>(&point - choice.curve.data()),
                     static_cast<int>(choice.curve.size()));
    }
    choice.awareness = best->mu;
    return choice;
}

}
