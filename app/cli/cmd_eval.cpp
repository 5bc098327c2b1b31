// `vlmptq eval`: benchmarks for a run or a checkpoint.
#include "app/cli/args.h"
#include "app/cli/commands.h"
#include "app/cli/evaluation_report.h"
#include "app/cli/gate.h"
#include "app/cli/job.h"
#include "app/cli/record_json.h"
#include "engine/checkpoint/run_folder.h"
#include "engine/core/file.h"
#include "engine/core/text.h"

namespace vlmptq::cli {
namespace {

const std::vector<std::string> kGateFields{"avg_score", "answer_loss"};

struct Options {
    std::string subject, itemsFile, rules = "current", repetitionPenalty = "1", failIf;
    std::vector<std::string> benchmarks;
    std::int64_t limit = 0, maxNewTokens = 0;
    bool isResuming = false, hasBaseline = false;
    GivenSettings given;
};

EvalPlan planOf(const Options& options) {
    return {.benchmarks = resolveBenchmarks(options.benchmarks),
            .limit = options.limit,
            .maxNewTokens = static_cast<int>(options.maxNewTokens),
            .repetitionPenalty = realNumber("repetition-penalty", options.repetitionPenalty),
            .ruleset = "lmms-eval/" + options.rules,
            .device = resolveSettings(options.given, {}, kDeviceSettings).config.device,
            .resume = options.isResuming};
}

Evaluation evaluateNow(Session& session, const Subject& subject, const EvalPlan& plan) {
    Evaluation evaluation{.title = subject.title, .scores = evaluate(session, subject, plan), .items = {}};
    evaluation.items = storedItems(session, subject, plan.benchmarks, plan.limit);
    return evaluation;
}

void writeItems(const std::string& file, const std::vector<EvalItem>& items) {
    std::string lines;
    for (const auto& item : items)
        lines +=
            itemExport(item).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
    writeFileAtomically(file, lines);
}

nlohmann::ordered_json toJson(const Evaluation& evaluation) {
    auto scores = nlohmann::ordered_json::array();
    for (const auto& score : evaluation.scores)
        scores.push_back(cli::toJson(score));
    return {{"title", evaluation.title},
            {"mean_score", evaluation.meanScore()},
            {"answer_loss", cli::toJson(std::optional(evaluation.answerLoss()))},
            {"benchmarks", scores}};
}

void printResult(Session& session, const std::optional<Evaluation>& baseline, const Evaluation& evaluation) {
    if (session.isJson) {
        nlohmann::ordered_json json{{"event", "finished"}, {"schema", kSchema}};
        json.update(toJson(evaluation));
        if (baseline)
            json["baseline"] = toJson(*baseline);
        session.console.printJson(json);
        return;
    }
    const auto table = baseline ? comparisonTable(*baseline, evaluation) : scoreTable(evaluation);
    session.console.print(session.isCsv ? table.csv() : table.aligned());
}

int run(Session& session, const Options& options) {
    std::optional<Gate> gate;
    if (!options.failIf.empty())
        gate = Gate::parse(options.failIf, kGateFields);
    const auto plan = planOf(options);
    const auto subject = findRunOrModel(session, options.subject);
    if (options.hasBaseline && !subject.run)
        throw Error(ErrorKind::BadInput, "E-CLI-07",
                    subject.title + " is no run of the database: it has no full-precision baseline.",
                    "Leave --baseline out.");
    if (!subject.run && checkpoint::isRunFolder(subject.folder))
        throw Error(ErrorKind::BadInput, "E-CLI-09",
                    subject.title + " is the folder of a run that " + session.database().string() +
                        " does not know.",
                    "Choose its database with --db, or export the run and evaluate the checkpoint.");
    requireUsable(subject);
    std::optional<Evaluation> baseline;
    if (options.hasBaseline)
        baseline =
            evaluateNow(session, {.run = {}, .folder = subject.run->model, .title = "full precision"}, plan);
    const auto evaluation = evaluateNow(session, subject, plan);
    if (!options.itemsFile.empty())
        writeItems(options.itemsFile, evaluation.items);
    printResult(session, baseline, evaluation);
    if (!gate)
        return 0;
    const double value = gate->field == "avg_score" ? evaluation.meanScore() : evaluation.answerLoss().mean;
    if (!gate->isTripped(value))
        return 0;
    session.console.warn(gate->field + " is " + significant(value, 4) + ", which --fail-if '" + gate->text +
                         "' refuses");
    return kGateTripped;
}

}

void addEval(CLI::App& root, Session& session) {
    auto options = std::make_shared<Options>();
    auto* app = addCommand(
        root, session,
        {.name = "eval",
         .summary = "Score a run or a checkpoint on benchmarks.",
         .examples = {"eval path/to/model --bench demo", "eval 7 --bench demo --limit 50 --baseline",
                      "eval 7 --bench ChartQA.tsv DocVQA.tsv --items answers.jsonl"},
         .notes = "Fields of --fail-if: avg_score (0 to 100), answer_loss (nats per token)."},
        {.database = true, .json = true, .csv = true, .progress = true});
    app->add_option("RUN|MODEL", options->subject, "id, name or folder of a run, or folder of a checkpoint")
        ->required();
    app->add_option("--bench", options->benchmarks, "TSV files, folders of them, or 'demo'")
        ->type_name("PATH…")
        ->expected(1, -1)
        ->required();
    addNumber(*app, "--limit", options->limit, 1, "only the first rows of each [all]");
    app->add_option("--items", options->itemsFile, "write a JSON line per answered item to this file")
        ->type_name("FILE");
    app->add_flag("--baseline", options->hasBaseline,
                  "evaluate the run's full-precision model too and compare");
    app->add_flag("--resume", options->isResuming, "keep the answers an earlier, stopped evaluation gave");
    addNumber(*app, "--max-new-tokens", options->maxNewTokens, 1, "longest answer [the benchmark's own]");
    app->add_option("--repetition-penalty", options->repetitionPenalty, "1: none [1]")->type_name("X");
    app->add_option("--rules", options->rules, "scoring rules: current or 2025 [current]")
        ->type_name("NAME")
        ->check(oneOf({"current", "2025"}));
    app->add_option("--fail-if", options->failIf, "exit with 6 when the result is like this: 'avg_score<90'")
        ->type_name("CONDITION");
    addSettings(*app, options->given, kDeviceSettings);
    app->callback(
        [&session, options] { session.action = [&session, options] { return run(session, *options); }; });
}

}
