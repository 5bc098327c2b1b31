#include "engine/checkpoint/run_folder.h"
#include "engine/core/error.h"
#include "engine/model/dequantize.h"
#include "engine/model/vlm.h"
#include "model/model_copy.h"

namespace vlmptq::model {
namespace {

checkpoint::QuantizedModule someCodes(const std::string& name, std::int64_t rows, std::int64_t columns,
                                      int groupSize) {
    checkpoint::QuantizedModule module;
    module.name = name;
    module.rows = rows;
    module.columns = columns;
    module.bits = 3;
    module.groupSize = groupSize;
    for (std::int64_t i = 0; i < rows * columns; ++i)
        module.codes.push_back(static_cast<std::uint8_t>((5 * i + i / 7) % 8));
    const std::int64_t groups = groupSize > 0 ? columns / groupSize : 1;
    for (std::int64_t i = 0; i < rows * groups; ++i) {
        module.scale.push_back(0.01f * static_cast<float>(1 + i % 9));
        module.zero.push_back(static_cast<std::uint8_t>(i % 8));
    }
    return module;
}

TEST(Dequantize, IsScaleTimesCodeMinusZeroOfTheColumnsGroup) {
    checkpoint::QuantizedModule module = someCodes("m", 3, 8, 4);
    for (const bool indexed : {false, true}) {
        if (indexed)
            module.groupIndex = {1, 0, 0, 1, 1, 1, 0, 0};
        const at::Tensor weight = dequantize(module);
        for (std::int64_t r = 0; r < 3; ++r)
            for (std::int64_t c = 0; c < 8; ++c) {
                const auto group = static_cast<std::size_t>(2 * r + (indexed ? module.groupIndex[c] : c / 4));
                const float expected =
                    module.scale[group] * (static_cast<float>(module.codes[8 * r + c]) - module.zero[group]);
                EXPECT_EQ(weight[r][c].item<float>(), expected) << r << " " << c;
            }
    }
}

class RunModel : public testing::Test {
protected:
    void writeRun(std::vector<checkpoint::QuantizedModule> firstLayer) {
        checkpoint::RunManifest manifest;
        manifest.modelFolder = model.path();
        manifest.config.model = model.path();
        manifest.layers = 3;
        checkpoint::writeManifest(run.path(), manifest);
        checkpoint::writeLayer(run.path(), 0, firstLayer);
        for (int i : {1, 2})
            checkpoint::writeLayer(
                run.path(), i,
                {someCodes("model.layers." + std::to_string(i) + ".mlp.up_proj", 128, 64, 16)});
    }
    std::string refusal() {
        try {
            openModel(run.path(), {})->loadLayer(0);
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::BadInput);
            return error.what();
        }
        return "accepted";
    }
    ModelCopy model;
    test::ScratchFolder run;
};

TEST_F(RunModel, TakesItsCodesAndTheRestFromTheModelFolder) {
    const auto codes = someCodes("model.layers.0.self_attn.k_proj", 32, 64, -1);
    writeRun({codes});
    const DecoderLayer layer = openModel(run.path(), {})->loadLayer(0);
    const DecoderLayer original = openModel(model.path(), {})->loadLayer(0);
    EXPECT_TRUE(layer[Module::K].weight.equal(dequantize(codes)));
    EXPECT_TRUE(layer[Module::K].bias.equal(original[Module::K].bias));
    EXPECT_TRUE(layer[Module::V].weight.equal(original[Module::V].weight));
    EXPECT_TRUE(layer.inputNorm.equal(original.inputNorm));
}

TEST_F(RunModel, RoundsToTheComputeDtypeLast) {
    const auto codes = someCodes("model.layers.0.mlp.down_proj", 64, 128, 32);
    writeRun({codes});
    const DecoderLayer layer = openModel(run.path(), {at::kBFloat16, at::kCPU})->loadLayer(0);
    EXPECT_TRUE(layer[Module::Down].weight.equal(dequantize(codes).to(at::kBFloat16)));
}

TEST_F(RunModel, RefusesAnUnfinishedRun) {
    writeRun({someCodes("model.layers.0.mlp.up_proj", 128, 64, 16)});
    std::filesystem::remove(checkpoint::layerFile(run.path(), 2));
    EXPECT_NE(refusal().find("decoder layer 2 of 3 is missing"), std::string::npos) << refusal();
}

TEST_F(RunModel, RefusesAModelFolderThatIsGoneOrDiffers) {
    writeRun({someCodes("model.layers.0.mlp.up_proj", 120, 64, 16)});
    EXPECT_NE(refusal().find("model.layers.0.mlp.up_proj is 120 x 64, in the model 128 x 64"),
              std::string::npos);
    writeRun({someCodes("model.layers.7.mlp.up_proj", 128, 64, 16)});
    EXPECT_NE(refusal().find("model.layers.7.mlp.up_proj, which decoder layer 0"), std::string::npos);
    model.changeConfig([](auto& config) { config["text_config"]["num_hidden_layers"] = 2; });
    EXPECT_NE(refusal().find("3 decoder layers"), std::string::npos);
    std::filesystem::rename(model.path(), model.path().string() + "-moved");
    EXPECT_NE(refusal().find("that folder is gone"), std::string::npos);
    std::filesystem::rename(model.path().string() + "-moved", model.path());
}

}
}
