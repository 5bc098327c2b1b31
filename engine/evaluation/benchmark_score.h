// benchmark_score.h - the figures of one benchmark from its answered questions (benchmarks.md 8). Pure.
#pragma once
#include "engine/core/records.h"
#include "engine/evaluation/benchmark.h"

#include <span>
#include <string>

namespace vlmptq::evaluation {

// Of the bootstrap; both are stored with the result.
inline constexpr int kResamples = 10'000;
inline constexpr std::uint64_t kBootstrapSeed = 42;

// Score in per cent with Wilson's interval (0/1) or the bootstrap's (graded), answer loss = sum of nll over
// sum of tokens with a bootstrap over the questions. Questions that ended in an error have no score and count
// in `errors`.
BenchmarkScore aggregate(const Task&, const Benchmark&, std::span<const EvalItem>, const std::string& ruleset,
                         int resamples = kResamples, std::uint64_t seed = kBootstrapSeed);

// Rows a complete result has: those of the file, but no fewer than the publisher's count (benchmarks.md 7 and
// 10).
std::int64_t expectedRows(const Task&, std::int64_t rowsInFile);
bool isComplete(const BenchmarkScore&);

// The text whose tokens make up the answer loss: the first reference, for lettered questions the letter
// (method.md 9.2).
std::string referenceForLoss(const BenchmarkItem&);

// Writes parsed, status and score of an answered question; `truncated` where the length limit ended it.
void applyScore(const Task&, const BenchmarkItem&, const std::string& ruleset, EvalItem&);

}
