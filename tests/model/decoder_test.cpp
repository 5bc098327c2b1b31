#include "engine/model/decoder.h"
#include "model/support.h"

#include <gtest/gtest.h>

#include <cmath>

namespace vlmptq::model {
namespace {

DecoderConfig smallConfig() {
    return {.hidden = 24,
            .layers = 1,
            .heads = 4,
            .kvHeads = 2,
            .headDim = 6,
            .intermediate = 40,
            .vocab = 50,
            .mropeSection = {}};
}

at::Tensor positions(std::int64_t tokens) { return at::arange(tokens, at::kLong).unsqueeze(0); }

Rotary plainRotary(const DecoderConfig& config, std::int64_t tokens) {
    return rotary(config, positions(tokens), at::kFloat, at::kCPU);
}

// Rotary embedding, head sharing and causal softmax spelled out number by number.
at::Tensor naiveAttention(const DecoderConfig& config, const at::Tensor& q, const at::Tensor& k,
                          const at::Tensor& v) {
    const std::int64_t n = q.size(1), dim = config.headDim, half = dim / 2;
    const auto rotated = [&](const at::Tensor& x, std::int64_t token, std::int64_t head, std::int64_t j) {
        const auto at = [&](std::int64_t c) { return x[0][token][head * dim + c].item<double>(); };
        const double angle = token * std::pow(config.ropeTheta, -2.0 * (j % half) / dim);
        return at(j) * std::cos(angle) + (j < half ? -at(j + half) : at(j - half)) * std::sin(angle);
    };
    at::Tensor out = at::zeros({1, n, config.heads * dim}, at::kDouble);
    for (std::int64_t head = 0; head < config.heads; ++head)
        for (std::int64_t i = 0; i < n; ++i) {
            const std::int64_t shared = head / (config.heads / config.kvHeads);
            std::vector<double> weights;
            double sum = 0;
            for (std::int64_t j = 0; j <= i; ++j) {
                double score = 0;
                for (std::int64_t c = 0; c < dim; ++c)
                    score += rotated(q, i, head, c) * rotated(k, j, shared, c);
                weights.push_back(std::exp(score / std::sqrt(double(dim))));
                sum += weights.back();
            }
            for (std::int64_t c = 0; c < dim; ++c) {
                double value = 0;
                for (std::int64_t j = 0; j <= i; ++j)
                    value += weights[j] / sum * v[0][j][shared * dim + c].item<double>();
                out[0][i][head * dim + c] = value;
            }
        }
    return out;
}

DecoderLayer randomLayer(const DecoderConfig& config) {
    DecoderLayer layer;
    layer.inputNorm = at::rand({config.hidden}) + 0.5;
    layer.postAttentionNorm = at::rand({config.hidden}) + 0.5;
    for (std::size_t i = 0; i < kModuleNames.size(); ++i) {
        const auto shape = moduleShape(config, static_cast<Module>(i));
        layer.linears[i].weight = at::randn(shape) / std::sqrt(double(shape[1]));
        if (static_cast<Module>(i) <= Module::V)
            layer.linears[i].bias = at::randn({shape[0]});
    }
    return layer;
}

class DecoderTest : public testing::Test {
protected:
    void SetUp() override { at::manual_seed(7); }
    DecoderConfig config = smallConfig();
};

TEST_F(DecoderTest, AttentionEqualsTheFormulaInDoubles) {
    const at::Tensor q = at::randn({1, 9, 24}), k = at::randn({1, 9, 12}), v = at::randn({1, 9, 12});
    const at::Tensor result = attention(config, q, k, v, plainRotary(config, 9));
    EXPECT_LT(largestDifference(result, naiveAttention(config, q, k, v)), 1e-5);
}

TEST_F(DecoderTest, StepsWithACacheEqualOnePass) {
    const DecoderLayer layer = randomLayer(config);
    const at::Tensor x = at::randn({1, 11, 24});
    const at::Tensor whole = forward(config, layer, x, plainRotary(config, 11));
    KvCache cache;
    std::vector<at::Tensor> parts;
    for (const auto& [begin, count] : {std::pair{0, 7}, {7, 1}, {8, 3}}) {
        const Rotary rotation = rotary(config, positions(11).narrow(1, begin, count), at::kFloat, at::kCPU);
        parts.push_back(forward(config, layer, x.narrow(1, begin, count), rotation, &cache));
    }
    EXPECT_EQ(cache.keys.size(2), 11);
    EXPECT_LT(largestDifference(at::cat(parts, 1), whole), 1e-5);
}

TEST_F(DecoderTest, CopyOfACacheIsASnapshot) {
    const DecoderLayer layer = randomLayer(config);
    KvCache cache;
    forward(config, layer, at::randn({1, 5, 24}), plainRotary(config, 5), &cache);
    const KvCache before = cache;
    const at::Tensor keys = before.keys.clone();
    forward(config, layer, at::randn({1, 1, 24}),
            rotary(config, at::full({1, 1}, 5, at::kLong), at::kFloat, at::kCPU), &cache);
    EXPECT_EQ(before.keys.size(2), 5);
    EXPECT_TRUE(before.keys.equal(keys));
}

TEST_F(DecoderTest, BatchOfTwoEqualsTwoOfOne) {
    const DecoderLayer layer = randomLayer(config);
    const at::Tensor x = at::randn({2, 6, 24});
    const Rotary rotation = plainRotary(config, 6);
    const at::Tensor both = forward(config, layer, x, rotation);
    for (int i : {0, 1})
        EXPECT_LT(largestDifference(both[i], forward(config, layer, x[i].unsqueeze(0), rotation)[0]), 1e-5);
}

TEST_F(DecoderTest, EveryBlockOfQueriesSeesExactlyTheEarlierKeys) {
    // 4 heads x 3000 x 3000 scores are more than one block: the last row attends to all, the first only to
    // itself.
    const at::Tensor q = at::randn({1, 3000, 24}), k = at::randn({1, 3000, 12}), v = at::randn({1, 3000, 12});
    const Rotary rotation = plainRotary(config, 3000);
    const at::Tensor whole = attention(config, q, k, v, rotation);
    for (const std::int64_t n : {1, 1397, 2999}) {
        const Rotary shorter{rotation.cos.narrow(0, 0, n), rotation.sin.narrow(0, 0, n)};
        const at::Tensor part =
            attention(config, q.narrow(1, 0, n), k.narrow(1, 0, n), v.narrow(1, 0, n), shorter);
        EXPECT_LT(largestDifference(whole.narrow(1, 0, n), part), 1e-5) << n;
    }
}

TEST_F(DecoderTest, SoftmaxSurvivesLargeScores) {
    const at::Tensor q = at::full({1, 3, 24}, 500.0f), k = at::full({1, 3, 12}, 500.0f),
                     v = at::randn({1, 3, 12});
    EXPECT_TRUE(at::isfinite(attention(config, q, k, v, plainRotary(config, 3))).all().item<bool>());
}

TEST_F(DecoderTest, MixedRotaryTakesItsChannelsFromThreeRows) {
    config.mropeSection = {1, 1, 1};
    const at::Tensor ids = at::tensor(std::vector<std::int64_t>{2, 9, 5}, at::kLong).view({3, 1});
    const Rotary mixed = rotary(config, ids, at::kFloat, at::kCPU);
    for (int j = 0; j < 6; ++j) {
        const double position = ids[j % 3][0].item<double>();
        const double angle = position * std::pow(config.ropeTheta, -2.0 * (j % 3) / 6);
        EXPECT_NEAR(mixed.cos[0][j].item<double>(), std::cos(angle), 1e-6) << j;
        EXPECT_NEAR(mixed.sin[0][j].item<double>(), std::sin(angle), 1e-6) << j;
    }
}

TEST_F(DecoderTest, OnePositionRowMeansThreeEqualOnes) {
    const Rotary plain = plainRotary(config, 4);
    config.mropeSection = {1, 1, 1};
    const Rotary equal = rotary(config, positions(4).expand({3, 4}), at::kFloat, at::kCPU);
    EXPECT_TRUE(plain.cos.equal(equal.cos));
    EXPECT_TRUE(rotary(config, positions(4), at::kFloat, at::kCPU).sin.equal(plain.sin));
}

TEST_F(DecoderTest, RmsNormRoundsBeforeTheWeight) {
    const at::Tensor x = at::randn({5, 24}).to(at::kBFloat16), weight = at::randn({24}).to(at::kBFloat16);
    const at::Tensor wide = x.to(at::kFloat);
    const at::Tensor normed = wide / (wide.square().mean(-1, true) + 1e-6).sqrt();
    const at::Tensor result = rmsNorm(x, weight, 1e-6);
    EXPECT_EQ(result.scalar_type(), at::kBFloat16);
    EXPECT_TRUE(result.equal(normed.to(at::kBFloat16) * weight));
    EXPECT_FALSE(result.equal((normed * weight.to(at::kFloat)).to(at::kBFloat16)));
}

TEST_F(DecoderTest, LayerIsMadeOfItsModuleGroups) {
    const DecoderLayer layer = randomLayer(config);
    const at::Tensor x = at::randn({1, 5, 24});
    const Rotary rotation = plainRotary(config, 5);
    const auto project = [&](Module m, const at::Tensor& input) {
        at::Tensor y = at::matmul(input, layer[m].weight.t());
        return layer[m].bias.defined() ? y + layer[m].bias : y;
    };
    const at::Tensor h = rmsNorm(x, layer.inputNorm, config.normEps);
    const at::Tensor mixed =
        attention(config, project(Module::Q, h), project(Module::K, h), project(Module::V, h), rotation);
    const at::Tensor y = x + project(Module::O, mixed);
    const at::Tensor g = rmsNorm(y, layer.postAttentionNorm, config.normEps);
    const at::Tensor gate = project(Module::Gate, g);
    const at::Tensor z = y + project(Module::Down, gate * at::sigmoid(gate) * project(Module::Up, g));
    EXPECT_LT(largestDifference(forward(config, layer, x, rotation), z), 1e-5);
}

}
}
