// runner.h - asks a model the questions of benchmark files: greedy answer, score, and the loss of the
// reference answer by teacher forcing (benchmarks.md 6-7, method.md 9.2). Questions are dealt out to the
// workers one by one, so no answer depends on its neighbours; results are reported in file order from the
// calling thread.
#pragma once
#include "engine/api/engine.h"
#include "engine/evaluation/benchmark.h"
#include "engine/evaluation/image_cache.h"
#include "engine/model/vlm.h"
#include "engine/workers.h"

#include <functional>

namespace vlmptq::evaluation {

class Runner {
public:
    // `cacheKey` tells models with different vision weights apart in the shared cache.
    Runner(const model::Vlm&, Workers&, ImageCache&, std::string cacheKey, const api::EvaluateRequest&);
    BenchmarkScore run(const Benchmark&, EventSink&, std::stop_token);

private:
    std::vector<EvalItem> selectOpen(const Benchmark&, std::vector<const BenchmarkItem*>& open) const;
    void answerAll(std::int64_t count, const std::function<void(std::int64_t)>& one,
                   const std::function<void()>& report, std::stop_token) const;
    EvalItem answer(const Benchmark&, const Task&, const BenchmarkItem&, std::stop_token) const;
    void ask(EvalItem&, const Benchmark&, const Task&, const BenchmarkItem&, std::stop_token) const;
    at::Tensor imageRows(const families::ImageInput&) const;

    const model::Vlm& m_model;
    Workers& m_workers;
    ImageCache& m_cache;
    std::string m_cacheKey;
    const api::EvaluateRequest& m_request;
};

}
