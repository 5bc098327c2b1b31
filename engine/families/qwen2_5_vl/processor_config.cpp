#include "engine/families/qwen2_5_vl/processor_config.h"

namespace vlmptq::families::qwen2_5_vl {
namespace {

constexpr double kDefaultRopeTheta = 1e6;

}

VisionConfig readVisionConfig(const model::ConfigFields& fields, std::int64_t textHidden) {
    VisionConfig config;
    config.depth = fields.count("depth", 32);
    config.hidden = fields.count("hidden_size");
    config.heads = fields.count("num_heads", 16);
    config.intermediate = fields.count("intermediate_size");
    config.outHidden = fields.count("out_hidden_size", textHidden);
    config.channels = fields.count("in_channels", fields.count("in_chans", 3));
    config.patch = fields.count("patch_size", 14);
    config.temporalPatch = fields.count("temporal_patch_size", 2);
    config.merge = fields.count("spatial_merge_size", 2);
    config.windowCells = fields.count("window_size", 112) / config.merge / config.patch;
    config.fullAttentionBlocks = fields.integers("fullatt_block_indexes", {7, 15, 23, 31});
    if (config.windowCells < 1)
        fields.refuse("window_size", "is smaller than one merged patch");
    if (config.hidden % (4 * config.heads) != 0)
        fields.refuse("num_heads",
                      "is " + std::to_string(config.heads) + ", which does not divide hidden_size " +
                          std::to_string(config.hidden) + " into heads of a size divisible by 4");
    if (config.outHidden != textHidden)
        fields.refuse("out_hidden_size", "is " + std::to_string(config.outHidden) +
                                             " but the language model's hidden_size is " +
                                             std::to_string(textHidden));
    if (const auto act = fields.word("hidden_act", "silu"); act != "silu")
        fields.refuse("hidden_act", "is \"" + act + "\", which is not supported; supported: silu");
    return config;
}

// Flat files hold the text fields at the top; text_config wins where both are present (models.md 5.1).
Configs readConfigs(const checkpoint::Checkpoint& files) {
    const model::ConfigFields top(files.config(), (files.folder() / "config.json").string());
    const model::ConfigFields text = top.object("text_config").value_or(top);
    Configs configs{model::readDecoderConfig(text, kDefaultRopeTheta), {}};
    if (configs.text.mropeSection.empty())
        text.refuse("rope_parameters.mrope_section", "is missing");
    const auto vision = top.object("vision_config");
    if (!vision)
        top.refuse("vision_config", "is missing");
    configs.vision = readVisionConfig(*vision, configs.text.hidden);
    return configs;
}

}
