#include "engine/families/qwen2_5_vl/names.h"

namespace vlmptq::families::qwen2_5_vl {

Names namesOf(const checkpoint::Checkpoint& files) {
    const bool visionInTree = files.find("model.visual.patch_embed.proj.weight");
    const bool decoderInTree = files.find("model.language_model.embed_tokens.weight");
    return {visionInTree ? "model.visual." : "visual.", decoderInTree ? "model.language_model." : "model."};
}

}
