#include "app/cli/record_json.h"

#include <charconv>

using Json = nlohmann::ordered_json;

namespace vlmptq::cli {
namespace {

template <class T>
Json orNull(const std::optional<T>& value) {
    return value ? Json(*value) : Json(nullptr);
}

// Row indices are numbers in the files people compare with; any other id stays text.
Json indexOf(const std::string& id) {
    std::int64_t number = 0;
    const auto [end, failure] = std::from_chars(id.data(), id.data() + id.size(), number);
    return failure == std::errc() && end == id.data() + id.size() && std::to_string(number) == id
               ? Json(number)
               : Json(id);
}

}

Json toJson(const ErrorByTokens& error) {
    return {{"all", orNull(error.all)},
            {"vision", orNull(error.vision)},
            {"text", orNull(error.text)},
            {"answer", orNull(error.answer)}};
}

Json toJson(const std::optional<MeanInterval>& interval) {
    if (!interval)
        return nullptr;
    return {{"mean", interval->mean}, {"low", interval->low}, {"high", interval->high}};
}

Json toJson(const RunSummary& summary) {
    return {{"mean_module_error", summary.meanModuleError},
            {"model_error",
             {{"all", toJson(summary.modelError.all)},
              {"vision", toJson(summary.modelError.vision)},
              {"text", toJson(summary.modelError.text)},
              {"answer", toJson(summary.modelError.answer)}}},
            {"heldout_answer_loss", toJson(summary.heldoutAnswerLoss)},
            {"full_precision_answer_loss", orNull(summary.fullPrecisionAnswerLoss)},
            {"original_bytes", summary.originalBytes},
            {"quantized_bytes", summary.quantizedBytes},
            {"bits_per_weight", summary.bitsPerWeight},
            {"rounding_to_bf16", summary.roundingToBf16},
            {"seconds", summary.seconds},
            {"peak_bytes", summary.peakBytes},
            {"warnings", summary.warnings}};
}

Json toJson(const ModuleResult& module) {
    Json curve = Json::array(), memory = Json::array();
    for (const auto& point : module.muCurve)
        curve.push_back({{"mu", point.mu},
                         {"loss", point.loss},
                         {"relative", point.relative},
                         {"is_candidate", point.isCandidate}});
    for (const auto& matrix : module.memory)
        memory.push_back({{"name", matrix.name},
                          {"formula_bytes", matrix.formulaBytes},
                          {"measured_bytes", matrix.measuredBytes}});
    return {{"index", module.index},
            {"layer", module.layer},
            {"name", module.name},
            {"kind", module.kind},
            {"rows", module.rows},
            {"columns", module.columns},
            {"bits", module.bits},
            {"group", module.groupSize},
            {"calibration_error", toJson(module.calibrationError)},
            {"heldout_error", toJson(module.heldoutError)},
            {"weight_error", module.weightError},
            {"mu", orNull(module.awareness)},
            {"mu_curve", curve},
            {"vision_magnitude", orNull(module.visionMagnitude)},
            {"text_magnitude", orNull(module.textMagnitude)},
            {"vision_tokens", module.visionTokens},
            {"text_tokens", module.textTokens},
            {"correction_max", orNull(module.correctionMax)},
            {"damping", module.dampUsed},
            {"damping_retries", module.dampRetries},
            {"saturated_share", module.saturatedShare},
            {"fell_back_to_rtn", module.fellBackToRtn},
            {"reconstruction_loss", orNull(module.reconstructionLoss)},
            {"seconds",
             {{"capture", module.captureSeconds},
              {"mu_search", module.muSearchSeconds},
              {"solve", module.solveSeconds},
              {"pack", module.packSeconds}}},
            {"memory", memory},
            {"peak_bytes", module.peakBytes}};
}

Json toJson(const LayerResult& layer) {
    return {{"layer", layer.layer},
            {"modules", layer.modules.size()},
            {"calibration_error", toJson(layer.hiddenCalibrationError)},
            {"heldout_error", toJson(layer.hiddenHeldoutError)},
            {"mean_abs",
             {{"all", toJson(layer.meanAbsAll)},
              {"vision", toJson(layer.meanAbsVision)},
              {"text", toJson(layer.meanAbsText)}}},
            {"seconds", layer.seconds}};
}

Json toJson(const BenchmarkScore& score) {
    return {{"benchmark", score.benchmark},
            {"title", score.title},
            {"scorer", score.scorer},
            {"rules", score.ruleset},
            {"score", score.score},
            {"low", score.low},
            {"high", score.high},
            {"items", score.items},
            {"scored", score.scored},
            {"rows", score.expected},
            {"answer_loss", score.answerLoss},
            {"answer_loss_low", score.answerLossLow},
            {"answer_loss_high", score.answerLossHigh},
            {"answer_tokens", score.answerTokens},
            {"empty", score.empty},
            {"unparsed", score.unparsed},
            {"truncated", score.truncated},
            {"errors", score.errors},
            {"seconds", score.seconds},
            {"manifest", score.manifest.empty() ? Json(nullptr) : Json::parse(score.manifest)}};
}

Json toJson(const store::RunRecord& run) {
    const nlohmann::json settings = run.config;
    return {{"id", run.id},
            {"name", run.name},
            {"model", run.model},
            {"model_title", run.modelTitle},
            {"method", run.method},
            {"scheme", run.scheme},
            {"state", store::toString(run.state)},
            {"resumable", run.isResumable()},
            {"created", run.createdAt},
            {"started", run.startedAt},
            {"finished", run.finishedAt},
            {"layers", run.layers},
            {"layers_done", run.layersDone},
            {"directory", run.directory},
            {"tags", run.tags},
            {"note", run.note},
            {"error", run.error},
            {"fingerprint", run.fingerprint},
            {"average_score", orNull(run.averageScore)},
            {"summary", run.summary ? toJson(*run.summary) : Json(nullptr)},
            {"settings", settings}};
}

Json itemExport(const EvalItem& item) {
    return {{"bench", item.benchmark},      {"index", indexOf(item.id)},
            {"prediction", item.rawAnswer}, {"parsed", item.parsed.value_or("")},
            {"answer", item.answer},        {"score", orNull(item.score)},
            {"answer_nll", item.answerNll}, {"answer_tokens", item.answerTokens},
            {"token_ids", item.tokenIds}};
}

}
