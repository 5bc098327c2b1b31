// `vlmptq quantize`: one run per method, from the settings to the result line; or the rest of a stopped one.
#include "app/cli/args.h"
#include "app/cli/commands.h"
#include "app/cli/dense_export.h"
#include "app/cli/gate.h"
#include "app/cli/job.h"
#include "app/cli/json_events.h"
#include "app/cli/record_json.h"
#include "engine/core/paths.h"
#include "engine/core/table.h"
#include "engine/core/text.h"
#include "engine/jobs/run_plan.h"

#include <algorithm>

namespace fs = std::filesystem;

namespace vlmptq::cli {
namespace {

const std::vector<std::string> kGateFields{"avg_error",   "vision_error",    "text_error",
                                           "answer_loss", "bits_per_weight", "seconds"};

struct Options {
    std::string model, name, preset, outDir, failIf;
    std::vector<std::string> tags, also;
    std::vector<std::string> resume; // empty: absent; one empty text: the newest
    bool isDryRun = false, isPrintConfig = false, allowOtherVersion = false;
    GivenSettings given;
};

double gateValue(const std::string& field, const RunSummary& summary) {
    const auto meanOf = [&](const std::optional<MeanInterval>& interval) {
        if (!interval)
            throw Error(ErrorKind::BadInput, "E-GATE-01",
                        "The run has no " + field + " to compare with --fail-if.",
                        "Keep held-out pairs (--heldout).");
        return interval->mean;
    };
    if (field == "vision_error")
        return meanOf(summary.modelError.vision);
    if (field == "text_error")
        return meanOf(summary.modelError.text);
    if (field == "answer_loss")
        return meanOf(summary.heldoutAnswerLoss);
    if (field == "bits_per_weight")
        return summary.bitsPerWeight;
    return field == "seconds" ? summary.seconds : summary.meanModuleError;
}

ResolvedSettings resolve(const Options& options) {
    auto resolved = resolveSettings(options.given, options.preset);
    auto& config = resolved.config;
    config.model = options.model.empty() ? "" : fs::absolute(options.model).lexically_normal().string();
    config.name = options.name;
    config.tags = options.tags;
    if (config.calib.source.empty())
        config.calib.source = paths::demo().calibration.string();
    config.calib.source = fs::absolute(config.calib.source).lexically_normal().string();
    return resolved;
}

std::vector<RunConfig> configsOf(const Options& options, const RunConfig& first) {
    std::vector<RunConfig> configs{first};
    for (const auto& method : options.also) {
        RunConfig config = first;
        config.quant.method = methodNamed(method).name;
        if (config.quant.method == first.quant.method)
            continue;
        configs.push_back(config);
    }
    if (configs.size() > 1 && !first.name.empty())
        for (auto& config : configs)
            config.name += "-" + config.quant.method;
    return configs;
}

void printConfig(Session& session, const ResolvedSettings& resolved) {
    nlohmann::ordered_json values, origins;
    Table table({{"setting"}, {"value"}, {"from"}});
    for (const auto& setting : settings()) {
        const auto value = setting.get(resolved.config);
        const auto& origin = resolved.origins.at(setting.name);
        values[setting.name] = value;
        origins[setting.name] = origin;
        table.add({setting.name, value, origin});
    }
    if (session.isJson)
        session.console.printJson({{"schema", kSchema}, {"settings", values}, {"origins", origins}});
    else
        session.console.print(table.aligned());
}

nlohmann::ordered_json planJson(const RunConfig& config, const jobs::RunPlan& plan) {
    return {{"method", config.quant.method},
            {"scheme", schemeText(config.quant)},
            {"family", plan.model.family},
            {"parameters", plan.model.parameters},
            {"modules", plan.quantized.size()},
            {"left_out", plan.leftOut},
            {"calibration_lines", plan.calibrationLines},
            {"heldout_lines", plan.heldoutLines},
            {"original_bytes", plan.originalBytes},
            {"quantized_bytes", plan.quantizedBytes},
            {"bits_per_weight", plan.bitsPerWeight}};
}

void printPlan(Session& session, const RunConfig& config, const jobs::RunPlan& plan) {
    if (session.isJson) {
        auto json = planJson(config, plan);
        json["schema"] = kSchema;
        json["event"] = "plan";
        session.console.printJson(json);
        return;
    }
    session.console.print(
        "would quantize " + std::to_string(plan.quantized.size()) + " modules of " + config.model + " (" +
        plan.model.family + ") to " + schemeText(config.quant) + " with " + config.quant.method +
        ", calibrated on " + std::to_string(plan.calibrationLines) + " pairs (" +
        std::to_string(plan.heldoutLines) + " held out): these matrices " + bytesText(plan.originalBytes) +
        " -> " + bytesText(plan.quantizedBytes) + ", " + fixed(plan.bitsPerWeight, 2) + " bits per weight\n");
}

std::string resultLine(const store::RunRecord& run, const fs::path& out) {
    std::vector<std::string> parts{"run " + std::to_string(run.id),
                                   run.name,
                                   run.method,
                                   run.scheme,
                                   "finished " + secondsText(run.summary->seconds),
                                   "mean " + errorPairs(run.config.calib) + " error " +
                                       significant(run.summary->meanModuleError, 3),
                                   "whole model " + bytesText(run.summary->originalBytes) + " -> " +
                                       bytesText(run.summary->quantizedBytes)};
    if (!out.empty())
        parts.push_back(out.string());
    return join(parts, "  ");
}

// The result of one finished run on stdout, its export when asked for, its gate. Returns the exit code.
int conclude(Session& session, const Options& options, const store::RunRecord& run, const fs::path& out) {
    if (!run.summary)
        throw Error(ErrorKind::Database, "E-CLI-03",
                    runTitle(run) + " finished, but its summary is not in the database.",
                    "Look at 'vlmptq runs show " + std::to_string(run.id) + "' and run 'vlmptq doctor'.");
    if (!out.empty())
        exportDense(session, run, {.outDir = out, .device = run.config.device});
    if (session.isJson) {
        auto fields = toJson(run);
        fields["out"] = out.string();
        JsonEvents(session.console, run.id).send("finished", fields);
    } else {
        session.console.print(resultLine(run, out) + '\n');
    }
    if (options.failIf.empty())
        return 0;
    const auto gate = Gate::parse(options.failIf, kGateFields);
    const double value = gateValue(gate.field, *run.summary);
    if (!gate.isTripped(value))
        return 0;
    session.console.warn(runTitle(run) + ": " + gate.field + " is " + significant(value, 4) +
                         ", which --fail-if '" + gate.text + "' refuses");
    return kGateTripped;
}

store::RunRecord newestResumable(Session& session, const std::string& model) {
    if (const auto opened = session.openStoreToRead())
        for (const auto& run : opened->runs())
            if (run.isResumable() &&
                (model.empty() || fs::absolute(model).lexically_normal() == fs::path(run.model)))
                return run;
    throw Error(ErrorKind::BadInput, "E-CLI-04",
                "There is no run to resume in " + session.database().string() + ".",
                "'vlmptq runs list' shows every run and its state.");
}

int resume(Session& session, const Options& options) {
    if (!options.given.empty() || !options.preset.empty() || !options.also.empty())
        throw Error(ErrorKind::BadOption, "E-OPT-16",
                    "A resumed run keeps its settings; --resume goes with none of them.",
                    "Start a new run for other settings.");
    session.noticeDeadRuns();
    const auto& which = options.resume.front();
    const auto run = which.empty() ? newestResumable(session, options.model) : findRun(session, which);
    if (!run.isResumable() && run.state != store::RunState::Queued)
        throw Error(ErrorKind::BadInput, "E-CLI-05",
                    runTitle(run) + " cannot be resumed: it is " + std::string(store::toString(run.state)) +
                        ".",
                    "'vlmptq runs list' shows every run and its state.");
    const auto finished = quantizeRun(session, run.id, options.allowOtherVersion);
    return conclude(session, options, finished.run, options.outDir);
}

int quantizeNew(Session& session, const Options& options) {
    const auto resolved = resolve(options);
    if (options.isPrintConfig) {
        printConfig(session, resolved);
        return 0;
    }
    if (resolved.origins.at("calib") == "default")
        session.console.note("no --calib given: calibrating on the demo's image-text pairs");
    const auto configs = configsOf(options, resolved.config);
    for (const auto& config : configs) {
        const auto plan = jobs::planRun(config, session.runsFolder());
        if (&config == &configs.front())
            for (const auto& warning : plan.warnings)
                session.console.warn(warning);
        if (options.isDryRun)
            printPlan(session, config, plan);
    }
    if (options.isDryRun)
        return 0;

    session.interruption();
    int exitCode = 0;
    for (const auto& config : configs) {
        const auto finished = quantizeRun(session, session.openStore()->createRun(config));
        fs::path out = options.outDir;
        if (!out.empty() && configs.size() > 1)
            out /= finished.run.method;
        exitCode = std::max(exitCode, conclude(session, options, finished.run, out));
    }
    return exitCode;
}

int quantize(Session& session, const Options& options) {
    if (!options.failIf.empty())
        Gate::parse(options.failIf, kGateFields);
    if (!options.resume.empty())
        return resume(session, options);
    if (options.model.empty() && !options.isPrintConfig)
        throw Error(ErrorKind::BadOption, "E-ARG-04", "'vlmptq quantize' needs MODEL.",
                    "See 'vlmptq help quantize'.");
    return quantizeNew(session, options);
}

}

void addQuantize(CLI::App& root, Session& session) {
    auto options = std::make_shared<Options>();
    auto* app = addCommand(
        root, session,
        {.name = "quantize",
         .summary = "Quantize a model; the result is kept in the run database.",
         .examples = {"quantize path/to/model --bits 3",
                      "quantize path/to/model --calib pairs.jsonl --also rtn,gptq,gptaq",
                      "quantize path/to/model --preset deploy --bits 4 --out out/w4", "quantize --resume 42"},
         .notes = "Every setting can also come from the environment (VLMPTQ_BITS for --bits), a preset file "
                  "or the "
                  "configuration file ('vlmptq config path'), in this order after the option itself; "
                  "--print-config shows "
                  "each value and where it comes from.\n"
                  "Fields of --fail-if: avg_error, vision_error, text_error, answer_loss, bits_per_weight, "
                  "seconds. "
                  "A run that finished but trips it exits with 6."},
        {.database = true, .json = true, .progress = true});
    app->add_option("MODEL", options->model, "folder of a checkpoint in Hugging Face layout");
    addSettings(*app, options->given);
    const std::string group = "Run";
    addList(*app, "--also", options->also, "NAMES",
            "also run these methods on the same data, comma-separated")
        ->group(group);
    app->add_option("--preset", options->preset, "paper, deploy, w3a16, w2a16, w2a8kv8, w4a4kv8, or a JSON file of settings")
        ->type_name("FILE")
        ->group(group);
    app->add_option("--out", options->outDir,
                    "also write a dense BF16 checkpoint here (with --also: one folder per method)")
        ->type_name("DIR")
        ->group(group);
    app->add_option("--name", options->name,
                    "of the run; with --also the method is appended [made from model, bits and method]")
        ->type_name("TEXT")
        ->group(group);
    addList(*app, "--tag", options->tags, "TAGS", "tags of the run, comma-separated or repeated")
        ->group(group);
    app->add_option("--resume", options->resume, "go on with a stopped run [the newest]")
        ->type_name("RUN")
        ->expected(0, 1)
        ->group(group);
    app->add_flag("--allow-other-version", options->allowOtherVersion,
                  "resume although another version of the program began")
        ->group(group);
    app->add_option("--fail-if", options->failIf,
                    "exit with 6 when the result is like this: 'avg_error>0.01'")
        ->type_name("CONDITION")
        ->group(group);
    app->add_flag("--dry-run", options->isDryRun, "check everything that needs no tensor, then stop")
        ->group(group);
    app->add_flag("--print-config", options->isPrintConfig,
                  "show every setting and where it comes from, then stop")
        ->group(group);
    app->callback([&session, options] {
        session.action = [&session, options] { return quantize(session, *options); };
    });
}

}
