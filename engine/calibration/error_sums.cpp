#include "engine/calibration/error_sums.h"

#include "engine/core/stats.h"

namespace vlmptq::calibration {
namespace {

std::optional<double> ratio(const ErrorSums& sums, TokenSet set) {
    if (!(sums.reference[set] > 0))
        return std::nullopt;
    return sums.error[set] / sums.reference[set];
}

std::optional<MeanInterval> interval(std::span<const ErrorSums> samples, TokenSet set) {
    std::vector<double> errors, references;
    for (const auto& sums : samples) {
        if (!(sums.reference[set] > 0))
            continue;
        errors.push_back(sums.error[set]);
        references.push_back(sums.reference[set]);
    }
    if (errors.empty())
        return std::nullopt;
    return stats::bootstrapRatio(errors, references);
}

}

ErrorSums& ErrorSums::operator+=(const ErrorSums& other) {
    for (int set = 0; set < kTokenSets; ++set) {
        error[set] += other.error[set];
        reference[set] += other.reference[set];
    }
    return *this;
}

ErrorSums errorSums(const at::Tensor& full, const at::Tensor& quantized, const at::Tensor& masks) {
    const auto reference = full.to(at::kFloat);
    const auto perToken =
        at::stack({(reference - quantized.to(at::kFloat)).square().sum(-1), reference.square().sum(-1)});
    const auto sums = at::mm(perToken.to(at::kDouble), masks.t()).to(at::kCPU).contiguous(); // [2, sets]
    ErrorSums result;
    const double* values = sums.data_ptr<double>();
    for (int set = 0; set < kTokenSets; ++set) {
        result.error[set] = values[set];
        result.reference[set] = values[kTokenSets + set];
    }
    return result;
}

ErrorByTokens ratios(const ErrorSums& sums) {
    return {ratio(sums, AllTokens), ratio(sums, VisionTokens), ratio(sums, TextTokens),
            ratio(sums, AnswerTokens)};
}

ModelErrorInterval intervals(std::span<const ErrorSums> samples) {
    return {interval(samples, AllTokens), interval(samples, VisionTokens), interval(samples, TextTokens),
            interval(samples, AnswerTokens)};
}

}
