#include "engine/model/rotation.h"

#include "engine/core/error.h"
#include "engine/core/stats.h"

namespace vlmptq::model {
namespace {

using rotation::HadamardTransform;

at::Tensor randomSigns(std::int64_t count, std::uint64_t seed) {
    stats::SplitMix64 random(seed);
    const auto signs = at::empty({count}, at::kDouble);
    for (std::int64_t i = 0; i < count; ++i)
        signs.data_ptr<double>()[i] = random.next() >> 63 ? 1 : -1;
    return signs;
}

void checkSizes(const DecoderConfig& config) {
    const auto head = config.headDim;
    if (head < 1 || (head & (head - 1)) != 0)
        throw Error(ErrorKind::BadInput, "E-ROT-01",
                    "Heads of " + std::to_string(head) + " channels cannot be rotated: not a power of two.",
                    "Quantize this model without rotation.");
    if (const auto reason = rotation::whyNotOnline(config.intermediate))
        throw Error(ErrorKind::BadInput, "E-ROT-02", *reason, "Quantize this model without rotation.");
}

at::Tensor like(const at::Tensor& result, const at::Tensor& original) {
    return result.to(original.device(), original.scalar_type()).contiguous();
}

}

Rotation::Rotation(const DecoderConfig& config, std::uint64_t seed)
    : Rotation(config, randomSigns(config.hidden, seed)) {}

Rotation::Rotation(const DecoderConfig& config, at::Tensor signs)
    : m_config(config), m_signs(signs.to(at::kDouble)),
      m_residual(std::make_shared<HadamardTransform>(config.hidden)),
      m_head(std::make_shared<HadamardTransform>(config.headDim)),
      m_intermediate(std::make_shared<HadamardTransform>(config.intermediate)) {
    VLMPTQ_CHECK(m_signs.numel() == config.hidden, "one sign per channel of the residual stream");
    checkSizes(config);
}

at::Tensor Rotation::residual() const { return enter(at::eye(m_config.hidden, at::kDouble)); }

at::Tensor Rotation::enter(const at::Tensor& x) const {
    return like(m_residual->apply(x.to(at::kDouble) * m_signs.to(x.device())), x);
}

at::Tensor Rotation::leave(const at::Tensor& x) const {
    return m_residual->inverse(x.to(at::kDouble)) * m_signs.to(x.device());
}

// H of the head size on each head of the last dimension.
at::Tensor Rotation::perHead(const at::Tensor& channels, std::int64_t heads, bool isInverse) const {
    auto split = channels.sizes().vec();
    split.back() = heads;
    split.push_back(m_config.headDim);
    const auto parts = channels.reshape(split);
    return (isInverse ? m_head->inverse(parts) : m_head->apply(parts)).reshape(channels.sizes());
}

at::Tensor Rotation::restored(Module module, const at::Tensor& weight, const DecoderLayer& norms) const {
    const auto wide = weight.to(at::kDouble);
    const auto unfused = [&](const at::Tensor& read,
                             const at::Tensor& norm) { // a channel times 0 is never read
        const auto scale = norm.to(read.device(), at::kDouble);
        return at::where(scale == 0, at::zeros_like(read), read / scale);
    };
    switch (module) {
    case Module::Q:
    case Module::K:
        return unfused(leave(wide), norms.inputNorm).to(at::kFloat);
    case Module::V:
        return unfused(leave(perHead(wide.t(), m_config.kvHeads, true).t()), norms.inputNorm).to(at::kFloat);
    case Module::Gate:
    case Module::Up:
        return unfused(leave(wide), norms.postAttentionNorm).to(at::kFloat);
    case Module::O:
        return perHead(leave(wide.t()).t(), m_config.heads, true).to(at::kFloat);
    case Module::Down:
        return m_intermediate->inverse(leave(wide.t()).t()).to(at::kFloat);
    }
    failCheck("known module", __FILE__, __LINE__, "a module that is not rotated");
}

at::Tensor Rotation::readsResidual(const at::Tensor& weight, const at::Tensor& norm) const {
    return enter(weight.to(at::kDouble) * norm.to(at::kDouble));
}

Linear Rotation::writesResidual(const Linear& linear) const {
    Linear result;
    result.weight = enter(linear.weight.to(at::kDouble).t()).t();
    if (linear.bias.defined())
        result.bias = enter(linear.bias.to(at::kDouble));
    return result;
}

DecoderLayer Rotation::rotated(const DecoderLayer& layer, bool rotatesKeys) const {
    DecoderLayer result = layer;
    for (const auto module : {Module::Q, Module::K, Module::V})
        result[module].weight = readsResidual(layer[module].weight, layer.inputNorm);
    for (const auto module : {Module::Gate, Module::Up})
        result[module].weight = readsResidual(layer[module].weight, layer.postAttentionNorm);

    auto& value = result[Module::V];
    value.weight = perHead(value.weight.t(), m_config.kvHeads, false).t();
    if (value.bias.defined())
        value.bias = perHead(value.bias.to(at::kDouble), m_config.kvHeads, false);

    Linear output = layer[Module::O], down = layer[Module::Down];
    output.weight = perHead(output.weight.to(at::kDouble), m_config.heads, false);
    down.weight = m_intermediate->apply(down.weight.to(at::kDouble));
    result[Module::O] = writesResidual(output);
    result[Module::Down] = writesResidual(down);
    for (std::size_t i = 0; i < result.linears.size(); ++i) {
        result.linears[i].weight = like(result.linears[i].weight, layer.linears[i].weight);
        if (result.linears[i].bias.defined())
            result.linears[i].bias = like(result.linears[i].bias, layer.linears[i].bias);
    }
    result.inputNorm = at::ones_like(layer.inputNorm);
    result.postAttentionNorm = at::ones_like(layer.postAttentionNorm);
    result.online.intermediate = m_intermediate;
    if (rotatesKeys)
        result.online.heads = m_head;
    return result;
}

at::Tensor Rotation::head(const at::Tensor& head, const at::Tensor& finalNorm) const {
    return like(readsResidual(head, finalNorm), head);
}

}
