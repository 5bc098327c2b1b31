// decoder_config.h - the Qwen2 decoder's fields of config.json in all their spellings (models.md 1.2).
#pragma once
#include "engine/model/config_fields.h"

#include <cstdint>
#include <vector>

namespace vlmptq::model {

struct DecoderConfig {
    std::int64_t hidden = 0, layers = 0, heads = 0, kvHeads = 0, headDim = 0, intermediate = 0, vocab = 0;
    double normEps = 1e-6, ropeTheta = 1e6;
    std::vector<std::int64_t> mropeSection; // empty: ordinary one-row positions
    std::int64_t maxPositions = 0;
};

// `text`: the object that holds hidden_size. Throws Error (BadInput) naming the field: missing, out of range,
// an activation, rotary type or sliding window this program does not compute.
DecoderConfig readDecoderConfig(const ConfigFields& text, double defaultRopeTheta);

}
