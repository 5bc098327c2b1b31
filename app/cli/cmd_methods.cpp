// `vlmptq methods` and `vlmptq models`: what this program can do, from its registries.
#include "app/cli/args.h"
#include "app/cli/commands.h"
#include "app/cli/record_json.h"
#include "engine/core/methods.h"
#include "engine/core/table.h"
#include "engine/core/text.h"
#include "engine/families/processor.h"

namespace vlmptq::cli {
namespace {

using Json = nlohmann::ordered_json;

int listMethods(Session& session) {
    Json json = Json::array();
    Table table({{"method"}, {"title"}, {"from"}, {"calibrated"}, {"ranges"}, {"summary"}});
    for (const auto& method : methods()) {
        const auto& recipe = method.recipe;
        json.push_back({{"name", method.name},
                        {"title", method.title},
                        {"summary", method.summary},
                        {"is_of_the_paper", recipe.isOfThePaper},
                        {"uses_calibration", recipe.usesCalibration},
                        {"sweeps", recipe.sweeps},
                        {"uses_residual", recipe.usesResidual},
                        {"uses_correction", recipe.usesCorrection},
                        {"ranges", toString(recipe.ranges)}});
        table.add({std::string(method.name), std::string(method.title),
                   recipe.isOfThePaper ? "the paper" : "beyond it", recipe.usesCalibration ? "yes" : "no",
                   std::string(toString(recipe.ranges)), std::string(method.summary)});
    }
    if (session.isJson)
        session.console.printJson({{"schema", kSchema}, {"methods", json}});
    else
        session.console.print(session.isCsv ? table.csv() : table.aligned());
    return 0;
}

int listModels(Session& session) {
    Json json = Json::array();
    Table table({{"family"}, {"title"}, {"model_type in config.json"}});
    for (const auto& family : families::families()) {
        json.push_back({{"name", family.name}, {"title", family.title}, {"model_types", family.modelTypes}});
        table.add({family.name, family.title, join(family.modelTypes, ", ")});
    }
    if (session.isJson)
        session.console.printJson({{"schema", kSchema}, {"families", json}});
    else
        session.console.print(session.isCsv ? table.csv() : table.aligned());
    return 0;
}

}

void addMethods(CLI::App& root, Session& session) {
    auto* app = addCommand(root, session,
                           {"methods", "List the quantization methods.", {"methods", "methods --json"}, {}},
                           {.json = true, .csv = true});
    app->callback([&session] { session.action = [&session] { return listMethods(session); }; });
}

void addModels(CLI::App& root, Session& session) {
    auto* app = addCommand(
        root, session,
        {"models", "List the model families that can be quantized.", {"models", "models --json"}, {}},
        {.json = true, .csv = true});
    app->callback([&session] { session.action = [&session] { return listModels(session); }; });
}

}
