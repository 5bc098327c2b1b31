// Every combination of terms, grids, orders and block sizes against the slow reference (reference.h), and
// what the methods must have in common.
#include "engine/core/error.h"
#include "problems.h"

#include <gtest/gtest.h>

#include <limits>
#include <map>

namespace vlmptq::quant {
namespace {

using test::gramOf;
using test::randomStreams;
using test::randomWeight;
using test::toMatrix;
using test::toTensor;

struct Variant {
    const char* name;
    QuantConfig config;
    std::int64_t rows, columns;
};

QuantConfig configOf(const char* method, int bits, std::function<void(QuantConfig&)> change = {}) {
    QuantConfig config;
    config.method = method;
    config.weightBits = bits;
    config.precision = Precision::Float64;
    config.muGrid = {0.3};
    if (change)
        change(config);
    return config;
}

std::vector<Variant> variants() {
    return {
        {"Rtn3", configOf("rtn", 3), 37, 90},
        {"RtnMinMax5", configOf("rtn", 5, [](auto& c) { c.ranges = Ranges::MinMax; }), 17, 33},
        {"RtnSymmetricGroups8",
         configOf("rtn", 8,
                  [](auto& c) {
                      c.symmetric = true;
                      c.groupSize = 32;
                  }),
         9, 96},
        {"RtnOtherExponent", configOf("rtn", 4, [](auto& c) { c.rangePow = 1.7; }), 9, 40},
        {"Gptq4OddBlock", configOf("gptq", 4, [](auto& c) { c.blockSize = 25; }), 37, 90},
        {"GptqDiagonalRanges2", configOf("gptq", 2, [](auto& c) { c.ranges = Ranges::DiagH; }), 33, 90},
        {"GptqActOrderStatic3",
         configOf("gptq", 3,
                  [](auto& c) {
                      c.actOrder = c.staticGroups = true;
                      c.groupSize = 32;
                  }),
         12, 96},
        {"Gptaq3Block32", configOf("gptaq", 3, [](auto& c) { c.blockSize = 32; }), 70, 90},
        {"GptaqAllW6",
         configOf("gptaq", 6,
                  [](auto& c) {
                      c.mode = TailMode::AllW;
                      c.blockSize = 20;
                  }),
         5, 90},
        {"GptaqClamped3Groups",
         configOf("gptaq", 3,
                  [](auto& c) {
                      c.mode = TailMode::AllWClamp;
                      c.blockSize = 40;
                      c.groupSize = 16;
                  }),
         31, 96},
        {"GptaqDynamicGroupsAcrossBlocks",
         configOf("gptaq", 4,
                  [](auto& c) {
                      c.blockSize = 20;
                      c.groupSize = 32;
                  }),
         31, 96},
        {"GptaqDynamicGroupsActOrder2",
         configOf("gptaq", 2,
                  [](auto& c) {
                      c.actOrder = true;
                      c.groupSize = 16;
                      c.blockSize = 32;
                  }),
         31, 96},
        {"CorrectionSymmetric3",
         configOf("vlmptq_c", 3,
                  [](auto& c) {
                      c.symmetric = true;
                      c.alpha = 1;
                      c.blockSize = 32;
                  }),
         40, 90},
        {"ModalityRanges7", configOf("vlmptq_m", 7, [](auto& c) { c.mPow = 2.4; }), 20, 90},
        {"VlmPtq3", configOf("vlmptq", 3, [](auto& c) { c.blockSize = 32; }), 48, 90},
        {"VlmPtqGroupLargerThanBlock2",
         configOf("vlmptq", 2,
                  [](auto& c) {
                      c.groupSize = 96;
                      c.blockSize = 32;
                  }),
         48, 192},
        {"VlmPtqActOrder4",
         configOf("vlmptq", 4,
                  [](auto& c) {
                      c.actOrder = true;
                      c.blockSize = 64;
                  }),
         33, 130},
        {"OneRowOneBlock", configOf("vlmptq", 3), 1, 24},
    };
}

reference::Problem referenceOf(const at::Tensor& weight, const Gram& gram, const QuantConfig& config) {
    reference::Problem problem{toMatrix(weight), toMatrix(gram.hessian), toMatrix(gram.cross), {}, config};
    const Ranges ranges = config.effectiveRanges();
    at::Tensor importance;
    if (ranges == Ranges::DiagH)
        importance = gram.hessian.diagonal().contiguous();
    if (ranges == Ranges::Modality)
        importance = config.muGrid[0] * gram.visionDiag + (1 - config.muGrid[0]) * gram.textDiag;
    if (importance.defined())
        problem.importance.assign(importance.data_ptr<double>(),
                                  importance.data_ptr<double>() + importance.numel());
    return problem;
}

at::Tensor perColumn(const at::Tensor& ranges, const QuantizedMatrix& matrix) {
    if (matrix.groupIndex.defined())
        return ranges.index_select(1, matrix.groupIndex);
    return ranges.repeat_interleave(matrix.codes.size(1) / ranges.size(1), 1);
}

double largestDifference(const at::Tensor& a, const at::Tensor& b) {
    return (a.to(at::kDouble) - b.to(at::kDouble)).abs().max().item<double>();
}

class AgainstReference : public testing::TestWithParam<Variant> {
protected:
    const Variant& variant() const { return GetParam(); }
    at::Tensor m_weight = randomWeight(variant().rows, variant().columns, 11);
    Gram m_gram = gramOf(randomStreams(260, variant().columns, 12));
    Workers m_workers{2};
};

TEST_P(AgainstReference, EqualCodesRangesAndFactorsInFloat64) {
    const QuantConfig& config = variant().config;
    Factors factors;
    if (methodNamed(config.method).recipe.sweeps)
        factors = factorize(m_gram, config, m_workers);
    const QuantizedMatrix matrix =
        quantizeMatrix({m_weight, &m_gram, &factors, nullptr, "module"}, config, m_workers);
    const reference::Solution expected = reference::quantize(referenceOf(m_weight, m_gram, config));

    EXPECT_TRUE(at::equal(matrix.codes.to(at::kDouble), toTensor(expected.codes)));
    const at::Tensor scale = toTensor(expected.scale);
    EXPECT_LT(((perColumn(matrix.scale, matrix) - scale) / scale).abs().max().item<double>(), 1e-6);
    const int offset = config.symmetric ? 1 << (config.weightBits - 1) : 0;
    EXPECT_TRUE(at::equal(perColumn(matrix.zero, matrix).to(at::kDouble) - offset, toTensor(expected.zero)));
    EXPECT_LT(largestDifference(matrix.dequantized, toTensor(expected.rounded)), 1e-6);
    if (!factors.lower.defined())
        return;
    EXPECT_LT(largestDifference(factors.lower, toTensor(expected.lower)), 1e-9);
    if (!factors.residual.defined())
        return;
    EXPECT_LT(largestDifference(factors.residual, toTensor(expected.residual)), 1e-9);
    EXPECT_LT(largestDifference(factors.correction, at::tensor(expected.correction, at::kDouble)), 1e-9);
    const at::Tensor extra = at::tensor(expected.extraLoss, at::kDouble);
    EXPECT_LT(largestDifference(matrix.extraLoss, extra), 1e-6 * (1e-3 + extra.max().item<double>()));
}

TEST_P(AgainstReference, NearlyAllCodesEqualInFloat32) {
    QuantConfig config = variant().config;
    config.precision = Precision::Float32;
    const QuantizedMatrix matrix =
        quantizeMatrix({m_weight, &m_gram, nullptr, nullptr, "module"}, config, m_workers);
    const reference::Solution expected = reference::quantize(referenceOf(m_weight, m_gram, config));
    const at::Tensor differs = matrix.codes.to(at::kDouble).ne(toTensor(expected.codes));
    EXPECT_LT(differs.to(at::kFloat).mean().item<double>(),
              0.005); // a code near a tie may fall on the other side
}

INSTANTIATE_TEST_SUITE_P(Variants, AgainstReference, testing::ValuesIn(variants()),
                         [](const auto& variant) { return std::string(variant.param.name); });

class QuantizeMatrix : public testing::Test {
protected:
    QuantizedMatrix quantize(const QuantConfig& config, Workers& workers) const {
        return quantizeMatrix({m_weight, &m_gram, nullptr, nullptr, "layers.0.q_proj"}, config, workers);
    }
    QuantizedMatrix quantize(const QuantConfig& config) { return quantize(config, m_workers); }

