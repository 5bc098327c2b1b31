// The drivers around the kernels: strips of any height, and the choice of the instruction set.
#include "engine/core/error.h"
#include "engine/kernels/column_sweep.h"
#include "engine/kernels/dispatch.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

namespace vlmptq::kernels {
namespace {

std::vector<float> randomFloats(std::int64_t count, std::uint64_t seed) {
    std::mt19937_64 generator(seed);
    std::normal_distribution<float> normal;
    std::vector<float> values(static_cast<std::size_t>(count));
    for (float& value : values)
        value = normal(generator);
    return values;
}

struct SweepData {
    explicit SweepData(std::int64_t rowCount) : rows(rowCount), weight(randomFloats(rowCount * kColumns, 1)) {
        upper.resize(kColumns * kColumns);
        residual = randomFloats(kColumns * kColumns, 2);
        const auto noise = randomFloats(kColumns * kColumns, 3);
        for (std::int64_t r = 0; r < kColumns; ++r)
            for (std::int64_t c = 0; c < kColumns; ++c) {
                upper[r * kColumns + c] = r == c ? 1 : c > r ? 0.05f * noise[r * kColumns + c] : 0;
                residual[r * kColumns + c] *= c > r ? 0.01f : 0;
            }
        scale.assign(rows, 0.4f);
        zero.assign(rows, 4);
    }

    std::vector<std::uint8_t> sweep(Workers& workers) {
        std::vector<std::uint8_t> codes(weight.size());
        ColumnSweep<float> sweep;
        sweep.weight = weight.data();
        sweep.rows = rows;
        sweep.columns = kColumns;
        sweep.blockSize = 16;
        sweep.upper = upper.data();
        sweep.residual = residual.data();
        sweep.range = {0, 7, false};
        sweep.groupOf = groupOf.data();
        sweep.scale = scale.data();
        sweep.zero = zero.data();
        sweep.codes = codes.data();
        EXPECT_TRUE(sweepColumns(sweep, workers, {}));
        return codes;
    }

    static constexpr std::int64_t kColumns = 70;
    std::int64_t rows;
    std::vector<float> weight, upper, residual, scale, zero;
    std::vector<std::int32_t> groupOf = std::vector<std::int32_t>(kColumns, 0);
};

TEST(ColumnSweepDriver, TreatsEveryRowAlikeWhereverItLies) {
    Workers workers(2);
    // 2100 rows use high strips, 1 row a low one: the codes of a row must not depend on it.
    SweepData many(2100);
    const auto codes = many.sweep(workers);
    for (const std::int64_t row : {0, 31, 32, 63, 64, 1999, 2099}) {
        SweepData one(1);
        std::copy_n(many.weight.begin() + row * SweepData::kColumns, SweepData::kColumns, one.weight.begin());
        const auto alone = one.sweep(workers);
        EXPECT_TRUE(std::equal(alone.begin(), alone.end(), codes.begin() + row * SweepData::kColumns)) << row;
    }
}

TEST(RangeSearchDriver, TreatsEveryRowAlikeWhereverItLies) {
    const std::int64_t rows = 101, columns = 48;
    const auto weight = randomFloats(rows * columns, 4);
    const auto search = [&](const float* from, std::int64_t count) {
        std::vector<float> scale(count * 3), zero(count * 3);
        searchRanges<float>({from,
                             count,
                             columns,
                             columns,
                             16,
                             nullptr,
                             {{0, 15, false}, 80, 2.4},
                             scale.data(),
                             zero.data()});
        scale.insert(scale.end(), zero.begin(), zero.end());
        return scale;
    };
    const auto all = search(weight.data(), rows);
    for (const std::int64_t row : {0, 63, 64, 100}) {
        const auto alone = search(weight.data() + row * columns, 1);
        for (std::int64_t g = 0; g < 3; ++g) {
            EXPECT_EQ(alone[g], all[row * 3 + g]);
            EXPECT_EQ(alone[3 + g], all[rows * 3 + row * 3 + g]);
        }
    }
}

TEST(Dispatch, OffersTheGenericKernelsEverywhereAndPicksTheBest) {
    const auto supported = supportedIsas();
    EXPECT_EQ(supported.front(), Isa::Generic);
    if (!std::getenv("VLMPTQ_KERNELS")) {
        EXPECT_EQ(activeIsa(), supported.back());
    }
}

TEST(Dispatch, ObeysTheEnvironment) { // in a process of its own: the choice is made once
    testing::GTEST_FLAG(death_test_style) = "threadsafe";
    const auto exitWithChoice = [](const char* wanted) {
        setenv("VLMPTQ_KERNELS", wanted, 1);
        try {
            std::exit(activeIsa() == Isa::Generic ? 10 : 11);
        } catch (const Error& error) {
            std::exit(error.id() == "E-KERN-01" ? 12 : 13);
        }
    };
    EXPECT_EXIT(exitWithChoice("generic"), testing::ExitedWithCode(10), "");
    EXPECT_EXIT(exitWithChoice("sse9"), testing::ExitedWithCode(12), "");
}

}
}
