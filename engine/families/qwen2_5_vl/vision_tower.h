// vision_tower.h - the Qwen2.5-VL vision transformer and merger (models.md 5.3): patches of one image in, one
// row per language-model position out. Immutable; any thread.
#pragma once
#include "engine/families/processor.h"
#include "engine/families/qwen2_5_vl/processor_config.h"
#include "engine/families/qwen2_5_vl/window_plan.h"
#include "engine/model/decoder.h"
#include "engine/model/tensor_io.h"
#include "engine/model/vlm.h"

namespace vlmptq::families::qwen2_5_vl {

class VisionTower {
public:
    VisionTower(const VisionConfig&, const std::string& prefix, const model::TensorSource&);
    // [image.tokens, outHidden]. `trace` collects the named outputs between. Looks at `stop` before each
    // block.
    at::Tensor forward(const ImageInput&, model::NamedTensors* trace = nullptr,
                       const std::stop_token& stop = {}) const;

private:
    struct Block {
        at::Tensor norm1, norm2; // [hidden]
        model::Linear qkv, proj, gate, up, down;
    };
    Block buildBlock(const std::string& prefix, const model::TensorSource&) const;
    at::Tensor embedPatches(const ImageInput&) const;
    model::Rotary rotation(const WindowPlan&) const;
    at::Tensor inWindowOrder(const at::Tensor& patches, const WindowPlan&) const;
    at::Tensor forward(const Block&, const at::Tensor& x, const model::Rotary&,
                       const std::vector<Segments>&) const;
    at::Tensor attend(const Block&, const at::Tensor& x, const model::Rotary&,
                      const std::vector<Segments>&) const;
    at::Tensor mergePatches(const at::Tensor& x) const;

    VisionConfig m_config;
    at::Tensor m_patchWeight; // [hidden, channels, temporal, patch, patch]
    std::vector<Block> m_blocks;
    at::Tensor m_mergerNorm;
    model::Linear m_merger0, m_merger2;
};

}