    at::Tensor m_weight = randomWeight(70, 96, 21);
    Gram m_gram = gramOf(randomStreams(200, 96, 22));
    Workers m_workers{2};
};

TEST_F(QuantizeMatrix, GivesTheSameBitsForAnyNumberOfThreads) {
    m_weight = randomWeight(150, 288, 23);
    m_gram = gramOf(randomStreams(500, 288, 24));
    QuantConfig config = configOf("vlmptq", 3, [](auto& c) {
        c.precision = Precision::Float32;
        c.groupSize = 32;
        c.actOrder = true;
        c.muGrid = muGrid(0, 1, 6);
    });
    Workers one(1), four(4);
    const QuantizedMatrix a = quantize(config, one), b = quantize(config, four);
    EXPECT_TRUE(at::equal(a.codes, b.codes));
    EXPECT_TRUE(at::equal(a.scale, b.scale));
    EXPECT_TRUE(at::equal(a.extraLoss, b.extraLoss));
    for (std::size_t i = 0; i < a.muCurve.size(); ++i)
        EXPECT_EQ(a.muCurve[i].loss, b.muCurve[i].loss);
}

TEST_F(QuantizeMatrix, EqualStreamsMakeGptaqEqualToGptq) {
    m_gram.cross = at::Tensor();
    const QuantizedMatrix gptq = quantize(configOf("gptq", 3)), gptaq = quantize(configOf("gptaq", 3));
    EXPECT_TRUE(at::equal(gptq.codes, gptaq.codes));
    EXPECT_EQ(gptaq.extraLoss.abs().max().item<float>(), 0);
    m_gram.cross = at::zeros_like(m_gram.hessian);
    EXPECT_TRUE(at::equal(gptq.codes, quantize(configOf("vlmptq_c", 3)).codes));
}

TEST_F(QuantizeMatrix, AwarenessOneHalfIsTheDiagonalOfH) {
    const auto modality = configOf("vlmptq_m", 3, [](auto& c) { c.muGrid = {0.5}; });
    const auto diagonal = configOf("gptaq", 3, [](auto& c) { c.ranges = Ranges::DiagH; });
    EXPECT_TRUE(at::equal(quantize(modality).codes, quantize(diagonal).codes));
}

TEST_F(QuantizeMatrix, CompensationLowersTheOutputError) {
    const auto loss = [&](const char* method) {
        return reconstructionLoss(m_weight, quantize(configOf(method, 3)).dequantized, m_gram);
    };
    const double rtn = loss("rtn"), gptq = loss("gptq"), gptaq = loss("gptaq");
    EXPECT_LT(gptq, rtn);
    EXPECT_LT(gptaq, gptq);
}

TEST_F(QuantizeMatrix, DeadChannelsGetTheCodeOfZero) {
    auto streams = randomStreams(200, 96, 25);
    streams.x.select(1, 5).zero_();
    streams.x.select(1, 40).zero_();
    m_gram = gramOf(streams);
    for (const bool isGrouped : {false, true}) {
        const auto config = configOf("vlmptq", 3, [&](auto& c) { c.groupSize = isGrouped ? 32 : -1; });
        const QuantizedMatrix matrix = quantize(config);
        EXPECT_EQ(matrix.dequantized.select(1, 5).abs().max().item<float>(), 0);
        const auto expected = reference::quantize(referenceOf(m_weight, m_gram, config));
        EXPECT_TRUE(at::equal(matrix.codes.to(at::kDouble), toTensor(expected.codes)));
    }
}

TEST_F(QuantizeMatrix, ReachesAResultWithOneTokenOnly) {
    m_gram = gramOf(randomStreams(1, 96, 26));
    const auto config = configOf("vlmptq", 3);
    const QuantizedMatrix matrix = quantize(config);
    EXPECT_FALSE(matrix.fellBackToRtn) << matrix.trouble;
    EXPECT_TRUE(at::isfinite(matrix.dequantized).all().item<bool>());
}

TEST_F(QuantizeMatrix, AllChannelsDeadStillGivesAMatrix) {
    m_gram = gramOf(randomStreams(20, 96, 27));
    for (at::Tensor* sum : {&m_gram.hessian, &m_gram.cross, &m_gram.visionDiag, &m_gram.textDiag})
        sum->zero_();
    const QuantizedMatrix matrix = quantize(configOf("vlmptq", 3));
    EXPECT_EQ(matrix.dequantized.abs().max().item<float>(), 0);
}

TEST_F(QuantizeMatrix, AZeroWeightStaysZero) {
    m_weight.zero_();
    for (const bool isSymmetric : {false, true}) {
        const QuantizedMatrix matrix =
            quantize(configOf("vlmptq", 4, [&](auto& c) { c.symmetric = isSymmetric; }));
        EXPECT_EQ(matrix.dequantized.abs().max().item<float>(), 0);
    }
}

TEST_F(QuantizeMatrix, ExtraLossIsNeverNegativeAndAlsoRecordedWhereCIsNotApplied) {
    for (const char* method : {"gptaq", "vlmptq_c", "vlmptq"}) {
        const QuantizedMatrix matrix = quantize(configOf(method, 2));
        EXPECT_GE(matrix.extraLoss.min().item<float>(), 0) << method;
        EXPECT_GT(matrix.extraLoss.max().item<float>(), 0) << method;
    }
    EXPECT_FALSE(quantize(configOf("gptq", 2)).extraLoss.defined());
}

TEST_F(QuantizeMatrix, CountsTheWeightsOnTheOuterCodes) {
    const QuantizedMatrix matrix = quantize(configOf("rtn", 2));
    const auto outer = matrix.codes.eq(0).sum() + matrix.codes.eq(3).sum();
    EXPECT_NEAR(matrix.saturatedShare, outer.item<double>() / double(matrix.codes.numel()), 1e-7);
}

TEST_F(QuantizeMatrix, ListsTheMatricesOfTheMemoryTable) {
    const QuantizedMatrix matrix =
        quantize(configOf("vlmptq", 3, [](auto& c) { c.precision = Precision::Float32; }));
    std::vector<std::string> names;
    std::map<std::string, std::uint64_t> formulaBytes;
    for (const MatrixMemory& row : matrix.memory) {
        names.push_back(row.name);
        formulaBytes[row.name] = row.formulaBytes;
    }
    EXPECT_EQ(names,
              (std::vector<std::string>{"W", "W_hat", "L", "P", "C", "block buffers", "M", "mu search"}));
    EXPECT_EQ(formulaBytes["P"], 96u * 96 * 4);
    EXPECT_EQ(formulaBytes["block buffers"], (3u * 70 * 128 + 2 * 128 * 128) * 4);
}

TEST_F(QuantizeMatrix, MarksNonFiniteInputsAndFallsBackToRtn) {
    const QuantConfig config = configOf("vlmptq", 3);
    const at::Tensor rtn = quantize(configOf("rtn", 3)).codes;
    m_gram.hessian[3][4] = std::numeric_limits<double>::infinity();
    const QuantizedMatrix matrix = quantize(config);
    EXPECT_TRUE(matrix.fellBackToRtn);
    EXPECT_EQ(matrix.trouble, "The inputs of layers.0.q_proj hold NaN or infinite values.");
    EXPECT_TRUE(at::equal(matrix.codes, rtn));
}

TEST_F(QuantizeMatrix, MarksNonFiniteWeights) {
    m_weight[2][3] = std::numeric_limits<double>::quiet_NaN();
    const QuantizedMatrix matrix = quantize(configOf("gptq", 3));
    EXPECT_TRUE(matrix.fellBackToRtn);
    EXPECT_NE(matrix.trouble.find("layers.0.q_proj"), std::string::npos);
    EXPECT_TRUE(at::isfinite(matrix.dequantized).all().item<bool>());
}

TEST_F(QuantizeMatrix, RefusesAGroupSizeThatDoesNotDivide) {
    try {
        quantize(configOf("rtn", 4, [](auto& c) { c.groupSize = 128; }));
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::BadInput);
        EXPECT_STREQ(error.what(),
                     "Group size 128 does not divide the 96 input channels of layers.0.q_proj.");
    }
}

TEST_F(QuantizeMatrix, StopsWhenAsked) {
    std::stop_source stop;
    stop.request_stop();
    for (const char* method : {"rtn", "gptaq", "vlmptq"}) {
        try {
            quantizeMatrix({m_weight, &m_gram, nullptr, nullptr, "module"}, configOf(method, 3), m_workers,
                           {}, stop.get_token());
            FAIL() << method;
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::Stopped);
        }
    }
}

}
}
