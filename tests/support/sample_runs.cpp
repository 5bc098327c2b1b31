#include "support/sample_runs.h"

#include "engine/core/stats.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace vlmptq::test {
namespace {

constexpr std::array kKinds{"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"};
constexpr std::array kKindFactors{0.9, 0.8, 1.2, 2.2, 1.0, 1.1, 3.0};

class Noise {
public:
    explicit Noise(std::uint64_t seed) : m_generator(seed) {}
    double uniform() { return double(m_generator.next() >> 11) * 0x1p-53; }
    double normal() {
        return std::sqrt(-2 * std::log(1 - uniform())) * std::cos(2 * std::numbers::pi * uniform());
    }

private:
    stats::SplitMix64 m_generator;
};

double factorOf(const std::string& method) {
    if (method == "rtn")
        return 1.7;
    if (method == "gptq")
        return 1.15;
    return method == "gptaq" ? 1.0 : 0.82;
}

ErrorByTokens errorsAround(double base, Noise& noise) {
    const auto around = [&](double factor) { return base * factor * std::exp(0.08 * noise.normal()); };
    return {around(1), around(1.25), around(0.8), around(0.9)};
}

void addSearch(ModuleResult& module, Noise& noise) {
    const double best = std::clamp(0.45 + 0.25 * noise.normal(), 0.0, 1.0);
    const double depth = std::abs(0.04 * noise.normal());
    double least = INFINITY;
    for (const double mu : {0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 0.5}) {
        const double relative = *module.calibrationError.all * (1 + depth * std::pow(mu - best, 2) * 4);
        module.muCurve.push_back({mu, relative * 100, relative, mu != 0.5});
        if (mu != 0.5 && relative < least) {
            least = relative;
            module.awareness = mu;
        }
    }
}

ModuleResult sampleModule(const std::string& method, int index, const SampleShape& shape) {
    const MethodRecipe& recipe = methodNamed(method).recipe;
    const int kind = index % int(kKinds.size()), layer = index / int(kKinds.size());
    Noise noise(std::uint64_t(index) * 31 + method.size()), shared(std::uint64_t(index) * 31);
    ModuleResult module;
    module.index = index;
    module.layer = layer;
    module.kind = kKinds[std::size_t(kind)];
    module.name =
        "model.layers." + std::to_string(layer) + (kind < 4 ? ".self_attn." : ".mlp.") + module.kind;
    module.rows = kind == 4 || kind == 5 ? 18944 : 3584;
    module.columns = kind == 6 ? 18944 : 3584;
    module.bits = 3;
    const double depth = 1 + 0.05 * layer + (layer == 3 ? 2.0 : 0.0);
    const double base =
        6e-3 * kKindFactors[std::size_t(kind)] * factorOf(method) * depth * std::exp(0.25 * shared.normal());
    module.calibrationError = errorsAround(base, noise);
    module.heldoutError = errorsAround(base * 1.08, noise);
    module.weightError = base * 2.5;
    module.packSeconds = 0.2 + 0.05 * noise.uniform();
    module.peakBytes = std::uint64_t((18.5 + 0.6 * std::sin(0.4 * layer) + (kind == 6 ? 2.9 : 0.0)) * 1e9);
    if (!recipe.usesCalibration)
        return module;
    module.captureSeconds = 0.9 + 0.2 * noise.uniform();
    module.solveSeconds = kind == 6 ? 6.5 : 1.4 + 0.3 * noise.uniform();
    module.visionTokens = 4608;
    module.textTokens = 5120;
    module.visionMagnitude = 0.3 * std::exp(0.12 * layer + 0.2 * shared.normal());
    module.textMagnitude = 0.5 * std::exp(0.07 * layer + 0.2 * shared.normal());
    module.dampUsed = 0.01;
    if (recipe.ranges == Ranges::Modality) {
        module.muSearchSeconds = 1.1;
        addSearch(module, noise);
    }
    if (shape.hasTrouble && method == "gptq" && index == 27)
        module.fellBackToRtn = true;
    if (shape.hasTrouble && method != "gptq" && index == 90) {
        module.dampRetries = 1;
        module.dampUsed = 0.1;
    }
    return module;
}

MeanInterval around(double mean, double share) { return {mean, mean * (1 - share), mean * (1 + share)}; }

}

