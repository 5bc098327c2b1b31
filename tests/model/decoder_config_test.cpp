#include "engine/core/error.h"
#include "engine/families/qwen2_5_vl/vision_tower.h"
#include "engine/model/decoder_config.h"
#include "model/support.h"

namespace vlmptq::model {
namespace {

using nlohmann::ordered_json;

ordered_json textFields() {
    return ordered_json::parse(R"({"hidden_size": 64, "num_hidden_layers": 3, "num_attention_heads": 4,
        "num_key_value_heads": 2, "intermediate_size": 128, "vocab_size": 768, "rms_norm_eps": 1e-6})");
}

DecoderConfig read(const ordered_json& fields) {
    return readDecoderConfig(ConfigFields(fields, "config.json"), 1e6);
}

std::string refusal(const std::function<void()>& work) {
    try {
        work();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::BadInput);
        return error.what();
    }
    return "accepted";
}

TEST(DecoderConfig, ReadsEverySpellingOfTheRotaryNumbers) {
    const std::vector<std::int64_t> sections{2, 3, 3};
    for (
        const char* rope : {
            R"({"rope_theta": 50.0, "rope_scaling": {"type": "mrope", "mrope_section": [2, 3, 3]}})",
            R"({"rope_theta": 50.0, "rope_scaling": {"type": "default", "rope_type": "default", "mrope_section": [2, 3, 3]}})",
            R"({"rope_parameters": {"rope_type": "default", "rope_theta": 50.0, "mrope_section": [2, 3, 3]}})",
            R"({"rope_theta": 50.0, "rope_parameters": {"rope_type": "mrope", "mrope_section": [2, 3, 3]}, "rope_scaling": null})",
        }) {
        ordered_json fields = textFields();
        fields.update(ordered_json::parse(rope));
        const DecoderConfig config = read(fields);
        EXPECT_EQ(config.mropeSection, sections) << rope;
        EXPECT_EQ(config.ropeTheta, 50.0) << rope;
    }
}

TEST(DecoderConfig, HasDefaultsForWhatFilesLeaveOut) {
    ordered_json fields = textFields();
    fields["num_key_value_heads"] = nullptr;
    const DecoderConfig config = read(fields);
    EXPECT_EQ(config.kvHeads, 4);
    EXPECT_EQ(config.headDim, 16);
    EXPECT_EQ(config.ropeTheta, 1e6);
    EXPECT_TRUE(config.mropeSection.empty());
    EXPECT_EQ(config.maxPositions, 32768);
}

TEST(DecoderConfig, NamesTheFieldItRefuses) {
    const std::vector<std::pair<const char*, const char*>> cases{
        {R"({"use_sliding_window": true})", "config.json: use_sliding_window is true"},
        {R"({"hidden_size": null})", "hidden_size is missing"},
        {R"({"rms_norm_eps": null})", "rms_norm_eps is missing"},
        {R"({"num_hidden_layers": 0})", "num_hidden_layers is 0"},
        {R"({"num_hidden_layers": 2.5})", "num_hidden_layers is 2.5"},
        {R"({"vocab_size": "768"})", "vocab_size is \"768\""},
        {R"({"num_attention_heads": 3})", "num_attention_heads is 3, which does not divide hidden_size 64"},
        {R"({"num_key_value_heads": 3})", "num_key_value_heads is 3"},
        {R"({"hidden_act": "gelu"})", "hidden_act is \"gelu\""},
        {R"({"rope_scaling": {"type": "yarn"}})", "rope_scaling.type is \"yarn\""},
        {R"({"rope_scaling": {"type": "mrope", "mrope_section": [2, 3, 4]}})",
         "mrope_section must be three numbers"},
        {R"({"rope_parameters": [1]})", "rope_parameters is [1]"},
    };
    for (const auto& [change, expected] : cases) {
        ordered_json fields = textFields();
        fields.update(ordered_json::parse(change));
        EXPECT_NE(refusal([&] { read(fields); }).find(expected), std::string::npos)
            << change << ": " << refusal([&] { read(fields); });
    }
}

TEST(VisionConfig, FillsAbbreviatedObjects) {
    const auto fields =
        ordered_json::parse(R"({"hidden_size": 1280, "in_chans": 3, "intermediate_size": 3456})");
    const auto config = families::qwen2_5_vl::readVisionConfig(ConfigFields(fields, "config.json"), 5120);
    EXPECT_EQ(config.depth, 32);
    EXPECT_EQ(config.heads, 16);
    EXPECT_EQ(config.patchValues(), 1176);
    EXPECT_EQ(config.merge, 2);
    EXPECT_EQ(config.windowCells, 4);
    EXPECT_EQ(config.outHidden, 5120);
    EXPECT_EQ(config.fullAttentionBlocks, (std::vector<std::int64_t>{7, 15, 23, 31}));
}

TEST(VisionConfig, RefusesAnOutputTheDecoderCannotTake) {
    const auto fields =
        ordered_json::parse(R"({"hidden_size": 64, "intermediate_size": 16, "out_hidden_size": 48})");
    EXPECT_NE(refusal([&] {
                  families::qwen2_5_vl::readVisionConfig(ConfigFields(fields, "config.json"), 32);
              }).find("out_hidden_size is 48"),
              std::string::npos);
}

}
}
