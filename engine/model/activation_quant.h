// activation_quant.h - dynamic quantization of activations, per token or per group of a token's channels
// (method.md 13.2, 13.3): what is simulated in front of linears and in the key/value cache. Ranges come from
// the values themselves; nothing is calibrated. Pure functions; any thread, any device.
#pragma once
#include <ATen/ATen.h>

namespace vlmptq::model {

struct ActivationGrid {
    int bits = 16; // 16: the values stay as they are
    bool symmetric = false;
    double clip = 1.0;  // shrinks both ends of the range
    int groupSize = -1; // channels per range; -1: the whole last dimension
    bool isOn() const { return bits < 16; }
};

struct QuantizedActivation {
    at::Tensor codes;       // like the values, float: signed where symmetric
    at::Tensor scale, zero; // [rows * groups, 1], rows = product of all but the last dimension
};

// The last dimension must be a multiple of the group size.
QuantizedActivation quantizeActivation(const at::Tensor&, const ActivationGrid&);
// scale * (code - zero), in the values' dtype; the values themselves when the grid is off.
at::Tensor roundActivation(const at::Tensor&, const ActivationGrid&);

}
