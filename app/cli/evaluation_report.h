// evaluation_report.h - the result of an evaluation as people and scripts see it: the items behind it, the
// mean over the benchmarks, the answer loss over all items with its interval (method.md 9.2).
#pragma once
#include "app/cli/subject.h"
#include "engine/core/table.h"

#include <span>

namespace vlmptq::cli {

// TSV files and folders by path; "demo": the eight of the demo; "DemoChart": one of them. Throws Error
// (BadInput).
std::vector<std::filesystem::path> resolveBenchmarks(const std::vector<std::string>& given);

struct Evaluation {
    std::string title;
    std::vector<BenchmarkScore> scores;
    std::vector<EvalItem> items; // of the asked rows, in file order
    double meanScore() const;
    MeanInterval answerLoss() const; // nats per token
};

// The stored answers to the first `limit` rows (0: all) of the benchmarks.
std::vector<EvalItem> storedItems(Session&, const Subject&, std::span<const std::filesystem::path> benchmarks,
                                  std::int64_t limit);

std::string intervalText(const MeanInterval&, int decimals); // "95.0 [92.1, 96.8]"
std::string errorText(const std::optional<MeanInterval>&); // "0.0115 [0.0100, 0.0130]", three digits however
                                                           // small; "-" when absent

Table scoreTable(const Evaluation&); // a row per benchmark and the mean
Table comparisonTable(const Evaluation& baseline, const Evaluation&);

}
