// model_title.h - what a model is called in the run library: "Qwen2.5-VL 5.0M". Reads config.json and tensor
// headers.
#pragma once
#include "engine/checkpoint/checkpoint.h"

#include <string>

namespace vlmptq::jobs {

std::string modelTitle(const checkpoint::Checkpoint&); // throws Error (BadInput) for an unknown architecture

}
