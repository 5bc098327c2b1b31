#include "engine/calibration/error_sums.h"

#include <gtest/gtest.h>

namespace vlmptq::calibration {
namespace {

// Four tokens: vision, vision, text, text that predicts the answer.
at::Tensor masks() {
    return at::tensor({1., 1., 1., 1., 1., 1., 0., 0., 0., 0., 1., 1., 0., 0., 0., 1.}, at::kDouble)
        .view({4, 4});
}

TEST(ErrorSums, SplitsTheErrorByTokenSet) {
    const auto full = at::ones({4, 3}), quantized = full.clone();
    quantized[0] += 1; // one vision token is off by 1 in three channels
    quantized[3] += 2; // the answer token by 2
    const auto errors = ratios(errorSums(full, quantized, masks()));
    EXPECT_DOUBLE_EQ(*errors.all, (3 + 12) / 12.0);
    EXPECT_DOUBLE_EQ(*errors.vision, 3 / 6.0);
    EXPECT_DOUBLE_EQ(*errors.text, 12 / 6.0);
    EXPECT_DOUBLE_EQ(*errors.answer, 12 / 3.0);
}

TEST(ErrorSums, IsAbsentWhereTheSetIsEmpty) {
    auto noVision = masks();
    noVision[VisionTokens].zero_();
    const auto errors = ratios(errorSums(at::ones({4, 3}), at::zeros({4, 3}), noVision));
    EXPECT_FALSE(errors.vision.has_value());
    EXPECT_TRUE(errors.all.has_value());
}

TEST(ErrorSums, HasAnIntervalOverSamplesThatHoldsTheRatio) {
    std::vector<ErrorSums> samples(20);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        samples[i].reference.fill(10);
        samples[i].error.fill(1 + 0.1 * static_cast<double>(i));
    }
    const auto interval = *intervals(samples).all;
    EXPECT_NEAR(interval.mean, 0.195, 1e-12);
    EXPECT_LT(interval.low, interval.mean);
    EXPECT_GT(interval.high, interval.mean);
}

}
}
