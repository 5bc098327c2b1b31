// bench_results.h - benchmark scores of full precision and of the shown runs, as the plots and the table of
// Benchmarks need them. Averages are taken over the benchmarks that all of them have. Plain values, pure.
#pragma once
#include "engine/store/run_store.h"
#include "ui/plots/plot_data.h"

#include <span>

namespace vlmptq::ui {

struct BenchResults {
    store::RunRecord run; // id 0: the full-precision checkpoint `run.model`
    std::vector<store::ScoreRecord> scores;
    QString title;
    int variant = 0;
    std::uint64_t bytes = 0; // of the weights; 0: not known

    bool isFullPrecision() const { return run.id == 0; }
    const BenchmarkScore* score(const std::string& benchmark) const;
};

struct BenchmarkName {
    std::string benchmark;
    QString title;
};

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
