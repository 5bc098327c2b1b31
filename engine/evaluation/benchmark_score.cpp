#include "engine/evaluation/benchmark_score.h"

#include "engine/core/stats.h"

#include <algorithm>
#include <cmath>

namespace vlmptq::evaluation {
namespace {

MeanInterval scoreInterval(const Task& task, const std::vector<double>& scores, int resamples,
                           std::uint64_t seed) {
    if (scores.empty())
        return {};
    if (task.isGraded)
        return stats::bootstrapMean(scores, resamples, seed);
    const auto right = std::count(scores.begin(), scores.end(), 1.0);
    const auto [low, high] = stats::wilson(right, std::int64_t(scores.size()));
    return {double(right) / double(scores.size()), low, high};
}

void addAnswerLoss(std::span<const EvalItem> items, int resamples, std::uint64_t seed,
                   BenchmarkScore& result) {
    std::vector<double> losses, tokens;
    for (const EvalItem& item : items) {
        if (item.answerTokens <= 0)
            continue;
        losses.push_back(item.answerNll);
        tokens.push_back(double(item.answerTokens));
        result.answerTokens += item.answerTokens;
    }
    const MeanInterval loss = stats::bootstrapRatio(losses, tokens, resamples, seed);
    result.answerLoss = loss.mean;
    result.answerLossLow = loss.low;
    result.answerLossHigh = loss.high;
}

}

BenchmarkScore aggregate(const Task& task, const Benchmark& benchmark, std::span<const EvalItem> items,
                         const std::string& ruleset, int resamples, std::uint64_t seed) {
    BenchmarkScore result;
    result.benchmark = benchmark.name();
    result.title = task.title;
    result.scorer = task.scorer;
    result.ruleset = ruleset;
    result.items = std::int64_t(items.size());
    result.expected = expectedRows(task, benchmark.rows());
    std::vector<double> scores;
    for (const EvalItem& item : items) {
        if (item.score)
            scores.push_back(*item.score);
        result.empty += item.status == "empty";
        result.unparsed += item.status == "unparsed";
        result.truncated += item.status == "truncated";
        result.errors += item.status == "error";
        result.seconds += item.prefillSeconds + item.decodeSeconds;
    }
    result.scored = std::int64_t(scores.size());
    const MeanInterval score = scoreInterval(task, scores, resamples, seed);
    result.score = 100 * score.mean;
    result.low = 100 * score.low;
    result.high = 100 * score.high;
    addAnswerLoss(items, resamples, seed, result);
    return result;
}

std::int64_t expectedRows(const Task& task, std::int64_t rowsInFile) {
    const auto leastRows = std::int64_t(std::ceil(double(task.expectedRows) * (1 - task.rowTolerance)));
    return rowsInFile >= leastRows ? rowsInFile : task.expectedRows;
}

bool isComplete(const BenchmarkScore& score) { return score.expected > 0 && score.scored >= score.expected; }

std::string referenceForLoss(const BenchmarkItem& item) {
    return item.references.empty() ? "" : item.references.front();
}

void applyScore(const Task& task, const BenchmarkItem& question, const std::string& ruleset, EvalItem& item) {
    const ScoredAnswer scored = task.score(question, cutAtStopText(task, item.rawAnswer), ruleset);
    item.parsed = scored.hasParsed ? std::optional(scored.parsed) : std::nullopt;
    item.score = scored.score;
    item.status = scored.status == "ok" && item.finish == "length" ? "truncated" : scored.status;
}

}
