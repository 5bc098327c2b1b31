#include "engine/core/file.h"
#include "engine/evaluation/benchmark.h"
#include "engine/evaluation/benchmark_row.h"

#include <nlohmann/json.hpp>

namespace vlmptq::evaluation {
namespace {

using nlohmann::json;

std::string textOrEmpty(const json& object, const char* field) {
    const auto found = object.find(field);
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

BenchmarkItem questionOf(const json& scoreCase) {
    BenchmarkItem item;
    item.references = scoreCase.at("references").get<std::vector<std::string>>();
    if (const auto options = scoreCase.find("options"); options != scoreCase.end() && options->is_array())
        item.options = options->get<std::vector<std::string>>();
    item.category = textOrEmpty(scoreCase, "category");
    item.l2Category = textOrEmpty(scoreCase, "l2_category");
    item.dataset = textOrEmpty(scoreCase, "dataset");
    return item;
}

json scored(const Task& task, const json& scoreCase, const std::string& ruleset) {
    const ScoredAnswer answer =
        task.score(questionOf(scoreCase), scoreCase.at("prediction").get<std::string>(), ruleset);
    return {{"parsed", answer.hasParsed ? json(answer.parsed) : json()}, {"score", answer.score}};
}

// The prompt must not depend on how a question is stored.
json prompted(const Task& task, const json& promptCase) {
    const char* form = promptCase.contains("tsv_row") ? "tsv_row" : "hf_row";
    BenchmarkItem item;
    Problems problems;
    task.read(rowFromJson(promptCase.at(form)), item, problems);
    return {{"prompt", task.prompt(item)}};
}

json results(const json& golden, const std::string& ruleset) {
    const std::string benchmark = golden.at("benchmark").get<std::string>();
    const Task* task = taskNamed(benchmark);
    if (!task)
        throw Error(ErrorKind::BadInput, "E-BENCH-09", "There is no benchmark '" + benchmark + "'.",
                    "`benchmark` names one of benchmarks.md section 1.");
    json cases = json::object();
    for (const json& scoreCase : golden.at("score_cases"))
        cases[scoreCase.at("id").get<std::string>()] = scored(*task, scoreCase, ruleset);
    for (const json& promptCase : golden.value("prompt_cases", json::array()))
        cases[promptCase.at("id").get<std::string>()] = prompted(*task, promptCase);
    return cases;
}

bool probeFile(const std::filesystem::path& file, const std::filesystem::path& out,
               const std::string& ruleset) {
    const json golden = json::parse(readFile(file));
    if (!golden.is_object() || !golden.contains("score_cases"))
        return false;
    const std::string name = golden.at("benchmark").get<std::string>();
    writeFileAtomically(out / (name + ".json"), results(golden, ruleset).dump(1) + "\n");
    return true;
}

}

int probeScoring(std::span<const std::filesystem::path> files, const std::filesystem::path& out,
                 const std::string& ruleset) {
    const std::string rules = rulesetNamed(ruleset);
    std::filesystem::create_directories(out);
    int written = 0;
    for (const auto& file : files) {
        try {
            written += probeFile(file, out, rules);
        } catch (const nlohmann::json::exception& error) {
            throw Error(ErrorKind::BadInput, "E-BENCH-10",
                        file.string() + " is not a file of scoring cases: " + error.what(),
                        "See golden/scoring for the schema.");
        }
    }
    return written;
}

}
