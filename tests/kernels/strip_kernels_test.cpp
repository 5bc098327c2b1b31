// The kernels of every instruction set this processor has, in both precisions, against plain double loops.
#include "engine/kernels/dispatch.h"
#include "engine/kernels/strip.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <random>

namespace vlmptq::kernels {
namespace {

using Reals = std::vector<double>;

Reals randomReals(std::int64_t count, std::uint64_t seed, double size = 1) {
    std::mt19937_64 generator(seed);
    std::normal_distribution<double> normal(0, size);
    Reals values(static_cast<std::size_t>(count));
    for (double& value : values)
        value = normal(generator);
    return values;
}

template <class T, class From>
std::vector<T> as(const std::vector<From>& values) {
    return {values.begin(), values.end()};
}

double code(const CodeRange& range, double w, double scale, double zero) {
    return std::clamp<double>(std::nearbyint(w / scale) + zero, range.low, range.high);
}

struct Range {
    double scale, zero;
};

// method.md 3, one row.
Range searchedRange(const Reals& row, const double* importance, double power, int candidates,
                    const CodeRange& range) {
    double low = 0, high = 0, best = std::numeric_limits<double>::infinity();
    for (const double w : row) {
        low = std::min(low, w);
        high = std::max(high, w);
    }
    Range chosen{std::max(range.symmetric ? std::max(-low, high) : high - low, 1e-5) / range.maxCode(), 0};
    if (!range.symmetric)
        chosen.zero = std::nearbyint(-low / chosen.scale);
    for (int i = 0; i < (candidates > 1 ? candidates : 0); ++i) {
        const double p = 1 - i / 100.0;
        Range candidate{p * (range.symmetric ? std::max(-low, high) : high - low) / range.maxCode(), 0};
        if (!range.symmetric)
            candidate.zero = std::nearbyint(-p * low / candidate.scale);
        double error = 0;
        for (std::size_t c = 0; c < row.size(); ++c) {
            const double q = code(range, row[c], candidate.scale, candidate.zero);
            error += (importance ? importance[c] : 1) *
                     std::pow(std::abs(row[c] - candidate.scale * (q - candidate.zero)), power);
        }
        if (error < best) {
            best = error;
            chosen = candidate;
        }
    }
    return chosen;
}

constexpr CodeRange kAsymmetric3{0, 7, false}, kSymmetric4{-8, 7, true};

template <class T>
class StripKernelsTest : public testing::Test {
protected:
    static constexpr double tolerance() { return sizeof(T) == 4 ? 2e-6 : 1e-13; }
    template <class Check>
    void onEveryIsa(Check check) {
        for (const Isa isa : supportedIsas()) {
            SCOPED_TRACE(std::string(toString(isa)));
            check(stripKernels<T>(isa));
        }
    }

