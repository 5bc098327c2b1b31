// names.h - the two spellings of Qwen2.5-VL tensor names (models.md 5.4): as published ("visual.", "model.")
// and straight from the module tree ("model.visual.", "model.language_model.").
#pragma once
#include "engine/checkpoint/checkpoint.h"

namespace vlmptq::families::qwen2_5_vl {

struct Names {
    std::string vision, decoder; // prefixes
};
Names namesOf(const checkpoint::Checkpoint&);

}
