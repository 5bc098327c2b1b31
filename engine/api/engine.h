// engine.h - the engine as its users see it: plain values in, events and plain values out. No tensors, no Qt.
// One Engine does one thing at a time; every call blocks the calling thread, reports through `sink` on that
// thread, and looks at `stop` at least every second (between samples, column blocks, mu candidates, layers,
// items, shards). Every call throws vlmptq::Error and nothing else; a stop ends in Error of kind Stopped,
// with all finished layers on disk.
#pragma once
#include "engine/core/config.h"
#include "engine/core/events.h"

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace vlmptq::api {

struct QuantizeRequest {
    RunConfig config;
    std::filesystem::path runDir; // run.json and layer-NNN.safetensors are written here (export/run_format.h)
    int finishedLayers = 0; // > 0: resume after that many layers, found in runDir; the fingerprint must agree
    bool allowOtherVersion = false; // resume although only the program's version differs
};

struct EvaluateRequest {
    std::filesystem::path model;                   // a checkpoint folder or a run folder
    std::vector<std::filesystem::path> benchmarks; // TSV files or folders of them
    std::int64_t limit = 0;                        // first N rows of each; 0: all
    int maxNewTokens = 0;                          // 0: the benchmark's own
    double repetitionPenalty = 1.0;
    std::string ruleset = "lmms-eval/current";
    // Earlier answers: where question, picture and settings are still the same they are counted and not asked
    // again (evaluation/benchmark_resume.h). Those outside of this selection are ignored.
    std::vector<EvalItem> answered;
    DeviceConfig device;
};

struct AskRequest {
    std::filesystem::path model;
    std::vector<std::filesystem::path> images;
    std::string text;
    int maxNewTokens = 128;
    double repetitionPenalty = 1.0;
    DeviceConfig device;
};

struct AskResult {
    std::string answer;
    std::vector<std::int64_t> tokenIds;
    std::int64_t promptTokens = 0, visionTokens = 0;
    double firstTokenSeconds = 0, tokensPerSecond = 0;
    std::vector<std::string> ignoredGenerationSettings; // "do_sample = true"
};

enum class DenseDtype { BFloat16, Float16, Float32 };

struct ExportRequest {
    std::filesystem::path runDir, outDir;
    std::string format = "dense";
    DenseDtype dtype = DenseDtype::BFloat16;
    std::uint64_t shardBytes = 4ull << 30;
    bool verify = true;   // reload what was written and compare
    bool replace = false; // an existing folder is moved aside first
    DeviceConfig device;
};

struct ExportResult {
    std::filesystem::path outDir;
    std::uint64_t bytes = 0;
    double largestLogitDifference = 0; // of the reloaded checkpoint, when verified
    double roundingError = 0;          // ||W^ - stored||^2 / ||W^||^2
    std::vector<std::string> files;
};

struct DeviceInfo {
    std::string name;        // "cpu", "cuda:0"
    std::string description; // "AMD EPYC, 2 threads, AVX-512"
    std::uint64_t totalBytes = 0, freeBytes = 0;
};

struct EngineInfo {
    std::string torchVersion, blas, kernels; // kernels: "avx512" | "avx2" | "generic"
    bool cudaBuilt = false;
    std::string whyNoCuda;
    std::vector<DeviceInfo> devices;
    std::vector<std::string>
        problems; // "reference BLAS found: install libopenblas0-pthread", each with its remedy
};

struct ProbeResult {
    int ok = 0, unsupported = 0, errors = 0;
};

class Engine {
public:
    virtual ~Engine() = default;
    virtual EngineInfo info() = 0;
    virtual RunSummary quantize(const QuantizeRequest&, EventSink&, std::stop_token) = 0;
    virtual std::vector<BenchmarkScore> evaluate(const EvaluateRequest&, EventSink&, std::stop_token) = 0;
    virtual AskResult ask(const AskRequest&, EventSink&, std::stop_token) = 0;
    virtual ExportResult exportCheckpoint(const ExportRequest&, EventSink&, std::stop_token) = 0;
    virtual ProbeResult probeMethods(const std::filesystem::path& dir, const std::filesystem::path& out,
                                     Precision) = 0;
    virtual ProbeResult probeModel(const std::filesystem::path& dir, const std::filesystem::path& out) = 0;
};

}
