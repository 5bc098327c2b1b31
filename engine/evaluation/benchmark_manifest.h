// benchmark_manifest.h - with what an evaluation was made, as JSON: the part that shapes an answer goes with
// every answer (EvalItem::settings), the whole with every score (BenchmarkScore::manifest; benchmarks.md 7).
// Pure.
#pragma once
#include "engine/api/engine.h"
#include "engine/evaluation/benchmark.h"
#include "engine/families/processor.h"

#include <string>

namespace vlmptq::evaluation {

struct ModelIdentity {
    std::string folder, weights; // as asked for; hash of configuration, weights and tokenizer
    std::string run, recipe;     // of a run its fingerprint and settings (JSON); empty: full precision
    std::string arithmetic, device;
    std::string chatPrompt; // an empty question as the model reads it, the system turn included
    families::PixelLimits pixels;
};

int maxNewTokens(const api::EvaluateRequest&, const Task&);

std::string settingsText(const ModelIdentity&, const api::EvaluateRequest&, const Task&);

struct EvalCourse {
    std::string startedAt, finishedAt; // UTC
    std::int64_t takenOver = 0;        // answers of an earlier, stopped evaluation
};

std::string manifestText(const ModelIdentity&, const api::EvaluateRequest&, const Benchmark&, const Task&,
                         const EvalCourse&);

}
