#include "engine/core/hash.h"
#include "support/fake_engine.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace vlmptq::test {
namespace {

using nlohmann::json;

double methodFactor(const std::string& method) {
    static const std::map<std::string, double> kFactors{
        {"rtn", 3.0}, {"gptq", 1.6}, {"gptaq", 1.25}, {"vlmptq_c", 1.1}, {"vlmptq_m", 1.1}, {"vlmptq", 1.0}};
    const auto found = kFactors.find(method);
    return found == kFactors.end() ? 2.0 : found->second;
}

double bitFactor(int bits) { return std::pow(4.0, 3 - bits); }

ErrorByTokens errors(const FakeScript& script, double base) {
    if (!script.hasVision)
        return {base, std::nullopt, base, base};
    return {base, base * 1.3, base * 0.8, base * 0.9};
}

std::vector<float> channels(std::int64_t count, double scale) {
    std::vector<float> values;
    for (std::int64_t i = 0; i < count; ++i)
        values.push_back(static_cast<float>(scale * (1 + 0.5 * std::sin(0.7 * i))));
    return values;
}

// A parabola over the settings' grid with its minimum at 0.2, 0.4, 0.6 or 0.8, by module.
void addMuCurve(const RunConfig& config, ModuleResult& result) {
    const double minimum = 0.2 * (1 + result.index % 4);
    auto grid = config.quant.muGrid;
    const bool hasNeutral = std::find(grid.begin(), grid.end(), 0.5) != grid.end();
    if (!hasNeutral)
        grid.push_back(0.5);
    double best = INFINITY;
    for (const double mu : grid) {
        const double relative = *result.calibrationError.all * (1 + 0.2 * (mu - minimum) * (mu - minimum));
        const bool isCandidate = hasNeutral || &mu != &grid.back();
        result.muCurve.push_back({mu, relative * 100, relative, isCandidate});
        if (isCandidate && relative < best)
            best = relative, result.awareness = mu;
    }
}

}

ModuleResult scriptedModule(const FakeScript& script, const RunConfig& config, int index) {
    const auto& recipe = methodNamed(config.quant.method).recipe;
    const int kinds = static_cast<int>(script.kinds.size());
    ModuleResult result;
    result.index = index;
    result.layer = index / kinds;
    result.kind = script.kinds[index % kinds];
    const bool isAttention = result.kind.size() == 6; // q_proj, k_proj, v_proj, o_proj
    result.name = "model.layers." + std::to_string(result.layer) + (isAttention ? ".self_attn." : ".mlp.") +
                  result.kind;
    result.rows = script.rows;
    result.columns = script.columns;
    result.bits = config.quant.weightBits;
    result.groupSize = config.quant.groupSize;
    const double base = 1e-3 * methodFactor(config.quant.method) * bitFactor(result.bits) *
                        (1 + 0.3 * result.layer) * (1 + 0.1 * (index % kinds));
    result.calibrationError = errors(script, base);
    result.heldoutError = errors(script, base * 1.1);
    result.weightError = base * 1.5;
    result.saturatedShare = 0.01;
    result.packSeconds = 0.01;
    result.peakBytes = 200'000'000;
    if (!recipe.usesCalibration)
        return result;

    if (script.hasVision)
        result.visionMagnitude = 2.0 + 0.4 * result.layer, result.visionTokens = 4608;
    result.textMagnitude = 0.5 + 0.2 * result.layer;
    result.textTokens = 5120;
    if (script.hasVision)
        result.channelVision = channels(script.columns, *result.visionMagnitude);
    result.channelText = channels(script.columns, *result.textMagnitude);
    if (recipe.usesResidual) {
        result.correction = channels(script.columns, 0.01);
        result.extraLoss = channels(script.columns, base);
        result.correctionMax = *std::max_element(result.correction.begin(), result.correction.end());
    }
    if (config.quant.effectiveRanges() == Ranges::Modality && script.hasVision)
        addMuCurve(config, result);
    result.dampUsed = config.quant.dampRatio;
    result.reconstructionLoss = base * 1000;
    result.captureSeconds = 0.1;
    result.muSearchSeconds = 0.05;
    result.solveSeconds = 0.2;
    result.memory = {{"W", 2048, 2048}, {"L", 1024, 1024}};
    const auto& troubled = script.warnAtLayers;
    if (index % kinds == 0 && std::find(troubled.begin(), troubled.end(), result.layer) != troubled.end())
        result.dampUsed = 10 * config.quant.dampRatio, result.dampRetries = 1;
    return result;
}

