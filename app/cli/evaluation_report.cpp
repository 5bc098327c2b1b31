#include "app/cli/evaluation_report.h"

#include "engine/core/paths.h"
#include "engine/core/stats.h"
#include "engine/core/text.h"
#include "engine/evaluation/benchmark.h"

#include <algorithm>
#include <unordered_map>

namespace fs = std::filesystem;

namespace vlmptq::cli {
namespace {

fs::path resolveBenchmark(const std::string& given) {
    if (fs::exists(given))
        return given;
    const auto demo = paths::findDemo();
    if (demo && given == "demo")
        return *demo / "bench";
    if (const fs::path file = demo.value_or("") / "bench" / (given + ".tsv"); demo && fs::exists(file))
        return file;
    throw Error(ErrorKind::BadInput, "E-EVAL-01", "The benchmark '" + given + "' was not found.",
                "Give a TSV file, a folder of them, 'demo' for the eight of the demo, or one of their names "
                "(DemoChart).");
}

MeanInterval scoreInterval(const BenchmarkScore& score) { return {score.score, score.low, score.high}; }

const BenchmarkScore* scoreOf(const Evaluation& evaluation, const std::string& benchmark) {
    const auto found =
        std::find_if(evaluation.scores.begin(), evaluation.scores.end(),
                     [&](const BenchmarkScore& score) { return score.benchmark == benchmark; });
    return found == evaluation.scores.end() ? nullptr : &*found;
}

std::string signedText(double value, int decimals) { return (value > 0 ? "+" : "") + fixed(value, decimals); }

}

std::vector<fs::path> resolveBenchmarks(const std::vector<std::string>& given) {
    std::vector<fs::path> paths;
    for (const auto& name : given)
        paths.push_back(resolveBenchmark(name));
    auto files = evaluation::findBenchmarks(paths);
    if (files.empty())
        throw Error(ErrorKind::BadInput, "E-EVAL-02",
                    "There is no TSV file in " + paths.front().string() + ".",
                    "Give a benchmark file or a folder that holds some.");
    return files;
}

double Evaluation::meanScore() const {
    double sum = 0;
    for (const auto& score : scores)
        sum += score.score;
    return scores.empty() ? 0 : sum / static_cast<double>(scores.size());
}

MeanInterval Evaluation::answerLoss() const {
    std::vector<double> losses, tokens;
    for (const auto& item : items) {
        if (!item.error.empty())
            continue;
        losses.push_back(item.answerNll);
        tokens.push_back(item.answerTokens);
    }
    return losses.empty() ? MeanInterval{} : stats::bootstrapRatio(losses, tokens);
}

std::vector<EvalItem> storedItems(Session& session, const Subject& subject,
                                  std::span<const fs::path> benchmarks, std::int64_t limit) {
    const auto opened = session.openStore();
    const auto run = subject.run ? std::optional(subject.run->id) : std::nullopt;
    std::vector<EvalItem> asked;
    for (const auto& file : benchmarks) {
        const auto benchmark = evaluation::openBenchmark(file);
        std::unordered_map<std::string, EvalItem> byId;
        for (auto& item : opened->items(run, subject.folder.string(), benchmark->name()))
            byId[item.id] = std::move(item); // the newest answer comes last
        auto rows = std::span(benchmark->items());
        if (limit > 0)
            rows = rows.first(std::min(rows.size(), static_cast<std::size_t>(limit)));
        for (const auto& row : rows)
            if (auto node = byId.extract(row.id))
                asked.push_back(std::move(node.mapped()));
    }
    return asked;
}

std::string intervalText(const MeanInterval& value, int decimals) {
    return fixed(value.mean, decimals) + " [" + fixed(value.low, decimals) + ", " +
           fixed(value.high, decimals) + "]";
}

std::string errorText(const std::optional<MeanInterval>& error) {
    return error ? significant(error->mean, 3) + " [" + significant(error->low, 3) + ", " +
                       significant(error->high, 3) + "]"
                 : "-";
}

Table scoreTable(const Evaluation& evaluation) {
    Table table({{"benchmark"},
                 {"score", Align::Right},
                 {"items", Align::Right},
                 {"answer loss", Align::Right},
                 {"scorer"},
                 {"seconds", Align::Right}});
    double seconds = 0;
    std::int64_t items = 0;
    for (const auto& score : evaluation.scores) {
        table.add({score.benchmark, intervalText(scoreInterval(score), 1),
                   std::to_string(score.scored) + " of " + std::to_string(score.expected),
                   intervalText({score.answerLoss, score.answerLossLow, score.answerLossHigh}, 4),
                   score.scorer, fixed(score.seconds, 1)});
        seconds += score.seconds;
        items += score.scored;
    }
    table.add({"mean", fixed(evaluation.meanScore(), 1), std::to_string(items),
               intervalText(evaluation.answerLoss(), 4), "", fixed(seconds, 1)});
    return table;
}

Table comparisonTable(const Evaluation& baseline, const Evaluation& evaluation) {
    Table table({{"benchmark"},
                 {"full precision", Align::Right},
                 {evaluation.title, Align::Right},
                 {"change", Align::Right},
                 {"loss, full precision", Align::Right},
                 {"answer loss", Align::Right}});
    for (const auto& score : evaluation.scores) {
        const auto* before = scoreOf(baseline, score.benchmark);
        if (!before)
            continue;
        table.add({score.benchmark, intervalText(scoreInterval(*before), 1),
                   intervalText(scoreInterval(score), 1), signedText(score.score - before->score, 1),
                   fixed(before->answerLoss, 4), fixed(score.answerLoss, 4)});
    }
    table.add({"mean", fixed(baseline.meanScore(), 1), fixed(evaluation.meanScore(), 1),
               signedText(evaluation.meanScore() - baseline.meanScore(), 1),
               intervalText(baseline.answerLoss(), 4), intervalText(evaluation.answerLoss(), 4)});
    return table;
}

}
