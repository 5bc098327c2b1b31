// processor_config.h - config.json of Qwen2.5-VL: the decoder's fields and the vision tower's, each checked
// and named when refused (models.md 5.1). No LibTorch: a wrong file is told before the engine is opened.
#pragma once
#include "engine/checkpoint/checkpoint.h"
#include "engine/model/config_fields.h"
#include "engine/model/decoder_config.h"

namespace vlmptq::families::qwen2_5_vl {

struct VisionConfig {
    std::int64_t depth = 0, hidden = 0, heads = 0, intermediate = 0, outHidden = 0;
    std::int64_t channels = 0, patch = 0, temporalPatch = 0, merge = 0, windowCells = 0;
    std::vector<std::int64_t> fullAttentionBlocks;
    std::int64_t headDim() const { return hidden / heads; }
    std::int64_t patchValues() const { return channels * temporalPatch * patch * patch; }
};
// Abbreviated vision_config objects get the defaults of models.md 5.1. Throws Error (BadInput) naming the
// field.
VisionConfig readVisionConfig(const model::ConfigFields& vision, std::int64_t textHidden);

struct Configs {
    model::DecoderConfig text;
    VisionConfig vision;
};
// Throws Error (BadInput) naming file and field.
Configs readConfigs(const checkpoint::Checkpoint&);

}
