// simulation.h - what the settings of a run put between the linears of its layers: rotation and quantizers of
// activations and of the key/value cache (method.md 13).
#pragma once
#include "engine/core/config.h"
#include "engine/model/vlm.h"

namespace vlmptq::model {

ActivationGrid inputGrid(const QuantConfig&);
ActivationGrid cacheGrid(const QuantConfig&);
// With the run's rotation; `withQuantizers`: and its quantizers, as the finished run computes.
OpenOptions simulating(OpenOptions, const QuantConfig&, bool withQuantizers);

}
