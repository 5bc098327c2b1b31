// probe_model.h - `vlmptq probe model`: every case of DIR/io.json (schema: models.md 9) through the model in
// DIR, all intermediate results written under the golden's own names, for comparison with any other
// implementation.
#pragma once
#include "engine/api/engine.h"

#include <filesystem>

namespace vlmptq::model {

// Writes OUT/io.json and OUT/io.safetensors. A case that fails is counted and carries its message as `error`;
// a model or an io.json that cannot be read is an Error. Cases named bf16_compute/… run in bfloat16, the
// others in float32.
api::ProbeResult probeModel(const std::filesystem::path& dir, const std::filesystem::path& out);

}
