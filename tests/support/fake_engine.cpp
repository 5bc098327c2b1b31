#include "support/fake_engine.h"

#include "engine/checkpoint/run_folder.h"
#include "engine/core/hash.h"
#include "engine/core/stop.h"

#include <condition_variable>
#include <fstream>
#include <mutex>
#include <set>

namespace vlmptq::test {
namespace {

void waitOrStop(std::chrono::milliseconds delay, std::stop_token stop) {
    if (delay.count() > 0) {
        std::mutex mutex;
        std::unique_lock lock(mutex);
        std::condition_variable_any().wait_for(lock, stop, delay, [] { return false; });
    }
    throwIfStopped(stop);
}

// One scripted quantization.
class FakeRun {
public:
    FakeRun(const FakeScript& script, const api::QuantizeRequest& request, EventSink& sink,
            std::stop_token stop)
        : m_script(script), m_request(request), m_sink(sink), m_stop(std::move(stop)) {}

    RunSummary run() {
        start();
        m_sink.onEvent(event::StageChanged{Stage::Load});
        waitOrStop(m_script.loadDelay, m_stop);
        m_sink.onEvent(event::StageChanged{Stage::Calibrate});
        m_sink.onEvent(event::Progress{Stage::Calibrate, 128, 128, "128 of 128 samples"});
        m_sink.onEvent(event::StageChanged{Stage::Quantize});
        for (int layer = m_request.finishedLayers; layer < m_script.layers; ++layer)
            runLayer(layer);
        m_sink.onEvent(event::StageChanged{Stage::Save});
        const auto summary = scriptedSummary(m_script, m_request.config);
        m_sink.onEvent(event::RunFinished{summary});
        return summary;
    }

private:
    void start() {
        event::Started started;
        started.layers = m_script.layers;
        started.firstLayer = m_request.finishedLayers;
        const int modules = m_script.layers * static_cast<int>(m_script.kinds.size());
        for (int i = 0; i < modules; ++i) {
            const auto module = scriptedModule(m_script, m_request.config, i);
            started.modules.push_back({module.name, module.kind, module.layer, module.rows, module.columns});
        }
        started.device = "cpu";
        started.fingerprintParts = scriptedFingerprintParts(m_script, m_request.config);
        started.fingerprint = sha256Hex(started.fingerprintParts);
        m_sink.onEvent(started);
        throwIfStopped(m_stop);
        if (m_script.writesLayerFiles && m_request.finishedLayers == 0) {
            std::filesystem::create_directories(m_request.runDir);
            checkpoint::writeManifest(m_request.runDir,
                                      {m_request.config.model, m_request.config, started.fingerprintParts,
                                       m_script.layers, VLMPTQ_VERSION});
        }
    }

    void runLayer(int layer) {
        if (m_script.beforeLayer)
            m_script.beforeLayer(layer);
        const auto result = scriptedLayer(m_script, m_request.config, layer);
        for (const auto& module : result.modules) {
            m_sink.onEvent(event::ModuleStarted{module.index, module.name});
            waitOrStop(m_script.moduleDelay, m_stop);
            runModule(module);
        }
        if (m_script.failAtLayer == layer)
            throw m_script.failure;
        if (m_script.writesLayerFiles)
            writeLayerFile(layer);
        m_sink.onEvent(event::LayerFinished{result});
        throwIfStopped(m_stop);
    }

    void runModule(const ModuleResult& module) {
        const int candidates = static_cast<int>(module.muCurve.size());
        for (int i = 0; i < candidates; ++i)
            m_sink.onEvent(event::MuTried{module.index, module.name, module.muCurve[i], i + 1, candidates});
        if (module.dampRetries > 0) {
            m_sink.onEvent(event::Warning{"W-DAMP-01", module.name,
                                          "Damping raised to " + std::to_string(module.dampUsed) + "."});
        }
        m_sink.onEvent(event::ModuleFinished{module});
        const double total = m_script.layers * m_script.kinds.size();
        m_sink.onEvent(event::Progress{Stage::Quantize, module.index + 1.0, total, module.name});
        m_sink.onEvent(event::Memory{200'000'000, 0});
    }

