#include "engine/families/qwen2_5_vl/vision_tower.h"

#include "engine/core/error.h"
#include "engine/core/stop.h"
#include "engine/model/attention.h"

#include <algorithm>
#include <cstring>

namespace vlmptq::families::qwen2_5_vl {
namespace {

using model::Linear;
using model::TensorSource;

constexpr double kNormEps = 1e-6; // a constant of the reference, not in the config

Linear buildLinear(const TensorSource& tensors, const std::string& name, std::int64_t out, std::int64_t in) {
    return {tensors(name + ".weight", {out, in}), tensors(name + ".bias", {out})};
}

// [segments * length, heads, dim] -> [segments * heads, length, dim]
at::Tensor perHead(const at::Tensor& x, std::int64_t length) {
    return x.reshape({-1, length, x.size(1), x.size(2)}).transpose(1, 2).reshape({-1, length, x.size(2)});
}

void record(model::NamedTensors* trace, const std::string& name, const at::Tensor& value) {
    if (trace)
        trace->emplace_back(name, value);
}

}

VisionTower::VisionTower(const VisionConfig& config, const std::string& prefix, const TensorSource& tensors)
    : m_config(config) {
    m_patchWeight =
        tensors(prefix + "patch_embed.proj.weight",
                {config.hidden, config.channels, config.temporalPatch, config.patch, config.patch});
    for (std::int64_t i = 0; i < config.depth; ++i)
        m_blocks.push_back(buildBlock(prefix + "blocks." + std::to_string(i) + ".", tensors));
    const std::int64_t cell = config.merge * config.merge * config.hidden;
    m_mergerNorm = tensors(prefix + "merger.ln_q.weight", {config.hidden});
    m_merger0 = buildLinear(tensors, prefix + "merger.mlp.0", cell, cell);
    m_merger2 = buildLinear(tensors, prefix + "merger.mlp.2", config.outHidden, cell);
}

VisionTower::Block VisionTower::buildBlock(const std::string& prefix, const TensorSource& tensors) const {
    const std::int64_t hidden = m_config.hidden, inner = m_config.intermediate;
    return {.norm1 = tensors(prefix + "norm1.weight", {hidden}),
            .norm2 = tensors(prefix + "norm2.weight", {hidden}),
            .qkv = buildLinear(tensors, prefix + "attn.qkv", 3 * hidden, hidden),
            .proj = buildLinear(tensors, prefix + "attn.proj", hidden, hidden),
            .gate = buildLinear(tensors, prefix + "mlp.gate_proj", inner, hidden),
            .up = buildLinear(tensors, prefix + "mlp.up_proj", inner, hidden),
            .down = buildLinear(tensors, prefix + "mlp.down_proj", hidden, inner)};
}

at::Tensor VisionTower::forward(const ImageInput& image, model::NamedTensors* trace,
                                const std::stop_token& stop) const {
    VLMPTQ_CHECK(image.grid[0] == 1, "an image has one frame");
    const WindowPlan plan = planWindows(image.grid[1], image.grid[2], m_config.merge, m_config.windowCells);
    at::Tensor x = embedPatches(image);
    record(trace, "patch_embed", x);
    record(trace, "rotary_row_col", plan.rowColumn);
    record(trace, "window_index", plan.cellOrder);
    record(trace, "cu_window_seqlens", at::tensor(plan.windowEnds, at::kInt));

    x = inWindowOrder(x, plan);
    const model::Rotary rotary = rotation(plan);
    for (std::size_t i = 0; i < m_blocks.size(); ++i) {
        throwIfStopped(stop);
        const auto& full = m_config.fullAttentionBlocks;
        const bool wholeImage =
            std::find(full.begin(), full.end(), static_cast<std::int64_t>(i)) != full.end();
        x = forward(m_blocks[i], x, rotary, wholeImage ? plan.image : plan.windows);
        record(trace, "block_" + std::to_string(i), x);
    }
    const at::Tensor merged = mergePatches(x);
    record(trace, "merger_window_order", merged);
    return merged.index_copy(0, plan.cellOrder.to(merged.device()), merged);
}

at::Tensor VisionTower::embedPatches(const ImageInput& image) const {
    VLMPTQ_CHECK(image.columns == m_config.patchValues() && image.rows == image.grid[1] * image.grid[2],
                 "patches do not fit the vision tower");
    at::Tensor patches = at::empty({image.rows, image.columns}, at::kFloat);
    std::memcpy(patches.data_ptr(), image.values.data(), patches.nbytes());
    return at::linear(patches.to(m_patchWeight.device(), m_patchWeight.scalar_type()),
                      m_patchWeight.flatten(1));
}

// Angles row * f_j and column * f_j with f_j = 10000^(-2j / (dim / 2)), float32, in window order: [patches,
// 1, dim].
model::Rotary VisionTower::rotation(const WindowPlan& plan) const {
    const std::int64_t axis = m_config.headDim() / 2;
    const at::Tensor frequencies =
        at::reciprocal(at::pow(10000.0, at::arange(0, axis, 2, at::kFloat) / axis));
    const at::Tensor perAxis =
        plan.rowColumn.to(at::kFloat).unsqueeze(2) * frequencies; // [patches, 2, dim / 4]
    const at::Tensor half = inWindowOrder(perAxis.flatten(1), plan);
    const at::Tensor angles = at::cat({half, half}, 1).unsqueeze(1).to(m_patchWeight.device());
    return {angles.cos(), angles.sin()};
}

// The patches of a cell stay together.
at::Tensor VisionTower::inWindowOrder(const at::Tensor& patches, const WindowPlan& plan) const {
    const std::int64_t perCell = m_config.merge * m_config.merge;
    const at::Tensor cells = patches.reshape({-1, perCell, patches.size(1)});
    return cells.index_select(0, plan.cellOrder.to(patches.device())).reshape(patches.sizes());
}

at::Tensor VisionTower::forward(const Block& block, const at::Tensor& x, const model::Rotary& rotary,
                                const std::vector<Segments>& segments) const {
    const at::Tensor mixed = x + attend(block, model::rmsNorm(x, block.norm1, kNormEps), rotary, segments);
    const at::Tensor inner = model::rmsNorm(mixed, block.norm2, kNormEps);
    return mixed + block.down(model::gatedActivation(block.gate(inner), block.up(inner)));
}

at::Tensor VisionTower::attend(const Block& block, const at::Tensor& x, const model::Rotary& rotary,
                               const std::vector<Segments>& segments) const {
    const at::Tensor qkv = block.qkv(x).view({x.size(0), 3, m_config.heads, m_config.headDim()});
    const auto rotated = [&](int part) {
        return model::rotateHalves(qkv.select(1, part).to(at::kFloat), rotary.cos, rotary.sin)
            .to(x.scalar_type());
    };
    const at::Tensor q = rotated(0), k = rotated(1), v = qkv.select(1, 2);

    at::Tensor mixed = at::empty_like(x);
    for (const auto& [length, rows] : segments) {
        const at::Tensor index = rows.defined() ? rows.to(x.device()) : rows;
        const auto select = [&](const at::Tensor& t) {
            return perHead(index.defined() ? t.index_select(0, index) : t, length);
        };
        const at::Tensor heads =
            model::softmaxAttention(select(q).unsqueeze(1), select(k), select(v), model::Masking::None);
        const at::Tensor joined = heads.reshape({-1, m_config.heads, length, m_config.headDim()})
                                      .transpose(1, 2)
                                      .reshape({-1, x.size(1)});
        if (!index.defined())
            return block.proj(joined);
        mixed.index_copy_(0, index, joined);
    }
    return block.proj(mixed);
}

at::Tensor VisionTower::mergePatches(const at::Tensor& x) const {
    const std::int64_t cell = m_config.merge * m_config.merge * m_config.hidden;
    const at::Tensor cells = model::rmsNorm(x, m_mergerNorm, kNormEps).reshape({-1, cell});
    return m_merger2(at::gelu(m_merger0(cells)));
}

}
