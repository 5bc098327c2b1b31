// `vlmptq demo`: the whole product on the built-in model - full precision, then every method quantized,
// exported, scored - and one table.
#include "app/cli/args.h"
#include "app/cli/commands.h"
#include "app/cli/demo_plan.h"
#include "app/cli/demo_report.h"
#include "app/cli/dense_export.h"
#include "app/cli/job.h"
#include "app/cli/json_events.h"
#include "engine/core/file.h"
#include "engine/core/text.h"
#include "engine/jobs/run_plan.h"

namespace fs = std::filesystem;

namespace vlmptq::cli {
namespace {

constexpr std::int64_t kUsualLimit = 50;
constexpr const char* kFullPrecisionStep = "full precision";

struct Options {
    std::string outDir = "vlmptq-demo";
    std::vector<std::string> methods{"rtn", "gptq", "gptaq", "vlmptq"};
    std::vector<std::int64_t> bits{3, 2}, groups{-1};
    std::int64_t limit = kUsualLimit;
    bool isFull = false, isTable = false;
    GivenSettings given;

    std::string command() const {
        std::string text = isTable ? "vlmptq demo --table" : "vlmptq demo";
        if (isFull)
            text += " --full";
        else if (limit != kUsualLimit)
            text += " --limit " + std::to_string(limit);
        return text;
    }
};

class Demo {
public:
    Demo(Session& session, const Options& options)
        : m_session(session), m_demo(paths::demo()), m_out(fs::absolute(options.outDir).lexically_normal()),
          m_rows(demoRows(options.methods, options.bits, options.groups)),
          m_limit(options.isFull ? 0 : options.limit),
          m_device(resolveSettings(options.given, {}, kDeviceSettings).config.device),
          m_command(options.command()), m_benchmarks(resolveBenchmarks({m_demo.benchmarks.string()})),
          m_state(openState()) {}

    int run() {
        for (const auto& row : m_rows) // every refusal comes before the first minute of work
            jobs::planRun(demoConfig(m_demo, row, m_device), m_session.runsFolder());
        announce();
        DemoReport report{.command = m_command,
                          .database = m_session.database().string(),
                          .selection = selection(),
                          .results = {}};
        report.results.push_back(fullPrecision());
        for (const auto& row : m_rows)
            report.results.push_back(quantized(row));
        const fs::path file = m_out / "report.md";
        writeFileAtomically(file, demoMarkdown(report));
        m_state.finish();
        print(report, file);
        return 0;
    }

private:
    DemoState openState() {
        fs::create_directories(m_out);
        std::string plan = "limit " + std::to_string(m_limit) + "; database " + m_session.database().string();
        for (const auto& row : m_rows)
            plan += "; " + row.key();
        return DemoState::open(m_out, plan);
    }

    std::string selection() const {
        return m_limit > 0 ? "first " + std::to_string(m_limit) + " rows of each benchmark"
                           : "whole benchmarks";
    }

    void announce() {
        auto& console = m_session.console;
        console.note("demo: " + std::to_string(m_rows.size()) +
                     " quantizations of the built-in model, each scored on the " + selection() +
                     (m_limit > 0 ? " (--full takes all)" : ""));
        console.note(m_state.isContinued() ? "going on with the demo that was stopped in " + m_out.string()
                                           : "new runs, tagged 'demo', in " + m_session.database().string());
    }

    EvalPlan evalPlan() const {
        return {.benchmarks = m_benchmarks,
                .limit = m_limit,
                .device = m_device,
                .resume = m_state.isContinued()};
    }

    DemoResult fullPrecision() {
        const Subject subject{.run = {}, .folder = m_demo.model, .title = "full precision"};
        if (!m_state.isDone(kFullPrecisionStep)) {
            evaluate(m_session, subject, evalPlan());
            m_state.setDone(kFullPrecisionStep);
        }
        return {.method = "Full precision",
                .scheme = "BF16",
                .evaluation = evaluationOf(subject),
                .run = {},
                .checkpoint = {}};
    }

    DemoResult quantized(const DemoRow& row) {
        auto run = recordOf(row);
        if (!store::isFinished(run.state))
            run = quantizeRun(m_session, run.id).run;
        const fs::path checkpoint = m_out / "checkpoints" / (run.name + "-run" + std::to_string(run.id));
        const Subject subject{.run = run, .folder = run.directory, .title = runTitle(run)};
        if (!m_state.isDone(row.key())) {
            exportDense(m_session, run, {.outDir = checkpoint, .replace = true, .device = m_device});
            evaluate(m_session, subject, evalPlan());
            m_state.setDone(row.key());
        }
        return {.method = row.variant.title(),
                .scheme = row.schemeText(),
                .evaluation = evaluationOf(subject),
                .run = run,
                .checkpoint = checkpoint};
    }

