// runner.h - asks a model the questions of benchmark files: greedy answer, score, and the loss of the
// reference answer by teacher forcing (benchmarks.md 6-7, method.md 9.2). Questions are dealt out to the
// workers one by one, so no answer depends on its neighbours; results are reported in file order from the
// calling thread. A question that cannot be answered is an error record: the others go on, and a warning
// counts them. No batches yet: the cores are busy with one question each, and decoding several sequences in
// one call changes bits.
#pragma once
#include "engine/evaluation/benchmark_manifest.h"
#include "engine/evaluation/image_cache.h"
#include "engine/model/vlm.h"
#include "engine/workers.h"

#include <functional>

namespace vlmptq::evaluation {

class Runner {
public:
    Runner(const model::Vlm&, Workers&, ImageCache&, const ModelIdentity&, const api::EvaluateRequest&);
    BenchmarkScore run(const Benchmark&, EventSink&, std::stop_token);

private:
    using Questions = std::vector<const BenchmarkItem*>;

    std::vector<EvalItem> selectOpen(const Benchmark&, Questions& open, EventSink&, std::stop_token) const;
    void answerOpen(const Benchmark&, const Questions& open, std::vector<EvalItem>& records, EventSink&,
                    std::stop_token) const;
    void answerAll(std::int64_t count, const std::function<void(std::int64_t)>& one,
                   const std::function<void()>& report, std::stop_token) const;
    EvalItem question(const Benchmark&, const BenchmarkItem&) const;
    EvalItem answer(const Benchmark&, const BenchmarkItem&, std::stop_token) const;
    void ask(EvalItem&, const Benchmark&, const Task&, const BenchmarkItem&, std::stop_token) const;
    void takeLoss(EvalItem&, const model::Prefill&, std::stop_token) const;
    std::vector<families::ImageInput> prepareImages(const Benchmark&, const BenchmarkItem&, EvalItem&) const;
    at::Tensor imageRows(const families::ImageInput&, std::stop_token) const;

    const model::Vlm& m_model;
    Workers& m_workers;
    ImageCache& m_cache;
    const ModelIdentity& m_identity;
    const api::EvaluateRequest& m_request;
    std::string m_family, m_cacheKey;
};

}
