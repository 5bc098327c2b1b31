#include "engine/quant/tiled_linalg.h"
#include "problems.h"

#include <gtest/gtest.h>

namespace vlmptq::quant {
namespace {

using test::gramOf;
using test::randomStreams;

QuantConfig configIn(Precision precision) {
    QuantConfig config;
    config.method = "gptaq";
    config.precision = precision;
    return config;
}

// Indefinite: smallest eigenvalue -0.5, mean diagonal 1.
Gram indefiniteGram() {
    Gram gram;
    gram.hessian = at::full({4, 4}, 1.5, at::kDouble);
    gram.hessian.diagonal().fill_(1);
    gram.cross = at::zeros({4, 4}, at::kDouble);
    gram.visionDiag = gram.textDiag = at::full({4}, 0.5, at::kDouble);
    return gram;
}

TEST(TiledLinalg, EqualsLapackAcrossTileBorders) {
    Workers workers(2);
    for (const std::int64_t size : {1, 127, 128, 129, 300}) {
        const at::Tensor hessian = gramOf(randomStreams(2 * size + 5, size, 31)).hessian;
        at::Tensor lower = hessian.clone();
        ASSERT_TRUE(choleskyInPlace(lower, workers, {}));
        const at::Tensor expected = at::linalg_cholesky(hessian);
        EXPECT_TRUE(at::allclose(lower.tril(), expected, 1e-9, 1e-12)) << size;
        const at::Tensor inverse = invertLowerReversed(lower, workers, {}).flip({0, 1});
        EXPECT_TRUE(at::allclose(inverse.mm(expected), at::eye(size, at::kDouble), 1e-7, 1e-8)) << size;
        EXPECT_TRUE(at::equal(inverse, inverse.tril())) << size;
    }
}

TEST(TiledLinalg, ReportsMatricesThatAreNotPositiveDefinite) {
    Workers workers(1);
    at::Tensor matrix = indefiniteGram().hessian;
    EXPECT_FALSE(choleskyInPlace(matrix, workers, {}));
}

TEST(Factorize, InvertsTheDampedHessian) {
    Workers workers(2);
    const Gram gram = gramOf(randomStreams(700, 270, 32));
    const Factors factors = factorize(gram, configIn(Precision::Float64), workers);
    const at::Tensor damped =
        gram.hessian + at::eye(270, at::kDouble) * gram.hessian.diagonal().mean() * 0.01;
    EXPECT_TRUE(
        at::allclose(factors.lower.mm(factors.lower.t()).mm(damped), at::eye(270, at::kDouble), 1e-7, 1e-8));
    EXPECT_TRUE(at::equal(factors.lower, factors.lower.tril()));
    EXPECT_EQ(factors.dampUsed, 0.01);
    EXPECT_EQ(factors.retries, 0);
}

TEST(Factorize, UsesUpTheSumsForTheSameBits) {
    Workers workers(2);
    for (const bool isOrdered : {false, true}) {
        QuantConfig config = configIn(Precision::Float32);
        config.actOrder = isOrdered;
        Gram gram = gramOf(randomStreams(700, 270, 37));
        gram.hessian = gram.hessian.to(at::kFloat);
        gram.cross = gram.cross.to(at::kFloat);
        const Factors kept = factorize(gram, config, workers),
                      used = factorizeConsuming(gram, config, workers);
        EXPECT_FALSE(gram.hessian.defined());
        EXPECT_FALSE(gram.cross.defined());
        EXPECT_TRUE(at::equal(kept.lower, used.lower));
        EXPECT_TRUE(at::equal(kept.residual, used.residual));
        EXPECT_TRUE(at::equal(kept.correction, used.correction));
        EXPECT_TRUE(at::equal(kept.diagonal, used.diagonal));
    }
}

TEST(Factorize, SortsByTheDiagonalUnderActOrder) {
    Workers workers(1);
    const Gram gram = gramOf(randomStreams(90, 40, 33));
    QuantConfig config = configIn(Precision::Float64);
    config.actOrder = true;
    const Factors factors = factorize(gram, config, workers);
    const at::Tensor sorted = gram.hessian.diagonal().index_select(0, factors.permutation);
    EXPECT_TRUE((sorted.slice(0, 1) <= sorted.slice(0, 0, -1)).all().item<bool>());
}

TEST(Factorize, RaisesDampingUntilItSucceedsAndSaysSo) {
    Workers workers(1);
    const Factors factors = factorize(indefiniteGram(), configIn(Precision::Float64), workers);
    ASSERT_TRUE(factors.lower.defined());
    EXPECT_EQ(factors.retries, 2);
    EXPECT_DOUBLE_EQ(factors.dampUsed, 1);
    EXPECT_FALSE(factors.usedFloat64);
}

TEST(Factorize, GoesOnInFloat64WhenFloat32FailsAtLargeDamping) {
    Workers workers(1);
    const Factors factors = factorize(indefiniteGram(), configIn(Precision::Float32), workers);
    ASSERT_TRUE(factors.lower.defined());
    EXPECT_TRUE(factors.usedFloat64);
    EXPECT_EQ(factors.lower.scalar_type(), at::kFloat);
}

TEST(Factorize, GivesUpAfterEightRetriesAndTheMatrixIsRounded) {
    Workers workers(1);
    Gram gram = indefiniteGram();
    gram.hessian = at::full({4, 4}, 1e9, at::kDouble);
    gram.hessian.diagonal().fill_(1);
    const QuantConfig config = configIn(Precision::Float64);
    const Factors factors = factorize(gram, config, workers);
    EXPECT_FALSE(factors.lower.defined());
    EXPECT_EQ(factors.retries, 8);
    const QuantizedMatrix matrix =
        quantizeMatrix({test::randomWeight(3, 4, 34), &gram, &factors, nullptr, "module"}, config, workers);
    EXPECT_TRUE(matrix.fellBackToRtn);
    EXPECT_NE(matrix.trouble.find("could not be factorised"), std::string::npos);
}

TEST(Factorize, LeavesNonFiniteSumsAlone) {
    Workers workers(1);
    Gram gram = gramOf(randomStreams(90, 20, 35));
    gram.cross[1][2] = std::numeric_limits<double>::quiet_NaN();
    EXPECT_FALSE(factorize(gram, configIn(Precision::Float64), workers).lower.defined());
}

TEST(Factorize, GivesTheSameBitsForAnyNumberOfThreads) {
    const Gram gram = gramOf(randomStreams(700, 300, 36));
    Workers one(1), four(4);
    const QuantConfig config = configIn(Precision::Float32);
    const Factors a = factorize(gram, config, one), b = factorize(gram, config, four);
    EXPECT_TRUE(at::equal(a.lower, b.lower));
    EXPECT_TRUE(at::equal(a.residual, b.residual));
    EXPECT_TRUE(at::equal(a.correction, b.correction));
}

}
}
