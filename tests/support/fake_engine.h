// fake_engine.h - an api::Engine that follows a script instead of computing: the events of a run in
// milliseconds, with numbers of plausible size that depend only on layer, module and method. It obeys the
// engine's contract (order of events, stop within a wait, layer files, resume, fingerprint), so jobs,
// database and windows can be tested without a model.
#pragma once
#include "engine/api/engine.h"
#include "engine/core/error.h"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vlmptq::test {

struct FakeBenchmark {
    std::string name = "DemoChart", title = "Demo chart", scorer = "chartqa";
    int items = 10;
    double correctShare = 0.7; // of full precision and of every run
};

api::EngineInfo scriptedInfo(); // a processor without CUDA

struct FakeScript {
    int layers = 4;
    std::vector<std::string> kinds{"q_proj",    "k_proj",  "v_proj",   "o_proj",
                                   "gate_proj", "up_proj", "down_proj"};
    std::int64_t rows = 32, columns = 16;
    bool hasVision = true;                                  // false: text-only calibration, no vision figures
    std::chrono::milliseconds moduleDelay{0}, itemDelay{0}; // a stop ends the wait
    std::chrono::milliseconds loadDelay{0};
    std::optional<int> failAtLayer; // throws `failure` before that layer is finished
    Error failure{ErrorKind::NoResource, "E-MEM-01", "Out of memory: 21.4 GB needed, 12.0 GB free.",
                  "Use fewer calibration samples."};
    std::vector<int> warnAtLayers; // damping trouble in the first module of these layers
    bool writesLayerFiles = true;
    std::map<std::string, std::string> fingerprintParts; // replaces the parts made from the settings
    std::vector<FakeBenchmark> benchmarks{FakeBenchmark{}};
    std::optional<int> failAtItem;
    std::function<void(int layer)> beforeLayer; // called on the engine's thread
    api::EngineInfo info = scriptedInfo();
    std::string answer = "The highest bar is March, 42.";
};

class FakeEngine : public api::Engine {
public:
    explicit FakeEngine(FakeScript s = {}) : script(std::move(s)) {}
    api::EngineInfo info() override;
    RunSummary quantize(const api::QuantizeRequest&, EventSink&, std::stop_token) override;
    std::vector<BenchmarkScore> evaluate(const api::EvaluateRequest&, EventSink&, std::stop_token) override;
    api::AskResult ask(const api::AskRequest&, EventSink&, std::stop_token) override;
    api::ExportResult exportCheckpoint(const api::ExportRequest&, EventSink&, std::stop_token) override;
    api::ProbeResult probeMethods(const std::filesystem::path& dir, const std::filesystem::path& out,
                                  Precision) override;
    api::ProbeResult probeModel(const std::filesystem::path& dir, const std::filesystem::path& out) override;

    FakeScript script;
    std::vector<api::QuantizeRequest> quantizeRequests; // what was asked of it, for the tests
    std::vector<api::EvaluateRequest> evaluateRequests;
    std::vector<api::ExportRequest> exportRequests;
};

// The results the script gives, for comparison with what arrived somewhere.
ModuleResult scriptedModule(const FakeScript&, const RunConfig&, int index);
LayerResult scriptedLayer(const FakeScript&, const RunConfig&, int layer);
RunSummary scriptedSummary(const FakeScript&, const RunConfig&);
EvalItem scriptedItem(const FakeBenchmark&, int row); // rows from 1
BenchmarkScore scriptedScore(const FakeBenchmark&, const std::string& ruleset, const std::vector<EvalItem>&);
std::string scriptedFingerprintParts(const FakeScript&, const RunConfig&);

}
