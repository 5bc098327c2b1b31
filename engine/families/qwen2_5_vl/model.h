// model.h - Qwen2.5-VL (models.md 5): configuration in both layouts, tensor names in both spellings, vision
// tower on demand.
#pragma once
#include "engine/model/base_vlm.h"

namespace vlmptq::families::qwen2_5_vl {

// Checks configuration, names and shapes of every tensor; throws Error (BadInput) naming field or tensor.
std::unique_ptr<model::Vlm> openModel(model::VlmSource);

}
