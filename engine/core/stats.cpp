#include "engine/core/stats.h"

#include "engine/core/error.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace vlmptq::stats {
namespace {

constexpr double kZ = 1.959963984540054; // two-sided 95 % of the normal distribution

double meanOf(std::span<const double> values) {
    return values.empty() ? 0 : std::accumulate(values.begin(), values.end(), 0.0) / double(values.size());
}

Interval percentiles(std::vector<double> resampled) {
    std::sort(resampled.begin(), resampled.end());
    return {quantile(resampled, 0.025), quantile(resampled, 0.975)};
}

// Percentile bootstrap: `statistic(draw)` gets a function that draws the next index below n.
template <class Statistic>
Interval bootstrap(std::size_t n, int resamples, std::uint64_t seed, Statistic statistic) {
    SplitMix64 generator(seed);
    const auto draw = [&] { return std::size_t(generator.below(n)); };
    std::vector<double> results(std::size_t(std::max(resamples, 1)));
    for (double& result : results)
        result = statistic(draw);
    return percentiles(std::move(results));
}

Interval bootstrapOfMean(std::span<const double> values, int resamples, std::uint64_t seed) {
    return bootstrap(values.size(), resamples, seed, [values](const auto& draw) {
        double sum = 0;
        for (std::size_t i = 0; i < values.size(); ++i)
            sum += values[draw()];
        return sum / double(values.size());
    });
}

// Ranks from 1; equal values share the mean of their ranks.
std::vector<double> averageRanks(std::span<const double> values) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    std::vector<double> ranks(values.size());
    for (std::size_t first = 0; first < order.size();) {
        std::size_t last = first;
        while (last + 1 < order.size() && values[order[last + 1]] == values[order[first]])
            ++last;
        for (std::size_t i = first; i <= last; ++i)
            ranks[order[i]] = double(first + last) / 2 + 1;
        first = last + 1;
    }
    return ranks;
}

double correlation(std::span<const double> a, std::span<const double> b) {
    const double meanA = meanOf(a), meanB = meanOf(b);
    double ab = 0, aa = 0, bb = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        ab += (a[i] - meanA) * (b[i] - meanB);
        aa += (a[i] - meanA) * (a[i] - meanA);
        bb += (b[i] - meanB) * (b[i] - meanB);
    }
    return aa > 0 && bb > 0 ? ab / std::sqrt(aa * bb) : 0;
}

}

std::uint64_t SplitMix64::next() {
    std::uint64_t z = (m_state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

std::uint64_t SplitMix64::below(std::uint64_t n) {
    __extension__ using Wide = unsigned __int128;
    return std::uint64_t((Wide(next()) * n) >> 64);
}

Interval wilson(std::int64_t right, std::int64_t n) {
    if (n <= 0)
        return {0, 1};
    const double count = double(n), share = double(right) / count, z2 = kZ * kZ;
    const double centre = (share + z2 / (2 * count)) / (1 + z2 / count);
    const double half =
        kZ * std::sqrt(share * (1 - share) / count + z2 / (4 * count * count)) / (1 + z2 / count);
    return {std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

Mcnemar mcnemar(std::int64_t onlyFirst, std::int64_t onlySecond) {
    const std::int64_t n = onlyFirst + onlySecond, few = std::min(onlyFirst, onlySecond);
    if (n == 0)
        return {};
    double logPoint = -double(n) * std::log(2.0); // ln P[X = k], X binomial(n, 1/2)
    double point = std::exp(logPoint), tail = point;
    for (std::int64_t k = 0; k < few; ++k) {
        logPoint += std::log(double(n - k)) - std::log(double(k + 1));
        point = std::exp(logPoint);
        tail += point;
    }
    return {std::min(1.0, 2 * tail), std::min(1.0, 2 * tail - point)};
}

double standardError(std::span<const double> values) {
    if (values.size() < 2)
        return 0;
    const double mean = meanOf(values), n = double(values.size());
    double squares = 0;
    for (const double value : values)
        squares += (value - mean) * (value - mean);
    return std::sqrt(squares / (n - 1)) / std::sqrt(n);
}

MeanInterval bootstrapMean(std::span<const double> values, int resamples, std::uint64_t seed) {
    if (values.empty())
        return {};
    const Interval interval = bootstrapOfMean(values, resamples, seed);
    return {meanOf(values), interval.low, interval.high};
}

MeanInterval bootstrapRatio(std::span<const double> numerators, std::span<const double> denominators,
                            int resamples, std::uint64_t seed) {
    VLMPTQ_CHECK(numerators.size() == denominators.size(),
                 "A ratio needs as many numerators as denominators.");
    if (numerators.empty())
        return {};
    const double total = std::accumulate(denominators.begin(), denominators.end(), 0.0);
    VLMPTQ_CHECK(total > 0, "The denominators of a bootstrapped ratio must not all be zero.");
    const Interval interval = bootstrap(numerators.size(), resamples, seed, [&](const auto& draw) {
        double above = 0, below = 0;
        do { // again for a resample of zero denominators only (samples without a vision token)
            above = below = 0;
            for (std::size_t i = 0; i < numerators.size(); ++i) {
                const std::size_t pick = draw();
                above += numerators[pick];
                below += denominators[pick];
            }
        } while (below <= 0);
        return above / below;
    });
    return {std::accumulate(numerators.begin(), numerators.end(), 0.0) / total, interval.low, interval.high};
}

PairedDifference pairedBootstrap(std::span<const double> first, std::span<const double> second, int resamples,
                                 std::uint64_t seed) {
    VLMPTQ_CHECK(first.size() == second.size(), "A paired comparison needs as many first as second values.");
    if (first.empty())
        return {};
    std::vector<double> differences(first.size());
    for (std::size_t i = 0; i < first.size(); ++i)
        differences[i] = second[i] - first[i];
    const Interval interval = bootstrapOfMean(differences, resamples, seed);
    return {meanOf(differences), standardError(differences), interval.low, interval.high};
}

std::vector<double> holm(const std::vector<double>& pValues) {
    std::vector<std::size_t> order(pValues.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return pValues[a] < pValues[b]; });
    std::vector<double> adjusted(pValues.size());
    double largest = 0; // an adjusted value is never below that of a smaller p
    for (std::size_t i = 0; i < order.size(); ++i) {
        largest = std::max(largest, std::min(1.0, double(order.size() - i) * pValues[order[i]]));
        adjusted[order[i]] = largest;
    }
    return adjusted;
}

double quantile(std::vector<double> values, double q) {
    if (values.empty())
        return 0;
    if (!std::is_sorted(values.begin(), values.end()))
        std::sort(values.begin(), values.end());
    const double position = std::clamp(q, 0.0, 1.0) * double(values.size() - 1);
    const auto below = std::size_t(position);
    const std::size_t above = std::min(below + 1, values.size() - 1);
    return values[below] + (position - double(below)) * (values[above] - values[below]);
}

double spearman(std::span<const double> a, std::span<const double> b) {
    VLMPTQ_CHECK(a.size() == b.size(), "A rank correlation needs as many values on both sides.");
    return correlation(averageRanks(a), averageRanks(b));
}

}
