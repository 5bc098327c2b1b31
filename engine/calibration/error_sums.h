// error_sums.h - squared error and reference sums of an output over the four token sets (method.md 9.2), per
// sample, so that ratios over any samples and intervals over samples can be formed afterwards. Sums are
// doubles, added in sample order.
#pragma once
#include "engine/core/records.h"

#include <ATen/ATen.h>

#include <array>
#include <span>

namespace vlmptq::calibration {

enum TokenSet { AllTokens, VisionTokens, TextTokens, AnswerTokens };
inline constexpr int kTokenSets = 4;

struct ErrorSums {
    std::array<double, kTokenSets> error{}, reference{};
    ErrorSums& operator+=(const ErrorSums&);
};

// `masks` [4, tokens] double; outputs [tokens, channels]: ||full_t - quantized_t||^2 and ||full_t||^2 summed
// over each set.
ErrorSums errorSums(const at::Tensor& full, const at::Tensor& quantized, const at::Tensor& masks);
ErrorByTokens ratios(const ErrorSums&);
// The ratio over all given samples with a bootstrap interval over them; absent where the set is empty.
ModelErrorInterval intervals(std::span<const ErrorSums> samples);

}
