#include "engine/core/error.h"
#include "problems.h"

#include <gtest/gtest.h>

namespace vlmptq::quant {
namespace {

using test::gramOf;
using test::randomStreams;
using test::randomWeight;
using test::toMatrix;

class MuSearch : public testing::Test {
protected:
    MuSearch() {
        m_config.precision = Precision::Float64;
        m_config.muSamples = 0;
    }
    Problem problem() const { return {m_weight, &m_gram, nullptr, nullptr, "module"}; }
    QuantizedMatrix quantize() { return quantizeMatrix(problem(), m_config, m_workers); }
    void useStreams(const test::Streams& streams) {
        m_streams = streams;
        m_gram = gramOf(streams);
    }

    test::Streams m_streams = randomStreams(160, 64, 41);
    Gram m_gram = gramOf(m_streams);
    at::Tensor m_weight = randomWeight(40, 64, 42);
    QuantConfig m_config;
    Workers m_workers{2};
};

TEST_F(MuSearch, LossesAreTheOutputErrorOfTheRoundedMatrix) {
    const QuantizedMatrix matrix = quantize();
    const auto weight = toMatrix(m_weight), xFull = toMatrix(m_streams.xFull), x = toMatrix(m_streams.x);
    const double factor = 2.0 / double(m_streams.samples);
    const double reference = reference::outputError(weight, reference::Matrix(40, 64), xFull, x);
    for (const MuPoint& point : matrix.muCurve) {
        QuantConfig rounding = m_config;
        rounding.method = "rtn";
        rounding.ranges = Ranges::Modality;
        rounding.muGrid = {point.mu};
        const auto rounded = toMatrix(quantizeMatrix(problem(), rounding, m_workers).dequantized);
        const double error = reference::outputError(weight, rounded, xFull, x);
        EXPECT_NEAR(point.loss / (factor * error), 1, 1e-5) << point.mu;
        EXPECT_NEAR(point.relative / (error / reference), 1, 1e-5) << point.mu;
    }
}

TEST_F(MuSearch, KeepsTheSmallestLossAmongTheCandidates) {
    const QuantizedMatrix matrix = quantize();
    ASSERT_EQ(matrix.muCurve.size(), 7u);
    const MuPoint* best = &matrix.muCurve[0];
    for (const MuPoint& point : matrix.muCurve)
        if (point.isCandidate && point.loss < best->loss)
            best = &point;
    EXPECT_EQ(*matrix.awareness, best->mu);
    EXPECT_TRUE(
        at::allclose(matrix.importance, best->mu * m_gram.visionDiag + (1 - best->mu) * m_gram.textDiag));
}

TEST_F(MuSearch, AlwaysEvaluatesOneHalfForComparison) {
    EXPECT_EQ(quantize().muCurve.back().mu, 0.5);
    EXPECT_FALSE(quantize().muCurve.back().isCandidate);
    m_config.muGrid = muGrid(0, 1, 11);
    const auto curve = quantize().muCurve;
    EXPECT_EQ(curve.size(), 11u);
    for (const MuPoint& point : curve)
        EXPECT_TRUE(point.isCandidate);
}

TEST_F(MuSearch, SumsAndHeldInputsGiveTheSameLosses) {
    const MuSearchData held{.hessian = {},
                            .cross = {},
                            .delta = {},
                            .x = m_streams.x,
                            .xFull = m_streams.xFull,
                            .samples = m_streams.samples};
    const MuSearchData sums{.hessian = m_gram.hessian,
                            .cross = m_gram.cross,
                            .delta = m_gram.delta,
                            .x = {},
                            .xFull = {},
                            .samples = m_streams.samples};
    const auto whole = quantize().muCurve;
    for (const MuSearchData* data : {&held, &sums}) {
        Problem part = problem();
        part.muData = data;
        const auto curve = quantizeMatrix(part, m_config, m_workers).muCurve;
        ASSERT_EQ(curve.size(), whole.size());
        for (std::size_t i = 0; i < curve.size(); ++i) {
            EXPECT_NEAR(curve[i].loss / whole[i].loss, 1, 1e-9);
            EXPECT_NEAR(curve[i].relative / whole[i].relative, 1, 1e-9);
        }
    }
}

TEST_F(MuSearch, CanJudgeByTheWholeSweep) {
    m_config.muEval = MuEval::Sweep;
    const auto curve = quantize().muCurve;
    for (const MuPoint& point : curve) {
        QuantConfig single = m_config;
        single.muEval = MuEval::Rtn;
        single.muGrid = {point.mu};
        const QuantizedMatrix matrix = quantizeMatrix(problem(), single, m_workers);
        const double loss = reconstructionLoss(m_weight, matrix.dequantized, m_gram);
        EXPECT_NEAR(point.loss / loss, 1, 1e-5) << point.mu;
    }
}

TEST_F(MuSearch, NeedsBothModalities) {
    useStreams(randomStreams(120, 64, 43, 0.0));
    QuantizedMatrix matrix = quantize();
    EXPECT_EQ(matrix.awareness, 0.0);
    EXPECT_TRUE(matrix.muCurve.empty());
    EXPECT_TRUE(at::equal(matrix.importance, m_gram.textDiag));
    useStreams(randomStreams(120, 64, 44, 1.0));
    matrix = quantize();
    EXPECT_EQ(matrix.awareness, 1.0);
    EXPECT_TRUE(at::equal(matrix.importance, m_gram.visionDiag));
}

TEST_F(MuSearch, MeanNormalisationDividesByTheTokensOfTheModality) {
    m_config.mNorm = MNorm::Mean;
    m_config.muGrid = {0.3};
    const at::Tensor expected = 0.3 * m_gram.visionDiag / double(m_gram.visionTokens) +
                                0.7 * m_gram.textDiag / double(m_gram.textTokens);
    EXPECT_TRUE(at::allclose(quantize().importance, expected));
}

TEST_F(MuSearch, ReportsEveryPointAndStopsBetweenThem) {
    std::stop_source stop;
    int reported = 0;
    const auto callback = [&](const MuPoint&, int candidate, int candidates) {
        EXPECT_EQ(candidate, reported);
        EXPECT_EQ(candidates, 7);
        if (++reported == 3)
            stop.request_stop();
    };
    try {
        quantizeMatrix(problem(), m_config, m_workers, callback, stop.get_token());
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::Stopped);
    }
    EXPECT_EQ(reported, 3);
}

TEST_F(MuSearch, FromATieTakesTheSmallestMu) {
    m_weight.zero_(); // every candidate has the same loss
    m_config.muGrid = {0.8, 0.2, 0.6};
    EXPECT_EQ(quantize().awareness, 0.2);
}

}
}
