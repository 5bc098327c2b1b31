// pipeline.h - one quantization run: calibration samples in, layer files and events out (method.md 9).
// Decoder layers are worked on in depth order; one layer's weights are resident at a time. The commit point
// is the decoder layer: its file is written before LayerFinished is sent. On resume the finished layers are
// replayed from their files, which gives the streams the same bits as if nothing had happened. Runs on the
// calling (engine) thread.
#pragma once
#include "engine/api/engine.h"

namespace vlmptq::quant {

RunSummary runPipeline(const api::QuantizeRequest&, EventSink&, std::stop_token);

}
