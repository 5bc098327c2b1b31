// bench_results.h - benchmark scores of full precision and of the shown runs, as the plots and the table of
// Benchmarks need them. Averages are taken over the benchmarks that all of them have. Plain values, pure.
#pragma once
#include "engine/core/stats.h"
#include "engine/store/run_store.h"
#include "ui/plots/plot_data.h"

#include <map>
#include <span>

namespace vlmptq::ui {

// Points by which a run's score differs from full precision's, from the questions both answered.
struct PairedScore {
    stats::PairedDifference points{}; // of 100
    int questions = 0;
    QString refusal{}; // why they are not compared: "the pictures differ"; then there are no points

    bool isSignificant() const { return points.low > 0 || points.high < 0; }
};

struct BenchResults {
    store::RunRecord run; // id 0: the full-precision checkpoint `run.model`
    std::vector<store::ScoreRecord> scores;
    QString title;
    int variant = 0;
    std::uint64_t bytes = 0;                     // of the weights; 0: not known
    std::map<std::string, PairedScore> paired{}; // by benchmark; only where the single answers are known

    bool isFullPrecision() const { return run.id == 0; }
    const BenchmarkScore* score(const std::string& benchmark) const;
    const PairedScore* pairedWith(const std::string& benchmark) const; // full precision; absent: null
};

struct BenchmarkName {
    std::string benchmark;
    QString title;
};

// By benchmark and id; a benchmark is refused whose questions, pictures or scoring rules are not the same
// (benchmarks.md 8.4).
std::map<std::string, PairedScore> pairScores(std::span<const EvalItem> items,
                                              std::span<const EvalItem> reference);
std::vector<BenchmarkName> benchmarksOf(std::span<const BenchResults>);   // of any, in order of appearance
std::vector<std::string> commonBenchmarks(std::span<const BenchResults>); // of all that have scores
// Mean of the scores; its interval takes the benchmarks as independent. Absent when one is missing.
std::optional<MeanInterval> averageScore(const BenchResults&, std::span<const std::string> benchmarks);
// Nats per token over all tokens of the benchmarks.
std::optional<MeanInterval> totalAnswerLoss(const BenchResults&, std::span<const std::string> benchmarks);
// "Sampled: n = 50 of 200 in each benchmark"; empty when everything was asked.
QString samplingNote(std::span<const BenchResults>);
StyleOf styleOf(const BenchResults&);
QStringList metadataOf(std::span<const BenchResults>);

}
