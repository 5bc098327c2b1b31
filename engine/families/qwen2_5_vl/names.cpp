#include "engine/families/qwen2_5_vl/names.h"

#include "engine/families/processor_family.h"

namespace vlmptq::families::qwen2_5_vl {

Names namesOf(const checkpoint::Checkpoint& files) {
    const bool visionInTree = files.find("model.visual.patch_embed.proj.weight");
    const std::string layers = decoderPrefixOf(files);
    return {visionInTree ? "model.visual." : "visual.", layers.substr(0, layers.rfind("layers."))};
}

}
