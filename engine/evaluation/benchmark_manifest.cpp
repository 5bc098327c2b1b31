#include "engine/evaluation/benchmark_manifest.h"

#include "engine/evaluation/benchmark_score.h"

#include <nlohmann/json.hpp>

namespace vlmptq::evaluation {
namespace {

using nlohmann::ordered_json;

ordered_json dataOf(const Benchmark& benchmark, const Task& task) {
    ordered_json leftOut = ordered_json::object();
    for (const auto& [code, count] : benchmark.problemCounts())
        if (code.starts_with("E_"))
            leftOut[code] = count;
    return {{"file", benchmark.file().filename().string()},
            {"bytes", benchmark.fileBytes()},
            {"md5", benchmark.fileMd5()},
            {"rows", benchmark.rows()},
            {"good_rows", benchmark.items().size()},
            {"rows_expected", expectedRows(task, benchmark.rows())},
            {"left_out", leftOut}};
}

ordered_json generationOf(const api::EvaluateRequest& request, const Task& task) {
    return {{"decoding", "greedy"},
            {"batch_size", 1},
            {"max_new_tokens", maxNewTokens(request, task)},
            {"repetition_penalty", request.repetitionPenalty},
            {"stop_text", task.stopText}};
}

}

int maxNewTokens(const api::EvaluateRequest& request, const Task& task) {
    return request.maxNewTokens > 0 ? request.maxNewTokens : task.maxNewTokens;
}

std::string settingsText(const ModelIdentity& model, const api::EvaluateRequest& request, const Task& task) {
    return ordered_json{{"model", model.weights},
                        {"run", model.run},
                        {"arithmetic", model.arithmetic},
                        {"ruleset", request.ruleset},
                        {"scorer", task.scorer},
                        {"max_new_tokens", maxNewTokens(request, task)},
                        {"repetition_penalty", request.repetitionPenalty},
                        {"stop_text", task.stopText}}
        .dump();
}

std::string manifestText(const ModelIdentity& model, const api::EvaluateRequest& request,
                         const Benchmark& benchmark, const Task& task, const EvalCourse& course) {
    ordered_json run = nullptr;
    if (!model.run.empty())
        run = {{"fingerprint", model.run}, {"settings", ordered_json::parse(model.recipe)}};
    const std::string selection = request.limit > 0 ? "first " + std::to_string(request.limit) : "all";
    return ordered_json{{"schema", "vlm-eval-manifest/1"},
                        {"program_version", VLMPTQ_VERSION},
                        {"model", {{"folder", model.folder}, {"weights_sha256", model.weights}}},
                        {"run", run},
                        {"device", model.device},
                        {"arithmetic", model.arithmetic},
                        {"data", dataOf(benchmark, task)},
                        {"selection", selection},
                        {"prompt_style", "lmms-eval"},
                        {"ruleset", request.ruleset},
                        {"generation", generationOf(request, task)},
                        {"pixel_limits", {{"least", model.pixels.least}, {"most", model.pixels.most}}},
                        {"chat_prompt", model.chatPrompt},
                        {"bootstrap", {{"resamples", kResamples}, {"seed", kBootstrapSeed}}},
                        {"answers_taken_over", course.takenOver},
                        {"started_at", course.startedAt},
                        {"finished_at", course.finishedAt}}
        .dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}