store::RunRecord sampleRecord(store::RunId id, const std::string& method, const SampleShape& shape) {
    store::RunRecord run;
    run.id = id;
    run.method = method;
    run.name = "qwen2.5-vl-7b " + method;
    run.model = "models/qwen2.5-vl-7b";
    run.modelTitle = "Qwen2.5-VL 7.6B";
    run.scheme = "W3A16";
    run.state = store::RunState::Finished;
    run.config.quant.method = method;
    run.startedAt = "2026-11-25T10:00:00Z";
    run.layers = run.layersDone = shape.layers;
    run.fingerprint = "0123456789abcdef";
    run.summary = RunSummary{};
    run.summary->originalBytes = 16'600'000'000;
    run.summary->quantizedBytes = std::uint64_t(4'300'000'000 + id * 60'000'000);
    return run;
}

std::vector<LayerResult> sampleLayers(const std::string& method, const SampleShape& shape) {
    std::vector<LayerResult> layers;
    for (int layer = 0; layer < shape.layers; ++layer) {
        LayerResult result;
        result.layer = layer;
        for (int kind = 0; kind < int(kKinds.size()); ++kind)
            result.modules.push_back(sampleModule(method, layer * int(kKinds.size()) + kind, shape));
        const double base = 0.02 * factorOf(method) * std::exp(0.06 * layer);
        result.meanAbsAll = around(base, 0.12);
        result.meanAbsVision = around(base * 1.4, 0.15);
        result.meanAbsText = around(base * 0.7, 0.10);
        layers.push_back(std::move(result));
    }
    return layers;
}

ModuleResult withChannels(ModuleResult module, std::int64_t columns, std::uint64_t seed) {
    Noise noise(seed);
    for (std::int64_t i = 0; i < columns; ++i) {
        const double size = std::exp(1.3 * noise.normal());
        module.correction.push_back(float((noise.uniform() < 0.5 ? -1 : 1) * 4e-3 * size));
        module.extraLoss.push_back(noise.uniform() < 0.02
                                       ? 0.0F
                                       : float(2e-5 * std::pow(size, 1.6) * std::exp(0.6 * noise.normal())));
        module.channelVision.push_back(float(std::exp(noise.normal())));
        module.channelText.push_back(float(std::exp(0.2 + noise.normal())));
    }
    return module;
}

std::vector<store::ScoreRecord> sampleScores(std::optional<store::RunId> run, const std::string& model,
                                             double quality) {
    std::vector<store::ScoreRecord> scores;
    Noise noise(run ? std::uint64_t(*run) : 0);
    int number = 0;
    for (const char* name : {"ChartQA", "DocVQA", "MME-RealWorld", "MME-RealWorld-CN", "OCRBench",
                             "ScienceQA", "SEED-Bench-2-Plus", "TextVQA"}) {
        store::ScoreRecord record;
        record.run = run;
        record.model = model;
        record.selection = "first 500";
        BenchmarkScore& score = record.score;
        score.benchmark = score.title = name;
        score.items = score.scored = 500;
        score.expected = 2500;
        const double share =
            std::clamp(quality + 0.15 * std::sin(double(number++)) + 0.01 * noise.normal(), 0.0, 1.0);
        const auto interval = stats::wilson(std::int64_t(share * 500), 500);
        score.score = share * 100;
        score.low = interval.low * 100;
        score.high = interval.high * 100;
        score.answerLoss = 1.2 - quality + 0.1 * share;
        score.answerLossLow = score.answerLoss * 0.93;
        score.answerLossHigh = score.answerLoss * 1.07;
        score.answerTokens = 1800;
        scores.push_back(std::move(record));
    }
    return scores;
}

}
