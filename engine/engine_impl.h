// engine_impl.h - implements api::Engine; the only place where exceptions of LibTorch and of the standard
// library become vlmptq::Error.
#pragma once
#include "engine/api/engine.h"
#include "engine/evaluation/image_cache.h"

namespace vlmptq {

class EngineImpl : public api::Engine {
public:
    api::EngineInfo info() override;
    RunSummary quantize(const api::QuantizeRequest&, EventSink&, std::stop_token) override;
    std::vector<BenchmarkScore> evaluate(const api::EvaluateRequest&, EventSink&, std::stop_token) override;
    api::AskResult ask(const api::AskRequest&, EventSink&, std::stop_token) override;
    api::ExportResult exportCheckpoint(const api::ExportRequest&, EventSink&, std::stop_token) override;
    api::ProbeResult probeMethods(const std::filesystem::path& dir, const std::filesystem::path& out,
                                  Precision) override;
    api::ProbeResult probeModel(const std::filesystem::path& dir, const std::filesystem::path& out) override;

private:
    evaluation::ImageCache m_images{1ull << 30}; // shared by the evaluations of one session
};

}