LayerResult scriptedLayer(const FakeScript& script, const RunConfig& config, int layer) {
    const int kinds = static_cast<int>(script.kinds.size());
    LayerResult result;
    result.layer = layer;
    for (int i = 0; i < kinds; ++i)
        result.modules.push_back(scriptedModule(script, config, layer * kinds + i));
    const double base = *result.modules.back().heldoutError.all;
    result.hiddenCalibrationError = errors(script, base);
    result.hiddenHeldoutError = errors(script, base * 1.2);
    result.meanAbsAll = MeanInterval{0.05 * (layer + 1), 0.04 * (layer + 1), 0.06 * (layer + 1)};
    if (script.hasVision)
        result.meanAbsVision = MeanInterval{0.07 * (layer + 1), 0.06 * (layer + 1), 0.08 * (layer + 1)};
    result.meanAbsText = MeanInterval{0.03 * (layer + 1), 0.02 * (layer + 1), 0.04 * (layer + 1)};
    result.seconds = 0.3 * kinds;
    return result;
}

RunSummary scriptedSummary(const FakeScript& script, const RunConfig& config) {
    RunSummary summary;
    const auto last = scriptedLayer(script, config, script.layers - 1);
    const auto interval = [](const std::optional<double>& value) -> std::optional<MeanInterval> {
        if (!value)
            return std::nullopt;
        return MeanInterval{*value, *value * 0.9, *value * 1.1};
    };
    const auto& hidden = last.hiddenHeldoutError;
    summary.modelError = {interval(hidden.all), interval(hidden.vision), interval(hidden.text),
                          interval(hidden.answer)};
    summary.heldoutAnswerLoss = MeanInterval{0.31, 0.28, 0.34};
    summary.fullPrecisionAnswerLoss = 0.29;
    summary.meanModuleError = *last.modules.front().heldoutError.all;
    summary.originalBytes = 9'600'000;
    summary.quantizedBytes = 1'900'000;
    summary.bitsPerWeight = config.quant.weightBits + 0.1;
    summary.roundingToBf16 = 2e-6;
    summary.seconds = 1.5;
    summary.peakBytes = 200'000'000;
    summary.warnings = static_cast<int>(script.warnAtLayers.size());
    return summary;
}

EvalItem scriptedItem(const FakeBenchmark& benchmark, int row) {
    EvalItem item;
    item.benchmark = benchmark.name;
    item.id = std::to_string(row);
    item.row = row;
    item.category = row % 2 ? "odd" : "even";
    item.prompt = "What is bar " + item.id + "?\nAnswer the question using a single word or phrase.";
    item.promptSha256 = sha256Hex(item.prompt);
    item.answer = std::to_string(10 + row);
    item.references = {item.answer, item.answer + ".0"};
    item.ruleset = "lmms-eval/current";
    item.settings = R"({"max_new_tokens":8})";
    const bool right = row <= std::lround(benchmark.correctShare * benchmark.items);
    item.rawAnswer = right ? item.answer : "0";
    item.parsed = item.rawAnswer;
    item.status = "ok";
    item.finish = "eos";
    item.score = right ? 1.0 : 0.0;
    item.answerNll = right ? 0.2 : 1.4;
    item.answerTokens = 3;
    item.tokenIds = {10 + row, 11, 2};
    item.promptTokens = 60;
    item.visionTokens = 36;
    item.imageSha256 = sha256Hex(item.prompt);
    item.prefillSeconds = 0.02;
    item.decodeSeconds = 0.01;
    return item;
}

BenchmarkScore scriptedScore(const FakeBenchmark& benchmark, const std::string& ruleset,
                             const std::vector<EvalItem>& items) {
    BenchmarkScore score;
    score.benchmark = benchmark.name;
    score.title = benchmark.title;
    score.scorer = benchmark.scorer;
    score.ruleset = ruleset;
    score.items = static_cast<std::int64_t>(items.size());
    score.expected = benchmark.items;
    double sum = 0, nll = 0;
    for (const auto& item : items) {
        if (item.score)
            ++score.scored, sum += *item.score;
        nll += item.answerNll;
        score.answerTokens += item.answerTokens;
    }
    score.score = score.scored ? 100 * sum / score.scored : 0;
    score.low = std::max(0.0, score.score - 8);
    score.high = std::min(100.0, score.score + 8);
    score.answerLoss = score.answerTokens ? nll / score.answerTokens : 0;
    score.answerLossLow = 0.9 * score.answerLoss;
    score.answerLossHigh = 1.1 * score.answerLoss;
    score.seconds = 0.03 * items.size();
    score.manifest = R"({"schema":"vlm-eval-manifest/1"})";
    return score;
}

std::string scriptedFingerprintParts(const FakeScript& script, const RunConfig& config) {
    if (!script.fingerprintParts.empty())
        return json(script.fingerprintParts).dump();
    const json settings = config;
    const json parts{{"model", sha256Hex(config.model)},
                     {"calibration data", sha256Hex(settings.at("calib").dump())},
                     {"settings", sha256Hex(settings.at("quant").dump())}};
    return parts.dump();
}

api::EngineInfo scriptedInfo() {
    api::EngineInfo info;
    info.torchVersion = "1.13.1";
    info.blas = "openblas";
    info.kernels = "avx2";
    info.whyNoCuda = "LibTorch was built without CUDA";
    info.devices = {{"cpu", "Scripted CPU, 2 threads", 8ull << 30, 4ull << 30}};
    return info;
}

}
