#include "engine/model/simulation.h"

namespace vlmptq::model {

ActivationGrid inputGrid(const QuantConfig& config) {
    return {.bits = config.activationBits,
            .symmetric = config.activationSymmetric,
            .clip = config.activationClip};
}

ActivationGrid cacheGrid(const QuantConfig& config) {
    return {.bits = config.cacheBits, .clip = config.cacheClip};
}

OpenOptions simulating(OpenOptions options, const QuantConfig& config, bool withQuantizers) {
    if (config.rotate)
        options.rotationSeed = config.rotationSeed;
    options.rotatesKeys = cacheGrid(config).isOn();
    if (withQuantizers) {
        options.input = inputGrid(config);
        options.cache = cacheGrid(config);
    }
    return options;
}

}