    // Scale and zero of all rows of a random strip, compared row by row.
    void compareSearch(double power, bool weighted, int candidates, const CodeRange& range) {
        const std::int64_t columns = 150, stride = 2 * kStripGranule;
        const Reals values = as<double>(as<T>(randomReals(columns * stride, 3, 0.05)));
        Reals importance = randomReals(columns, 4);
        for (double& m : importance)
            m = T(std::abs(m));
        const auto strip = as<T>(values), weights = as<T>(importance);
        onEveryIsa([&](const StripKernels<T>& kernels) {
            std::vector<T> scale(stride), zero(stride);
            kernels.searchRange({strip.data(), columns, stride, weighted ? weights.data() : nullptr, power,
                                 candidates, range, scale.data(), zero.data()});
            for (std::int64_t r = 0; r < stride; ++r) {
                Reals row;
                for (std::int64_t c = 0; c < columns; ++c)
                    row.push_back(values[c * stride + r]);
                const Range expected =
                    searchedRange(row, weighted ? importance.data() : nullptr, power, candidates, range);
                EXPECT_NEAR(scale[r] / expected.scale, 1, 1e-6) << "row " << r;
                EXPECT_EQ(zero[r], expected.zero) << "row " << r;
            }
        });
    }
};
using RealTypes = testing::Types<float, double>;
TYPED_TEST_SUITE(StripKernelsTest, RealTypes);

TYPED_TEST(StripKernelsTest, SearchTheRangeWithExponent24) {
    this->compareSearch(2.4, false, 80, kAsymmetric3);
}
TYPED_TEST(StripKernelsTest, SearchTheRangeWithWeightedSquares) {
    this->compareSearch(2, true, 80, kAsymmetric3);
}
TYPED_TEST(StripKernelsTest, SearchTheRangeWithWeightedExponent24) {
    this->compareSearch(2.4, true, 80, kSymmetric4);
}
TYPED_TEST(StripKernelsTest, SearchTheRangeWithAnyExponent) {
    this->compareSearch(1.3, false, 80, kSymmetric4);
}
TYPED_TEST(StripKernelsTest, TakeTheWholeRangeWithOneCandidate) {
    this->compareSearch(2, false, 1, kAsymmetric3);
}

TYPED_TEST(StripKernelsTest, KeepTheWholeRangeWhenNothingIsImportant) {
    using T = TypeParam;
    const std::int64_t columns = 40, stride = kStripGranule;
    const auto strip = as<T>(randomReals(columns * stride, 5));
    const std::vector<T> importance(columns, T(0));
    this->onEveryIsa([&](const StripKernels<T>& kernels) {
        std::vector<T> scale(stride), zero(stride), wholeScale(stride), wholeZero(stride);
        kernels.searchRange({strip.data(), columns, stride, importance.data(), 2, 80, kAsymmetric3,
                             scale.data(), zero.data()});
        kernels.searchRange({strip.data(), columns, stride, nullptr, 2, 1, kAsymmetric3, wholeScale.data(),
                             wholeZero.data()});
        EXPECT_EQ(scale, wholeScale);
        EXPECT_EQ(zero, wholeZero);
    });
}

TYPED_TEST(StripKernelsTest, RoundHalvesToEvenBeforeTheZeroIsAdded) {
    using T = TypeParam;
    const std::vector<T> weight{T(0.5), T(1.5), T(2.5), T(-0.5), T(-1.5), T(3.49), T(100), T(-100)};
    const T scale = 1, zero = 3;
    this->onEveryIsa([&](const StripKernels<T>& kernels) {
        std::vector<std::uint8_t> codes(8);
        kernels.roundRows({weight.data(), 1, 8, 8, 8, &scale, &zero, kAsymmetric3, codes.data()});
        EXPECT_EQ(codes, (std::vector<std::uint8_t>{3, 5, 5, 3, 1, 6, 7, 0}));
    });
}

TYPED_TEST(StripKernelsTest, RoundEveryGroupOnItsOwnGrid) {
    using T = TypeParam;
    const std::vector<T> weight{1, 2, 3, 4, 5, 6}, scale{1, 2, 4}, zero{0, 1, 2};
    this->onEveryIsa([&](const StripKernels<T>& kernels) {
        std::vector<std::uint8_t> codes(6);
        kernels.roundRows({weight.data(), 1, 6, 6, 2, scale.data(), zero.data(), kAsymmetric3, codes.data()});
        EXPECT_EQ(codes, (std::vector<std::uint8_t>{1, 2, 3, 3, 3, 4})); // 1.5 and 1.5 go to 2, 1.25 to 1
    });
}

TYPED_TEST(StripKernelsTest, UpdateTheTailLikeAMatrixProduct) {
    using T = TypeParam;
    for (const auto& [columns, first, last] :
         {std::array<std::int64_t, 3>{200, 40, 72}, {97, 96, 97}, {131, 0, 3}}) {
        const std::int64_t stride = 2 * kStripGranule, block = last - first;
        const Reals weight = randomReals((columns + kTailColumns) * stride, 6),
                    upper = randomReals(columns * columns, 7);
        const Reals residual = randomReals(columns * columns, 8), error = randomReals(block * stride, 9);
        const Reals driver = randomReals(block * stride, 10);
        for (const bool hasResidual : {false, true})
            this->onEveryIsa([&, columns = columns, first = first,
                              last = last](const StripKernels<T>& kernels) {
                auto work = as<T>(weight);
                const auto u = as<T>(upper), p = as<T>(residual), e = as<T>(error), t = as<T>(driver);
                std::vector<T> scratch(2 * block * kTailColumns);
                kernels.updateTail({work.data(), stride, columns, first, last, last, columns, u.data(),
                                    hasResidual ? p.data() : nullptr, e.data(), t.data(), scratch.data()});
                double worst = 0;
                for (std::int64_t c = 0; c < columns; ++c)
                    for (std::int64_t r = 0; r < stride; ++r) {
                        double expected = weight[c * stride + r];
                        for (std::int64_t j = first; c >= last && j < last; ++j)
                            expected +=
                                -error[(j - first) * stride + r] * upper[j * columns + c] +
                                (hasResidual ? driver[(j - first) * stride + r] * residual[j * columns + c]
                                             : 0);
                        worst = std::max(worst, std::abs(work[c * stride + r] - expected));
                    }
                EXPECT_LT(worst, 100 * this->tolerance());
            });
    }
}

TYPED_TEST(StripKernelsTest, SayWhenAWeightIsNotFinite) {
    using T = TypeParam;
    const std::int64_t stride = kStripGranule;
    for (const T bad : {std::numeric_limits<T>::quiet_NaN(), std::numeric_limits<T>::infinity(), T(1)})
        this->onEveryIsa([&](const StripKernels<T>& kernels) {
            std::vector<T> weight(2 * stride, T(1)), scale(stride, T(1)), zero(stride), error(2 * stride),
                driver(2 * stride);
            weight[5] = bad;
            const std::vector<T> upper{1, 0, 0, 1};
            const std::vector<std::int32_t> groupOf{0, 0};
            std::vector<std::uint8_t> codes(2 * stride);
            BlockTask<T> task;
            task.weight = weight.data();
            task.stride = stride;
            task.columns = task.last = 2;
            task.upper = upper.data();
            task.scale = scale.data();
            task.zero = zero.data();
            task.groupOf = groupOf.data();
            task.range = kAsymmetric3;
            task.codes = codes.data();
            task.error = error.data();
            task.driver = driver.data();
            kernels.sweepBlock(task);
            EXPECT_EQ(task.sawNonFinite, bad != T(1));
        });
}

}
}