    void writeLayerFile(int layer) {
        checkpoint::QuantizedModule module{.name = "model.layers." + std::to_string(layer),
                                           .rows = 1,
                                           .columns = 4,
                                           .bits = 2,
                                           .groupSize = -1,
                                           .symmetric = false,
                                           .codes = {0, 1, 2, 3},
                                           .scale = {0.5f},
                                           .zero = {1},
                                           .groupIndex = {}};
        checkpoint::writeLayer(m_request.runDir, layer, {module});
    }

    const FakeScript& m_script;
    const api::QuantizeRequest& m_request;
    EventSink& m_sink;
    std::stop_token m_stop;
};

}

api::EngineInfo FakeEngine::info() { return script.info; }

RunSummary FakeEngine::quantize(const api::QuantizeRequest& request, EventSink& sink, std::stop_token stop) {
    quantizeRequests.push_back(request);
    return FakeRun(script, request, sink, std::move(stop)).run();
}

std::vector<BenchmarkScore> FakeEngine::evaluate(const api::EvaluateRequest& request, EventSink& sink,
                                                 std::stop_token stop) {
    evaluateRequests.push_back(request);
    sink.onEvent(event::StageChanged{Stage::Load});
    waitOrStop(script.loadDelay, stop);
    sink.onEvent(event::StageChanged{Stage::Evaluate});
    std::set<std::pair<std::string, std::string>> answered;
    for (const auto& item : request.answered)
        if (item.score)
            answered.emplace(item.benchmark, item.id);
    std::vector<BenchmarkScore> scores;
    int asked = 0;
    for (const auto& benchmark : script.benchmarks) {
        const int rows = request.limit > 0 ? std::min<int>(request.limit, benchmark.items) : benchmark.items;
        std::vector<EvalItem> items;
        for (int row = 1; row <= rows; ++row) {
            items.push_back(scriptedItem(benchmark, row));
            if (answered.contains({benchmark.name, items.back().id}))
                continue;
            waitOrStop(script.itemDelay, stop);
            if (script.failAtItem == asked++)
                throw script.failure;
            sink.onEvent(event::ItemFinished{items.back(), row, rows});
        }
        scores.push_back(scriptedScore(benchmark, request.ruleset, items));
        sink.onEvent(event::BenchmarkFinished{scores.back()});
    }
    return scores;
}

api::AskResult FakeEngine::ask(const api::AskRequest&, EventSink& sink, std::stop_token stop) {
    sink.onEvent(event::StageChanged{Stage::Load});
    waitOrStop(script.loadDelay, stop);
    api::AskResult result;
    result.answer = script.answer;
    result.tokenIds = {1, 2, 3};
    result.promptTokens = 60;
    result.visionTokens = 36;
    result.firstTokenSeconds = 0.4;
    result.tokensPerSecond = 31;
    return result;
}

api::ExportResult FakeEngine::exportCheckpoint(const api::ExportRequest& request, EventSink& sink,
                                               std::stop_token stop) {
    exportRequests.push_back(request);
    sink.onEvent(event::StageChanged{Stage::Export});
    for (int layer = 0; layer < script.layers; ++layer) {
        waitOrStop(script.moduleDelay, stop);
        sink.onEvent(event::Progress{Stage::Export, layer + 1.0, double(script.layers),
                                     "layer " + std::to_string(layer)});
    }
    std::filesystem::create_directories(request.outDir);
    std::ofstream(request.outDir / "config.json") << "{}";
    return {.outDir = request.outDir,
            .bytes = 9'600'000,
            .largestLogitDifference = 2e-4,
            .roundingError = 2e-6,
            .files = {"config.json"}};
}

api::ProbeResult FakeEngine::probeMethods(const std::filesystem::path&, const std::filesystem::path&,
                                          Precision) {
    return {};
}
api::ProbeResult FakeEngine::probeModel(const std::filesystem::path&, const std::filesystem::path&) {
    return {};
}

}
