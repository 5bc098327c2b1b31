// decoder.h - the Qwen2 decoder all three families share (models.md 1.2), cut at its module groups so that
// calibration can stop between them: [q k v] -> attention -> [o] -> [gate up] -> [down]. Hidden states are
// [batch, tokens, hidden]; all sequences of a batch have the same length and positions. Pure functions of
// their arguments; any thread.
#pragma once
#include "engine/model/activation_quant.h"
#include "engine/model/decoder_config.h"
#include "engine/rotation/hadamard_transform.h"

#include <ATen/ATen.h>

#include <array>
#include <memory>

namespace vlmptq::model {

struct Linear {
    at::Tensor weight; // [out, in]
    at::Tensor bias;   // [out] or undefined
    at::Tensor operator()(const at::Tensor& x) const;
};

// The linears of a layer in calibration order (models.md 1.3).
enum class Module { Q, K, V, O, Gate, Up, Down };
inline constexpr std::array<const char*, 7> kModuleNames{
    "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj",
    "mlp.gate_proj",    "mlp.up_proj",      "mlp.down_proj"};

std::array<std::int64_t, 2> moduleShape(const DecoderConfig&, Module); // [out, in]

// What happens between the linears beside the model's own arithmetic: rotations (QuaRot) and simulated
// quantizers (method.md 13). Default: nothing.
struct OnlineOps {
    std::shared_ptr<const rotation::HadamardTransform> heads;        // R3, on queries and keys after RoPE
    std::shared_ptr<const rotation::HadamardTransform> intermediate; // R4, on the input of down
    ActivationGrid input;                                            // in front of every linear
    ActivationGrid cache;                                            // keys (after RoPE and R3) and values
};

struct DecoderLayer {
    at::Tensor inputNorm, postAttentionNorm; // [hidden]
    std::array<Linear, 7> linears;           // indexed by Module
    OnlineOps online;
    Linear& operator[](Module m) { return linears[static_cast<size_t>(m)]; }
    const Linear& operator[](Module m) const { return linears[static_cast<size_t>(m)]; }
};

struct Rotary {
    at::Tensor cos, sin; // [tokens, headDim], already mixed for mRoPE, in the compute dtype
};

// Of one layer. Growing replaces the tensors, so that a copy of a cache is a cheap snapshot.
struct KvCache {
    at::Tensor keys, values; // [batch, kvHeads, tokens, headDim]
};

// Normed in float32, rounded to the activation dtype, then times the weight.
at::Tensor rmsNorm(const at::Tensor& x, const at::Tensor& weight, double eps);
// `positionIds` is [rows, tokens] int64: three rows for mRoPE; one row where all three are equal.
Rotary rotary(const DecoderConfig&, const at::Tensor& positionIds, at::ScalarType, at::Device);

// Causal attention of already projected q, k, v, all [batch, tokens, heads * headDim]; so is the result.
// With a cache: its keys and values come first, and it is extended.
at::Tensor attention(const DecoderConfig&, const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                     const Rotary&, const OnlineOps& = {}, KvCache* cache = nullptr);
// silu(gate) * up, rotated where the layer says so: what down reads.
at::Tensor gatedActivation(const at::Tensor& gate, const at::Tensor& up, const OnlineOps& = {});

// One whole layer, made of the pieces above.
at::Tensor forward(const DecoderConfig&, const DecoderLayer&, const at::Tensor& hidden, const Rotary&,
                   KvCache* = nullptr);

}
