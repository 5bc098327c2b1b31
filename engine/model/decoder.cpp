#include "engine/model/decoder.h"

#include "engine/core/error.h"
#include "engine/model/attention.h"

namespace vlmptq::model {
namespace {

// [batch, tokens, heads * dim] -> [batch, heads, tokens, dim]
at::Tensor splitHeads(const at::Tensor& x, std::int64_t heads) {
    return x.reshape({x.size(0), x.size(1), heads, -1}).transpose(1, 2);
}

at::Tensor joinHeads(const at::Tensor& x) { return x.transpose(1, 2).reshape({x.size(0), x.size(2), -1}); }

// The row (t, y, x) each channel of a half takes its angle from: s0 times 0, s1 times 1, s2 times 2
// (models.md 5.5).
at::Tensor sectionRows(const std::vector<std::int64_t>& sections) {
    std::vector<std::int64_t> rows;
    for (std::size_t i = 0; i < sections.size(); ++i)
        rows.insert(rows.end(), static_cast<std::size_t>(sections[i]), static_cast<std::int64_t>(i));
    return at::tensor(rows, at::kLong);
}

void extend(at::Tensor& cached, at::Tensor& fresh) {
    fresh = cached.defined() ? at::cat({cached, fresh}, 2) : fresh.contiguous();
    cached = fresh;
}

// Keys or values [batch, kvHeads, tokens, headDim] as a quantized cache would give them back: per token and
// head, or per token over all heads.
at::Tensor roundCached(const at::Tensor& x, const ActivationGrid& grid) {
    if (!grid.isOn())
        return x;
    if (grid.groupSize > 0)
        return roundActivation(x, grid);
    return splitHeads(roundActivation(joinHeads(x), grid), x.size(1));
}

}

at::Tensor Linear::operator()(const at::Tensor& x) const { return at::linear(x, weight, bias); }

std::array<std::int64_t, 2> moduleShape(const DecoderConfig& config, Module module) {
    const std::int64_t queryWidth = config.heads * config.headDim, keyWidth = config.kvHeads * config.headDim;
    switch (module) {
    case Module::Q:
        return {queryWidth, config.hidden};
    case Module::K:
    case Module::V:
        return {keyWidth, config.hidden};
    case Module::O:
        return {config.hidden, queryWidth};
    case Module::Gate:
    case Module::Up:
        return {config.intermediate, config.hidden};
    case Module::Down:
        return {config.hidden, config.intermediate};
    }
    failCheck("known module", __FILE__, __LINE__, "a module without a shape");
}

at::Tensor rmsNorm(const at::Tensor& x, const at::Tensor& weight, double eps) {
    const at::Tensor wide = x.to(at::kFloat);
    const at::Tensor normed = wide * at::rsqrt(wide.square().mean(-1, true) + eps);
    return normed.to(x.scalar_type()) * weight;
}

Rotary rotary(const DecoderConfig& config, const at::Tensor& positionIds, at::ScalarType dtype,
              at::Device device) {
    const bool mixed = !config.mropeSection.empty() && positionIds.size(0) > 1;
    VLMPTQ_CHECK(positionIds.size(0) == (mixed ? static_cast<std::int64_t>(config.mropeSection.size()) : 1),
                 "position rows do not fit the rotary embedding");
    const at::Tensor exponents = at::arange(0, config.headDim, 2, at::kFloat) / config.headDim;
    const at::Tensor frequencies = at::reciprocal(at::pow(config.ropeTheta, exponents)); // [dim / 2]
    const at::Tensor positions = positionIds.to(at::kCPU, at::kFloat);                   // [rows, tokens]
    const at::Tensor perChannel =                                                        // [dim / 2, tokens]
        mixed ? positions.index_select(0, sectionRows(config.mropeSection)) : positions;
    const at::Tensor half = (perChannel * frequencies.unsqueeze(1)).t();
    const at::Tensor angles = at::cat({half, half}, 1);
    return {angles.cos().to(device, dtype), angles.sin().to(device, dtype)};
}

at::Tensor attention(const DecoderConfig& config, const at::Tensor& q, const at::Tensor& k,
                     const at::Tensor& v, const Rotary& rotary, const OnlineOps& online, KvCache* cache) {
    const std::int64_t batch = q.size(0), tokens = q.size(1), dim = config.headDim;
    const std::int64_t group = config.heads / config.kvHeads;
    at::Tensor queries = rotateHalves(splitHeads(q, config.heads), rotary.cos, rotary.sin);
    at::Tensor keys = rotateHalves(splitHeads(k, config.kvHeads), rotary.cos, rotary.sin);
    if (online.heads) {
        queries = online.heads->apply(queries);
        keys = online.heads->apply(keys);
    }
    keys = roundCached(keys, online.cache);
    at::Tensor values = roundCached(splitHeads(v, config.kvHeads), online.cache);
    if (cache) {
        extend(cache->keys, keys);
        extend(cache->values, values);
    }
    const std::int64_t length = keys.size(2);
    const at::Tensor mixed =
        softmaxAttention(queries.reshape({batch * config.kvHeads, group, tokens, dim}),
                         keys.reshape({batch * config.kvHeads, length, dim}),
                         values.reshape({batch * config.kvHeads, length, dim}), Masking::Causal);
    return joinHeads(mixed.reshape({batch, config.heads, tokens, dim}));
}

at::Tensor gatedActivation(const at::Tensor& gate, const at::Tensor& up, const OnlineOps& online) {
    const at::Tensor product = at::silu(gate) * up;
    return online.intermediate ? online.intermediate->apply(product) : product;
}

at::Tensor forward(const DecoderConfig& config, const DecoderLayer& layer, const at::Tensor& hidden,
                   const Rotary& rotary, KvCache* cache) {
    const OnlineOps& online = layer.online;
    const auto input = [&](const at::Tensor& x) { return roundActivation(x, online.input); };
    const at::Tensor attentionInput = input(rmsNorm(hidden, layer.inputNorm, config.normEps));
    const at::Tensor mixed =
        attention(config, layer[Module::Q](attentionInput), layer[Module::K](attentionInput),
                  layer[Module::V](attentionInput), rotary, online, cache);
    const at::Tensor x = hidden + layer[Module::O](input(mixed));
    const at::Tensor mlpInput = input(rmsNorm(x, layer.postAttentionNorm, config.normEps));
    return x + layer[Module::Down](input(
                   gatedActivation(layer[Module::Gate](mlpInput), layer[Module::Up](mlpInput), online)));
}

}
