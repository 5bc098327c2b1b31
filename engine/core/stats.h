// stats.h - intervals and generators of benchmarks.md 8, exact to the goldens
// (golden/scoring/statistics.json). Pure.
#pragma once
#include "engine/core/records.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vlmptq::stats {

class SplitMix64 {
public:
    explicit SplitMix64(std::uint64_t seed) : m_state(seed) {}
    std::uint64_t next();
    std::uint64_t below(std::uint64_t n); // upper 64 bits of next() * n
private:
    std::uint64_t m_state;
};

struct Interval {
    double low = 0, high = 0;
};
Interval wilson(std::int64_t right, std::int64_t n); // [0, 1] for n = 0
struct Mcnemar {
    double exact = 1, mid = 1;
};
Mcnemar mcnemar(std::int64_t onlyFirst, std::int64_t onlySecond);
double standardError(std::span<const double> values); // 0 for n < 2
MeanInterval bootstrapMean(std::span<const double> values, int resamples = 10'000, std::uint64_t seed = 42);
// Ratio sum(numerators) / sum(denominators), resampling pairs: losses per token, relative errors.
// Denominators must not be negative, nor all zero.
MeanInterval bootstrapRatio(std::span<const double> numerators, std::span<const double> denominators,
                            int resamples = 10'000, std::uint64_t seed = 42);
struct PairedDifference {
    double meanDifference = 0, standardError = 0, low = 0, high = 0;
};
PairedDifference pairedBootstrap(std::span<const double> first, std::span<const double> second,
                                 int resamples = 10'000, std::uint64_t seed = 42);
double quantile(std::vector<double> values, double q); // linear interpolation at q (n - 1)
double spearman(std::span<const double> a,
                std::span<const double> b); // average ranks; 0 where a side is constant
std::vector<double>
holm(const std::vector<double>& pValues); // adjusted for as many comparisons, in the order given

}
