// decoder_config.h - the Qwen2 decoder's fields of config.json in all their spellings (models.md 1.2).
#pragma once
#include "engine/model/config_fields.h"
#include "engine/model/decoder.h"

namespace vlmptq::model {

// `text`: the object that holds hidden_size. Throws Error (BadInput) naming the field: missing, out of range,
// an activation, rotary type or sliding window this program does not compute.
DecoderConfig readDecoderConfig(const ConfigFields& text, double defaultRopeTheta);

}
