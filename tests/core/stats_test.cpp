#include "engine/core/stats.h"
#include "support/golden.h"

#include <gtest/gtest.h>

namespace vlmptq::stats {
namespace {

class Statistics : public testing::Test {
protected:
    const nlohmann::json golden = test::readJson(test::goldenDir() / "scoring" / "statistics.json");
    const double tolerance = golden.at("tolerance");
};

TEST_F(Statistics, SplitMixGivesTheGoldenStream) {
    for (const auto& sample : golden.at("splitmix64")) {
        SplitMix64 outputs(sample.at("seed").get<std::uint64_t>());
        for (const auto& expected : sample.at("first_outputs"))
            EXPECT_EQ(std::to_string(outputs.next()), expected.get<std::string>());
        SplitMix64 below(sample.at("seed").get<std::uint64_t>());
        for (const auto& expected : sample.at("below_10"))
            EXPECT_EQ(below.below(10), expected.get<std::uint64_t>());
    }
}

TEST_F(Statistics, WilsonIntervalsAreTheGoldenOnes) {
    for (const auto& sample : golden.at("wilson")) {
        const Interval interval = wilson(sample.at("k"), sample.at("n"));
        EXPECT_NEAR(interval.low, sample.at("low"), tolerance) << sample;
        EXPECT_NEAR(interval.high, sample.at("high"), tolerance) << sample;
    }
    EXPECT_EQ(wilson(0, 0).high, 1);
}

TEST_F(Statistics, McnemarIsExactAndTwoSided) {
    for (const auto& sample : golden.at("mcnemar")) {
        const Mcnemar p = mcnemar(sample.at("only_first_right"), sample.at("only_second_right"));
        EXPECT_NEAR(p.exact, sample.at("p_exact_two_sided"), tolerance) << sample;
        EXPECT_NEAR(p.mid, sample.at("p_mid"), tolerance) << sample;
    }
}

TEST_F(Statistics, McnemarStaysFiniteForManyQuestions) {
    const Mcnemar p =
        mcnemar(11'900, 12'100); // P ~ 0.2, by the normal approximation with continuity correction
    EXPECT_NEAR(p.exact, 0.199, 0.003);
    EXPECT_LT(p.mid, p.exact);
}

TEST_F(Statistics, BootstrapOfTheMeanIsTheGoldenOne) {
    for (const auto& sample : golden.at("bootstrap_mean")) {
        const auto values = sample.at("values").get<std::vector<double>>();
        const MeanInterval mean = bootstrapMean(values, sample.at("resamples"), sample.at("seed"));
        EXPECT_NEAR(mean.mean, sample.at("mean"), tolerance);
        EXPECT_NEAR(mean.low, sample.at("low"), tolerance) << sample.at("name");
        EXPECT_NEAR(mean.high, sample.at("high"), tolerance) << sample.at("name");
        EXPECT_NEAR(standardError(values), sample.at("standard_error"), tolerance);
    }
}

TEST_F(Statistics, PairedBootstrapIsTheGoldenOne) {
    for (const auto& sample : golden.at("paired_bootstrap")) {
        const auto difference = pairedBootstrap(sample.at("first").get<std::vector<double>>(),
                                                sample.at("second").get<std::vector<double>>(),
                                                sample.at("resamples"), sample.at("seed"));
        EXPECT_NEAR(difference.meanDifference, sample.at("mean_difference"), tolerance);
        EXPECT_NEAR(difference.standardError, sample.at("standard_error"), tolerance);
        EXPECT_NEAR(difference.low, sample.at("low"), tolerance) << sample.at("name");
        EXPECT_NEAR(difference.high, sample.at("high"), tolerance) << sample.at("name");
    }
}

TEST(Bootstrap, OfARatioWithEqualDenominatorsIsThatOfTheMean) {
    const std::vector<double> values{0.5, 2, 1, 0.25, 3}, twos(5, 2.0);
    const MeanInterval mean = bootstrapMean(values), ratio = bootstrapRatio(values, twos);
    EXPECT_NEAR(ratio.mean, mean.mean / 2, 1e-12);
    EXPECT_NEAR(ratio.low, mean.low / 2, 1e-12);
    EXPECT_NEAR(ratio.high, mean.high / 2, 1e-12);
}

TEST(Bootstrap, OfARatioWeighsItemsByTheirDenominator) {
    const MeanInterval ratio = bootstrapRatio(std::vector<double>{1, 9}, std::vector<double>{1, 3});
    EXPECT_DOUBLE_EQ(ratio.mean, 2.5);
    EXPECT_DOUBLE_EQ(ratio.low, 1);
    EXPECT_DOUBLE_EQ(ratio.high, 3);
}

TEST(Bootstrap, OfARatioDrawsAgainWhereNothingWasMeasured) {
    const MeanInterval ratio = bootstrapRatio(std::vector<double>{0, 4}, std::vector<double>{0, 2});
    EXPECT_DOUBLE_EQ(ratio.low, 2);
    EXPECT_DOUBLE_EQ(ratio.high, 2);
    EXPECT_ANY_THROW(bootstrapRatio(std::vector<double>{0}, std::vector<double>{0}));
    EXPECT_ANY_THROW(bootstrapRatio(std::vector<double>{0, 1}, std::vector<double>{1}));
}

TEST(Bootstrap, OfNothingIsZero) {
    EXPECT_EQ(bootstrapMean({}).high, 0);
    EXPECT_EQ(pairedBootstrap({}, {}).high, 0);
}

TEST(StandardError, NeedsTwoValues) { EXPECT_EQ(standardError(std::vector<double>{3}), 0); }

TEST(Quantile, InterpolatesBetweenSortedNeighbours) {
    EXPECT_DOUBLE_EQ(quantile({4, 1, 3, 2}, 0.5), 2.5);
    EXPECT_DOUBLE_EQ(quantile({4, 1, 3, 2}, 0.25), 1.75);
    EXPECT_DOUBLE_EQ(quantile({4, 1, 3, 2}, 1), 4);
    EXPECT_DOUBLE_EQ(quantile({7}, 0.3), 7);
}

TEST(Spearman, ComparesRanksAndAveragesTies) {
    EXPECT_DOUBLE_EQ(spearman(std::vector<double>{1, 2, 3, 4}, std::vector<double>{1, 8, 27, 64}), 1);
    EXPECT_DOUBLE_EQ(spearman(std::vector<double>{1, 2, 3}, std::vector<double>{9, 5, 1}), -1);
    // ranks 1 2.5 2.5 4 against 1 2 3 4: 4.5 / sqrt(4.5 * 5)
    EXPECT_NEAR(spearman(std::vector<double>{1, 2, 2, 3}, std::vector<double>{1, 2, 3, 4}),
                0.9486832980505138, 1e-12);
    EXPECT_EQ(spearman(std::vector<double>{1, 1}, std::vector<double>{1, 2}), 0);
}

TEST(Holm, StepsDownAndNeverFalls) {
    const std::vector<double> adjusted = holm({0.01, 0.04, 0.03, 0.005});
    const std::vector<double> expected{0.03, 0.06, 0.06, 0.02};
    for (std::size_t i = 0; i < expected.size(); ++i)
        EXPECT_NEAR(adjusted[i], expected[i], 1e-12);
    EXPECT_EQ(holm({0.9, 0.8}), (std::vector<double>{1, 1}));
}

}
}
