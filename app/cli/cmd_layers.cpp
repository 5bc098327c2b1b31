// `vlmptq layers`: the matrices of a run with their errors.
#include "app/cli/args.h"
#include "app/cli/commands.h"
#include "app/cli/record_json.h"
#include "app/cli/subject.h"
#include "engine/core/table.h"
#include "engine/core/text.h"

#include <algorithm>
#include <limits>

namespace vlmptq::cli {
namespace {

struct Options {
    std::string run, sort = "index", filter;
    std::int64_t top = 0;
};

using Number = std::optional<double>;

double secondsOf(const ModuleResult& module) {
    return module.captureSeconds + module.muSearchSeconds + module.solveSeconds + module.packSeconds;
}

// What --sort error goes by: without held-out pairs, the calibration pairs' own error.
Number errorOf(const ModuleResult& module) {
    return module.heldoutError.all ? module.heldoutError.all : module.calibrationError.all;
}

struct Order {
    const char* name;
    Number (*value)(const ModuleResult&);
    bool isFalling; // the interesting end first
};

// clang-format off
const std::vector<Order> kOrders{
    {"index", [](const ModuleResult& m) { return Number(m.index); }, false},
    {"error", errorOf, true},
    {"vision", [](const ModuleResult& m) { return m.heldoutError.vision; }, true},
    {"text", [](const ModuleResult& m) { return m.heldoutError.text; }, true},
    {"weight-error", [](const ModuleResult& m) { return Number(m.weightError); }, true},
    {"mu", [](const ModuleResult& m) { return m.awareness; }, true},
    {"seconds", [](const ModuleResult& m) { return Number(secondsOf(m)); }, true},
};
// clang-format on

const Order& orderNamed(const std::string& name) {
    std::vector<std::string> known;
    for (const auto& order : kOrders) {
        if (order.name == name)
            return order;
        known.emplace_back(order.name);
    }
    throw Error(ErrorKind::BadOption, "E-OPT-24", "Option --sort: '" + name + "' is not known.",
                knownNamesHint(name, known));
}

void sortModules(std::vector<ModuleResult>& modules, const Order& order) {
    const double absent =
        order.isFalling ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
    std::stable_sort(modules.begin(), modules.end(), [&](const ModuleResult& a, const ModuleResult& b) {
        const double x = order.value(a).value_or(absent), y = order.value(b).value_or(absent);
        return order.isFalling ? x > y : x < y;
    });
}

std::string numberText(const Number& value) { return value ? significant(*value, 3) : "-"; }

Table moduleTable(const std::vector<ModuleResult>& modules) {
    Table table({{"#", Align::Right},
                 {"module"},
                 {"shape"},
                 {"error", Align::Right},
                 {"vision", Align::Right},
                 {"text", Align::Right},
                 {"answer", Align::Right},
                 {"calibration", Align::Right},
                 {"weights", Align::Right},
                 {"mu", Align::Right},
                 {"damping", Align::Right},
                 {"retries", Align::Right},
                 {"seconds", Align::Right},
                 {"state"}});
    for (const auto& module : modules)
        table.add({std::to_string(module.index), module.name,
                   std::to_string(module.rows) + "x" + std::to_string(module.columns),
                   numberText(module.heldoutError.all), numberText(module.heldoutError.vision),
                   numberText(module.heldoutError.text), numberText(module.heldoutError.answer),
                   numberText(module.calibrationError.all), significant(module.weightError, 3),
                   module.awareness ? significant(*module.awareness, 2) : "-",
                   significant(module.dampUsed, 2), std::to_string(module.dampRetries),
                   fixed(secondsOf(module), 2), module.fellBackToRtn ? "fell back to RTN" : "ok"});
    return table;
}

int layers(Session& session, const Options& options) {
    const auto& order = orderNamed(options.sort);
    const auto run = findRun(session, options.run);
    std::vector<ModuleResult> modules;
    for (auto& layer : session.openStoreToRead()->layers(run.id))
        std::move(layer.modules.begin(), layer.modules.end(), std::back_inserter(modules));
    std::erase_if(modules, [&](const ModuleResult& module) {
        return !options.filter.empty() && !globMatches(options.filter, module.name);
    });
    sortModules(modules, order);
    if (options.top > 0 && modules.size() > static_cast<std::size_t>(options.top))
        modules.resize(static_cast<std::size_t>(options.top));
    if (session.isJson) {
        auto json = nlohmann::ordered_json::array();
        for (const auto& module : modules)
            json.push_back(toJson(module));
        session.console.printJson({{"schema", kSchema}, {"run", run.id}, {"modules", json}});
        return 0;
    }
    if (modules.empty())
        session.console.note(runTitle(run) + (options.filter.empty() ? " has no finished layer yet"
                                                                     : " has no finished module like that"));
    const auto table = moduleTable(modules);
    if (session.isCsv || !modules.empty())
        session.console.print(session.isCsv ? table.csv() : table.aligned());
    return 0;
}

}

void addLayers(CLI::App& root, Session& session) {
    auto options = std::make_shared<Options>();
    auto* app = addCommand(
        root, session,
        {.name = "layers",
         .summary = "Show the quantized matrices of a run with their errors.",
         .examples = {"layers 7 --sort error --top 10", "layers 7 --filter '*down_proj' --csv > down.csv"},
         .notes =
             "Errors are relative squared output errors on the held-out pairs: all tokens, vision, text, and "
             "the tokens that predict the answer; 'calibration' is the first on the calibration pairs. "
             "Without "
             "held-out pairs only 'calibration' is known, and --sort error goes by it."},
        {.database = true, .json = true, .csv = true});
    app->add_option("RUN", options->run, "id, name or folder of a run")->required();
    app->add_option("--sort", options->sort,
                    "index, error, vision, text, weight-error, mu or seconds [index]")
        ->type_name("FIELD");
    app->add_option("--filter", options->filter, "only modules whose name matches")->type_name("GLOB");
    addNumber(*app, "--top", options->top, 1, "only the first rows");
    app->callback(
        [&session, options] { session.action = [&session, options] { return layers(session, *options); }; });
}

}
