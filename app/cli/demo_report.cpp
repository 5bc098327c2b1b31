#include "app/cli/demo_report.h"

#include "app/cli/record_json.h"
#include "engine/core/text.h"

namespace vlmptq::cli {
namespace {

std::string shortName(const std::string& benchmark) {
    return benchmark.starts_with("Demo") ? benchmark.substr(4) : benchmark;
}

const std::vector<BenchmarkScore>& scoresOf(const DemoResult& result) { return result.evaluation.scores; }

Table intervalTable(const DemoReport& report) {
    std::vector<Column> columns{{"method"}, {"bits"}};
    for (const auto& score : scoresOf(report.results.front()))
        columns.push_back({shortName(score.benchmark), Align::Right});
    Table table(std::move(columns));
    for (const auto& result : report.results) {
        std::vector<std::string> row{result.method, result.scheme};
        for (const auto& score : scoresOf(result))
            row.push_back(intervalText({score.score, score.low, score.high}, 1));
        table.add(std::move(row));
    }
    return table;
}

Table runFacts(const DemoReport& report) {
    Table table({{"run", Align::Right},
                 {"method"},
                 {"bits"},
                 {"bits per weight", Align::Right},
                 {"module error", Align::Right},
                 {"held-out answer loss", Align::Right},
                 {"peak memory", Align::Right},
                 {"checkpoint"}});
    for (const auto& result : report.results) {
        if (!result.run || !result.run->summary)
            continue;
        const auto& summary = *result.run->summary;
        table.add({std::to_string(result.run->id), result.method, result.scheme,
                   fixed(summary.bitsPerWeight, 2), significant(summary.meanModuleError, 3),
                   errorText(summary.heldoutAnswerLoss), bytesText(summary.peakBytes),
                   result.checkpoint.string()});
    }
    return table;
}

}

Table demoTable(const DemoReport& report) {
    std::vector<Column> columns{{"method"}, {"bits"}};
    for (const auto& score : scoresOf(report.results.front()))
        columns.push_back({shortName(score.benchmark), Align::Right});
    for (const char* title : {"mean", "answer loss", "error, vision", "error, text", "seconds"})
        columns.push_back({title, Align::Right});
    Table table(std::move(columns));
    for (const auto& result : report.results) {
        std::vector<std::string> row{result.method, result.scheme};
        for (const auto& score : scoresOf(result))
            row.push_back(fixed(score.score, 1));
        row.push_back(fixed(result.evaluation.meanScore(), 1));
        row.push_back(intervalText(result.evaluation.answerLoss(), 4));
        const bool hasSummary = result.run && result.run->summary;
        row.push_back(hasSummary ? errorText(result.run->summary->modelError.vision) : "-");
        row.push_back(hasSummary ? errorText(result.run->summary->modelError.text) : "-");
        row.push_back(hasSummary ? fixed(result.run->summary->seconds, 1) : "-");
        table.add(std::move(row));
    }
    return table;
}

std::string demoMarkdown(const DemoReport& report) {
    return "# The demo model, quantized\n\n"
           "Made by `" +
           report.command + "` (vlmptq " VLMPTQ_VERSION ").\n\n" + demoTable(report).markdown() +
           "\nScores are in per cent, on the " + report.selection +
           ". *Answer loss*: mean loss of the reference answers over all "
           "these items, in nats per token. *Error*: relative squared error of the last decoder layer's "
           "output between the "
           "full-precision and the quantized stream, on 32 held-out calibration lines, by kind of token. "
           "*Seconds*: of the "
           "quantization. Brackets hold 95 % intervals.\n\n"
           "Settings: lines 1-128 of the demo's pairs calibrate and lines 129-160 are held out; asymmetric "
           "grids; damping 0.01, "
           "alpha 0.25, blocks of 128 columns; μ grid of 6 judged on 16 samples; no activation order; ranges "
           "are each method's "
           "own unless named.\n\n"
           "## Scores with their intervals\n\n" +
           intervalTable(report).markdown() + "\n## Runs\n\nDatabase: `" + report.database + "`\n\n" +
           runFacts(report).markdown();
}

nlohmann::ordered_json demoJson(const DemoReport& report) {
    auto rows = nlohmann::ordered_json::array();
    for (const auto& result : report.results) {
        auto scores = nlohmann::ordered_json::array();
        for (const auto& score : scoresOf(result))
            scores.push_back(toJson(score));
        rows.push_back({{"method", result.method},
                        {"scheme", result.scheme},
                        {"mean_score", result.evaluation.meanScore()},
                        {"answer_loss", toJson(std::optional(result.evaluation.answerLoss()))},
                        {"run", result.run ? toJson(*result.run) : nlohmann::ordered_json(nullptr)},
                        {"checkpoint", result.checkpoint.string()},
                        {"benchmarks", scores}});
    }
    return {{"selection", report.selection}, {"database", report.database}, {"rows", rows}};
}

}
