// rotation.h - QuaRot (method.md 13): orthogonal changes of basis that leave the model's function as it is
// and spread outlier channels. Folded into weights in float64: norms, R1 (residual stream), R2 (value heads),
// R4 (input of down). Online, between the linears: R4 and, where keys are quantized, R3. Immutable; any
// thread.
#pragma once
#include "engine/model/decoder.h"

namespace vlmptq::model {

class Rotation {
public:
    // Signs of R1 = diag(signs) H^T / sqrt(n) from the seed. Throws Error (BadInput): a head size that is no
    // power of two, an intermediate size without an affordable transform.
    Rotation(const DecoderConfig&, std::uint64_t seed);
    Rotation(const DecoderConfig&, at::Tensor signs); // [hidden], +1 and -1

    at::Tensor residual() const; // R1 [hidden, hidden], float64
    // x R1 along the last dimension, in x's dtype: embeddings and whatever else enters the residual stream.
    at::Tensor enter(const at::Tensor& x) const;
    // The layer in the rotated basis, its norms fused; in the dtype of its weights. `rotatesKeys`: R3 online.
    DecoderLayer rotated(const DecoderLayer&, bool rotatesKeys) const;
    // Back from what rotated() made of one weight: a weight of the rotated basis (e.g. quantized there) in
    // the model's own. `norms`: the layer as the checkpoint has it. Float32.
    at::Tensor restored(Module, const at::Tensor& weight, const DecoderLayer& norms) const;
    // Final norm and head in one: W diag(gamma) R1, to be read after a norm without weight.
    at::Tensor head(const at::Tensor& head, const at::Tensor& finalNorm) const;

private:
    at::Tensor perHead(const at::Tensor& channels, std::int64_t heads, bool isInverse) const;
    at::Tensor leave(const at::Tensor& x) const; // x R1^T along the last dimension, float64
    at::Tensor readsResidual(const at::Tensor& weight, const at::Tensor& norm) const; // W diag(gamma) R1
    Linear writesResidual(const Linear&) const;                                       // R1^T W, b R1

    DecoderConfig m_config;
    at::Tensor m_signs; // [hidden], float64
    std::shared_ptr<const rotation::HadamardTransform> m_residual, m_head, m_intermediate;
};

}
