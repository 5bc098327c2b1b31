#include "engine/calibration/gram_accumulator.h"

#include <gtest/gtest.h>

namespace vlmptq::calibration {
namespace {

struct Sample {
    at::Tensor quantized, full, vision;
};

std::vector<Sample> samples(std::int64_t channels, int count) {
    at::manual_seed(7);
    std::vector<Sample> result;
    for (int i = 0; i < count; ++i) {
        const std::int64_t tokens = 20 + 3 * i;
        const auto x = at::randn({tokens, channels}, at::kDouble);
        result.push_back({x, x + 0.1 * at::randn({tokens, channels}, at::kDouble), at::rand({tokens}) < 0.6});
    }
    return result;
}

Gram accumulate(const std::vector<Sample>& data, GramNeeds needs, int threads) {
    Workers workers(threads);
    GramAccumulator sums(data.front().quantized.size(1), needs, workers, at::kCPU);
    for (const auto& sample : data)
        sums.add(sample.quantized, sample.full, sample.vision, {});
    return sums.take();
}

TEST(GramAccumulator, EqualsTheSumsOfTheMethodWithTwoOverN) {
    const auto data = samples(300, 5); // more than two tiles, the last one partial
    const auto gram = accumulate(data, {.cross = true, .dtype = at::kDouble}, 2);
    auto h = at::zeros({300, 300}, at::kDouble), d = at::zeros_like(h);
    auto hv = at::zeros({300}, at::kDouble), hl = at::zeros_like(hv);
    for (const auto& s : data) {
        h += s.quantized.t().mm(s.quantized) * (2.0 / 5);
        d += (s.full - s.quantized).t().mm(s.quantized) * (2.0 / 5);
        hv += s.quantized.index({s.vision}).square().sum(0) * (2.0 / 5);
        hl += s.quantized.index({s.vision.logical_not()}).square().sum(0) * (2.0 / 5);
    }
    EXPECT_TRUE(gram.hessian.allclose(h, 1e-12, 1e-10));
    EXPECT_TRUE(gram.cross.allclose(d, 1e-12, 1e-10));
    EXPECT_TRUE(gram.visionDiag.allclose(hv, 1e-12, 1e-10));
    EXPECT_TRUE(gram.textDiag.allclose(hl, 1e-12, 1e-10));
    EXPECT_TRUE((gram.visionDiag + gram.textDiag).allclose(gram.hessian.diagonal(), 1e-12, 1e-10));
    EXPECT_EQ(gram.samples, 5);
}

TEST(GramAccumulator, GivesTheSameBitsForAnyNumberOfThreads) {
    auto data = samples(300, 4);
    for (auto& s : data)
        s = {s.quantized.to(at::kFloat), s.full.to(at::kFloat), s.vision};
    const auto one = accumulate(data, {.cross = true}, 1), three = accumulate(data, {.cross = true}, 3);
    EXPECT_TRUE(one.hessian.equal(three.hessian));
    EXPECT_TRUE(one.cross.equal(three.cross));
}

TEST(GramAccumulator, LeavesTheCrossTermOutWhileTheStreamsAreEqual) {
    auto data = samples(64, 3);
    for (auto& s : data)
        s.full = s.quantized;
    EXPECT_FALSE(accumulate(data, {.cross = true, .dtype = at::kDouble}, 1).cross.defined());
}

TEST(GramAccumulator, SumsTheDifferencesOnlyWhereTheyAreWanted) {
    const auto data = samples(150, 3);
    auto expected = at::zeros({150, 150}, at::kDouble);
    for (const auto& s : data)
        expected += (s.full - s.quantized).t().mm(s.full - s.quantized) * (2.0 / 3);
    const auto gram = accumulate(data, {.cross = true, .delta = true, .dtype = at::kDouble}, 2);
    EXPECT_TRUE(gram.delta.allclose(expected, 1e-12, 1e-12));
    EXPECT_TRUE(gram.delta.equal(gram.delta.t()));
    EXPECT_FALSE(accumulate(data, {.cross = true, .dtype = at::kDouble}, 1).delta.defined());
}

// method.md 12: H = X G X^T, D = dX G X^T, and the modality diagonals likewise.
TEST(GramAccumulator, CountsATokenAsOftenAsItsWeightSays) {
    const auto sample = samples(64, 1).front();
    const auto often = at::arange(sample.vision.size(0)).remainder(3);             // 0, 1, 2, 0, ...
    const auto index = at::arange(sample.vision.size(0)).repeat_interleave(often); // each token that often
    Workers workers(2);
    const GramNeeds needs{.cross = true, .delta = true, .dtype = at::kDouble};
    GramAccumulator weighted(64, needs, workers, at::kCPU), repeated(64, needs, workers, at::kCPU);
    weighted.add(sample.quantized, sample.full, sample.vision, often);
    repeated.add(sample.quantized.index_select(0, index), sample.full.index_select(0, index),
                 sample.vision.index_select(0, index), {});
    const auto a = weighted.take(), b = repeated.take();
    for (const auto part : {&Gram::hessian, &Gram::cross, &Gram::delta, &Gram::visionDiag, &Gram::textDiag})
        EXPECT_TRUE((a.*part).allclose(b.*part, 1e-12, 1e-10));
    GramAccumulator plain(64, needs, workers, at::kCPU);
    plain.add(sample.quantized, sample.full, sample.vision, {});
    const auto once = plain.take();
    EXPECT_TRUE(a.visionSquares.equal(once.visionDiag)) << "magnitudes count every token once";
    EXPECT_TRUE(a.textSquares.equal(once.textDiag));
}

TEST(GramAccumulator, TwoPartsMergeToTheWhole) {
    const auto data = samples(64, 5);
    const GramNeeds needs{.cross = true, .delta = true, .dtype = at::kDouble};
    const auto whole = accumulate(data, needs, 1);
    const auto sum = merged(accumulate({data.begin(), data.begin() + 3}, needs, 1),
                            accumulate({data.begin() + 3, data.end()}, needs, 1));
    for (const auto part : {&Gram::hessian, &Gram::cross, &Gram::delta, &Gram::visionDiag, &Gram::textDiag})
        EXPECT_TRUE((sum.*part).allclose(whole.*part, 1e-12, 1e-10));
    EXPECT_EQ(sum.samples, 5);
    EXPECT_EQ(sum.visionTokens, whole.visionTokens);
}

TEST(GramAccumulator, IsExactlySymmetric) {
    const auto gram = accumulate(samples(300, 2), {.dtype = at::kFloat}, 2);
    EXPECT_TRUE(gram.hessian.equal(gram.hessian.t()));
}

}
}
