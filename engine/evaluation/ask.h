// ask.h - whole evaluations and single questions: opens the model where the request says and answers. Engine
// thread.
#pragma once
#include "engine/api/engine.h"
#include "engine/evaluation/image_cache.h"

namespace vlmptq::evaluation {

std::vector<BenchmarkScore> evaluateModel(const api::EvaluateRequest&, ImageCache&, EventSink&,
                                          std::stop_token);
api::AskResult ask(const api::AskRequest&, std::stop_token);

}
