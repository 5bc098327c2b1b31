#include "engine/evaluation/ask.h"

#include "engine/checkpoint/run_folder.h"
#include "engine/core/error.h"
#include "engine/core/stopwatch.h"
#include "engine/device.h"
#include "engine/evaluation/model_identity.h"
#include "engine/evaluation/runner.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace vlmptq::evaluation {
namespace {

std::unique_ptr<model::Vlm> openFor(const std::filesystem::path& path, const DeviceConfig& config,
                                    Placement& placement) {
    placement = place(config);
    auto vlm = model::openModel(path, {placement.dtype, placement.device});
    // Answers need every layer for every token: kept when they fit, else loaded again each time.
    const auto widening = static_cast<std::uint64_t>(at::elementSize(placement.dtype)) / 2;
    vlm->keepResident(vlm->checkpoint().tensorBytes() * std::max<std::uint64_t>(widening, 1) <
                      availableBytes() / 2);
    return vlm;
}

// Sampling settings of the checkpoint are shown, not obeyed: every number here is from greedy decoding.
std::vector<std::string> ignoredSettings(const checkpoint::Checkpoint& checkpoint) {
    std::vector<std::string> ignored;
    const auto settings = checkpoint.json("generation_config.json");
    if (!settings)
        return ignored;
    for (const auto& [key, value] : settings->items())
        if (key == "do_sample" || key == "temperature" || key == "repetition_penalty" ||
            key.rfind("top_", 0) == 0)
            ignored.push_back(key + " = " + value.dump());
    return ignored;
}

}

std::vector<BenchmarkScore> evaluateModel(const api::EvaluateRequest& request, ImageCache& images,
                                          EventSink& sink, std::stop_token stop) {
    sink.onEvent(event::StageChanged{Stage::Load});
    const auto files = findBenchmarks(request.benchmarks);
    std::vector<std::unique_ptr<Benchmark>> benchmarks;
    for (const auto& file : files) {
        benchmarks.push_back(openBenchmark(file, stop));
        taskOf(*benchmarks.back()); // an unknown file is refused before hours of work
        for (const auto& problem : benchmarks.back()->problems())
            sink.onEvent(event::Warning{problem.code, benchmarks.back()->name(), problem.message});
    }
    Placement placement;
    const auto vlm = openFor(request.model, request.device, placement);
    const auto identity = identityOf(*vlm, request.model, placement, stop);
    Workers workers(placement.threads);
    sink.onEvent(event::StageChanged{Stage::Evaluate});
    Runner runner(*vlm, workers, images, identity, request);
    std::vector<BenchmarkScore> scores;
    for (const auto& benchmark : benchmarks) {
        scores.push_back(runner.run(*benchmark, sink, stop));
        sink.onEvent(event::BenchmarkFinished{scores.back()});
    }
    return scores;
}

api::AskResult ask(const api::AskRequest& request, std::stop_token stop) {
    std::vector<image::RgbImage> pictures; // an unreadable one is refused before the model is opened
    for (const auto& path : request.images)
        pictures.push_back(image::decodeFile(path));
    Placement placement;
    const auto vlm = openFor(request.model, request.device, placement);
    BlasThreads allThreads(placement.threads); // one question: the threads go into its products
    std::vector<families::ImageInput> images;
    std::vector<at::Tensor> rows;
    families::Message message{.role = "user"};
    for (const auto& picture : pictures) {
        images.push_back(vlm->processor().prepare(picture));
        rows.push_back(vlm->encodeImage(images.back(), stop));
        message.parts.push_back({.isImage = true});
    }
    message.parts.push_back({.isImage = false, .text = request.text});
    const auto prompt = vlm->processor().process(std::vector{message}, images);

    const auto prefilled = model::prefill(*vlm, prompt, rows.empty() ? at::Tensor() : at::cat(rows), stop);
    model::GenerateOptions options;
    options.maxNewTokens = request.maxNewTokens;
    options.repetitionPenalty = request.repetitionPenalty;
    const Stopwatch watch;
    const auto generated = model::generate(*vlm, prefilled, options, stop);
    const double seconds = watch.seconds();

    api::AskResult result;
    result.answer = vlm->processor().tokenizer().decode(generated.ids, true);
    result.tokenIds = generated.ids;
    result.promptTokens = static_cast<std::int64_t>(prompt.inputIds.size());
    result.visionTokens = std::count(prompt.visionMask.begin(), prompt.visionMask.end(), 1);
    result.firstTokenSeconds = generated.prefillSeconds;
    result.tokensPerSecond = seconds > 0 ? static_cast<double>(generated.ids.size()) / seconds : 0;
    result.ignoredGenerationSettings = ignoredSettings(vlm->checkpoint());
    return result;
}

}
