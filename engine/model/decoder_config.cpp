#include "engine/model/decoder_config.h"

#include <numeric>

namespace vlmptq::model {
namespace {

void checkRopeType(const ConfigFields& rope) {
    for (const char* key : {"rope_type", "type"}) {
        const std::string type = rope.word(key, "default");
        if (type != "default" && type != "mrope")
            rope.refuse(key, "is \"" + type + "\", which is not supported; supported: default, mrope");
    }
}

// Newer files: rope_parameters with everything; older ones: rope_theta beside rope_scaling, which may be
// null.
void readRope(const ConfigFields& text, double defaultTheta, DecoderConfig& config) {
    config.ropeTheta = text.positive("rope_theta", defaultTheta);
    auto rope = text.object("rope_parameters");
    if (!rope)
        rope = text.object("rope_scaling");
    if (!rope)
        return;
    checkRopeType(*rope);
    config.ropeTheta = rope->positive("rope_theta", config.ropeTheta);
    config.mropeSection = rope->integers("mrope_section", {});
    const auto sum = std::accumulate(config.mropeSection.begin(), config.mropeSection.end(), std::int64_t{0});
    if (!config.mropeSection.empty() && (config.mropeSection.size() != 3 || 2 * sum != config.headDim))
        rope->refuse("mrope_section", "must be three numbers with the sum " +
                                          std::to_string(config.headDim / 2) + ", half the head size");
}

}

DecoderConfig readDecoderConfig(const ConfigFields& text, double defaultRopeTheta) {
    DecoderConfig config;
    config.hidden = text.count("hidden_size");
    config.layers = text.count("num_hidden_layers");
    config.heads = text.count("num_attention_heads");
    config.kvHeads = text.count("num_key_value_heads", config.heads);
    config.intermediate = text.count("intermediate_size");
    config.vocab = text.count("vocab_size");
    config.normEps = text.positive("rms_norm_eps");
    config.maxPositions = text.count("max_position_embeddings", 32768);
    if (config.hidden % (2 * config.heads) != 0)
        text.refuse("num_attention_heads", "is " + std::to_string(config.heads) +
                                               ", which does not divide hidden_size " +
                                               std::to_string(config.hidden) + " into heads of even size");
    if (config.heads % config.kvHeads != 0)
        text.refuse("num_key_value_heads", "is " + std::to_string(config.kvHeads) +
                                               ", which does not divide num_attention_heads " +
                                               std::to_string(config.heads));
    config.headDim = config.hidden / config.heads;
    if (const auto act = text.word("hidden_act", "silu"); act != "silu")
        text.refuse("hidden_act", "is \"" + act + "\", which is not supported; supported: silu");
    if (text.flag("use_sliding_window", false))
        text.refuse("use_sliding_window", "is true: attention in sliding windows is not supported");
    readRope(text, defaultRopeTheta, config);
    return config;
}

}
