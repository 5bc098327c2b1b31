// dense.h - the dense export: W^ = scale * (code - zero) written as ordinary weights, loadable by anything
// that reads the source model (formats.md 6). Streams tensor by tensor, shard by shard; one decoder layer of
// codes in memory at a time.
#pragma once
#include "engine/api/engine.h"

namespace vlmptq::exporting {

api::ExportResult exportDense(const api::ExportRequest&, EventSink&, std::stop_token);

}