    // The run of a row: the one of a demo that goes on, else a new one.
    store::RunRecord recordOf(const DemoRow& row) {
        if (const auto known = m_state.runOf(row))
            if (const auto run = m_session.openStore()->run(*known))
                return *run;
        const auto id = m_session.openStore()->createRun(demoConfig(m_demo, row, m_device));
        m_state.setRun(row, id);
        return m_session.openStore()->run(id).value();
    }

    Evaluation evaluationOf(const Subject& subject) {
        Evaluation evaluation{.title = subject.title, .scores = {}, .items = {}};
        const auto run = subject.run ? std::optional(subject.run->id) : std::nullopt;
        for (auto& record : m_session.openStore()->scores(run, subject.folder.string()))
            evaluation.scores.push_back(std::move(record.score));
        evaluation.items = storedItems(m_session, subject, m_benchmarks, m_limit);
        return evaluation;
    }

    void print(const DemoReport& report, const fs::path& file) {
        auto& console = m_session.console;
        if (m_session.isJson) {
            auto json = demoJson(report);
            json["report"] = file.string();
            JsonEvents(console, {}).send("finished", json);
            return;
        }
        printTable(demoTable(report));
        console.print("\nscores: " + selection() +
                      ", per cent; loss: nats per token; error: held-out, of the last layer's output\n"
                      "database     " +
                      report.database + "\ncheckpoints  " + (m_out / "checkpoints").string() +
                      "\nreport       " + file.string() + '\n');
    }

    // One table where it fits; on a narrow terminal its scores first, its losses and errors below.
    void printTable(const Table& table) {
        auto& console = m_session.console;
        if (!console.isOutputTerminal() || table.width() <= console.width()) {
            console.print(table.aligned());
            return;
        }
        const std::size_t mean = 2 + m_benchmarks.size();
        std::vector<std::size_t> scores, errors{0, 1};
        for (std::size_t c = 0; c < table.columns().size(); ++c)
            (c <= mean ? scores : errors).push_back(c);
        console.print(table.only(scores).aligned() + '\n' + table.only(errors).aligned());
    }

    Session& m_session;
    const paths::Demo m_demo;
    const fs::path m_out;
    const std::vector<DemoRow> m_rows;
    const std::int64_t m_limit;
    const DeviceConfig m_device;
    const std::string m_command;
    const std::vector<fs::path> m_benchmarks;
    DemoState m_state;
};

int run(Session& session, Options options) {
    if (options.isTable) {
        options.methods = tableVariants();
        options.bits = {4, 3, 2};
        options.groups = {-1, 64};
    }
    session.interruption();
    try {
        return Demo(session, options).run();
    } catch (const Error& failure) {
        if (failure.kind() != ErrorKind::Stopped)
            throw;
        throw Error(ErrorKind::Stopped, "E-STOP-04", std::string("The demo was stopped. ") + failure.what(),
                    "go on with: the same command in the same folder (--out " + options.outDir + ")");
    }
}

}

void addDemo(CLI::App& root, Session& session) {
    auto options = std::make_shared<Options>();
    auto* app = addCommand(
        root, session,
        {.name = "demo",
         .summary = "Quantize the built-in model with several methods, score each, and print one table.",
         .examples = {"demo", "demo --methods gptaq,vlmptq --bits 2 --limit 20",
                      "demo --table --full --out table"},
         .notes =
             "The answers to the first 50 rows of each of the eight demo benchmarks are scored; --full takes "
             "all 200. "
             "A second demo in the same folder makes new runs; one that was stopped goes on where it was.\n"
             "METHOD+RANGES chooses another range search: gptq+diag-h."},
        {.database = true, .json = true, .progress = true});
    app->add_option("--out", options->outDir, "folder for checkpoints and report [vlmptq-demo]")
        ->type_name("DIR");
    auto* methods =
        addList(*app, "--methods", options->methods, "NAMES", "comma-separated [rtn,gptq,gptaq,vlmptq]");
    auto* bits = addList(*app, "--bits", options->bits, "LIST", "comma-separated [3,2]");
    auto* groups = addList(*app, "--groups", options->groups, "LIST",
                           "group sizes, comma-separated; -1: per output channel [-1]");
    auto* limit = addNumber(*app, "--limit", options->limit, 1, "rows of each benchmark [50]");
    app->add_flag("--full", options->isFull, "all rows of each benchmark")->excludes(limit);
    app->add_flag("--table", options->isTable,
                  "all methods at 4, 3 and 2 bits, per channel and in groups of 64")
        ->excludes(methods)
        ->excludes(bits)
        ->excludes(groups);
    addSettings(*app, options->given, kDeviceSettings);
    app->callback(
        [&session, options] { session.action = [&session, options] { return run(session, *options); }; });
}

}
