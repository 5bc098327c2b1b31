// The rotated model is the same function (method.md 13): every golden layout of the family, with a picture.
#include "engine/core/error.h"
#include "engine/model/rotation.h"
#include "engine/model/vlm.h"
#include "model/model_copy.h"

#include <gtest/gtest.h>

namespace vlmptq::model {
namespace {

image::RgbImage stripes() {
    image::RgbImage picture;
    picture.width = 112;
    picture.height = 84;
    picture.pixels.resize(112 * 84 * 3);
    for (std::size_t i = 0; i < picture.pixels.size(); ++i)
        picture.pixels[i] = static_cast<std::uint8_t>((i * 7 + i / 336 * 13) % 251);
    return picture;
}

at::Tensor logitsOf(const Vlm& model) {
    const families::ImageInput picture = model.processor().prepare(stripes());
    const std::vector<families::Message> messages{{"user", {{true, ""}, {false, "What is it?"}}}};
    const auto prompt = model.processor().process(messages, {&picture, 1});
    return prefill(model, prompt, model.encodeImage(picture)).lastLogits;
}

TEST(Rotation, LeavesTheLogitsOfEveryLayoutAsTheyAre) {
    for (const char* name : {"qwen2_5_vl", "qwen2_5_vl-flat", "qwen2_5_vl-newnames-sharded"}) {
        const auto plain = logitsOf(*openModel(goldenModel(name), {}));
        for (const std::uint64_t seed : {0, 7}) {
            OpenOptions options;
            options.rotationSeed = seed;
            options.rotatesKeys = true;
            const auto rotated = logitsOf(*openModel(goldenModel(name), options));
            EXPECT_LE((rotated - plain).abs().max().item<double>(), 1e-3 * plain.abs().max().item<double>())
                << name;
            EXPECT_FALSE(at::equal(rotated, plain)) << "nothing was rotated";
        }
    }
}

TEST(Rotation, ChangesEveryWeightButNotWhatTheModelIs) {
    OpenOptions options;
    options.rotationSeed = 1;
    const auto plain = openModel(goldenModel("qwen2_5_vl"), {}),
               rotated = openModel(goldenModel("qwen2_5_vl"), options);
    const auto before = plain->loadLayer(0), after = rotated->loadLayer(0);
    for (std::size_t i = 0; i < before.linears.size(); ++i)
        EXPECT_FALSE(at::allclose(before.linears[i].weight, after.linears[i].weight)) << kModuleNames[i];
    EXPECT_TRUE(at::equal(after.inputNorm, at::ones_like(after.inputNorm)));
    EXPECT_TRUE(after.online.intermediate);
    EXPECT_FALSE(after.online.heads) << "keys are not quantized";
}

TEST(Rotation, EveryWeightComesBack) {
    const auto model = openModel(goldenModel("qwen2_5_vl"), {});
    const auto plain = model->loadLayer(0);
    const Rotation rotation(model->config(), 5);
    const auto rotated = rotation.rotated(plain, false);
    for (std::size_t i = 0; i < plain.linears.size(); ++i) {
        const auto back = rotation.restored(static_cast<Module>(i), rotated.linears[i].weight, plain);
        EXPECT_TRUE(at::allclose(back, plain.linears[i].weight, 1e-3, 1e-4)) << kModuleNames[i];
    }
}

TEST(Rotation, RefusesHeadsWithoutASylvesterMatrix) {
    DecoderConfig config;
    config.hidden = 96;
    config.heads = config.kvHeads = 4;
    config.headDim = 24;
    config.intermediate = 64;
    EXPECT_THROW(Rotation(config, 0), Error);
}

TEST(ActivationGrid, IsSimulatedInFrontOfEveryLinear) {
    OpenOptions fine, coarse;
    fine.input = {.bits = 8};
    coarse.input = {.bits = 4};
    const auto plain = logitsOf(*openModel(goldenModel("qwen2_5_vl"), {}));
    const auto errorOf = [&](const OpenOptions& options) {
        return (logitsOf(*openModel(goldenModel("qwen2_5_vl"), options)) - plain).norm().item<double>();
    };
    EXPECT_GT(errorOf(fine), 0);
    EXPECT_GT(errorOf(coarse), 4 * errorOf(fine));
}

TEST(CacheGrid, GivesTheSameTokensInOnePassAndTokenByToken) {
    OpenOptions options;
    options.cache = {.bits = 8, .clip = 0.95};
    const auto model = openModel(goldenModel("qwen2_5_vl"), options);
    const auto embeddings = model->embedTokens({5, 9, 14, 3});
    const auto whole = runDecoder(*model, embeddings, at::arange(4).unsqueeze(0));
    std::vector<KvCache> cache;
    for (std::int64_t t = 0; t < 4; ++t) {
        const auto one =
            runDecoder(*model, embeddings.narrow(1, t, 1), at::arange(t, t + 1).unsqueeze(0), &cache);
        EXPECT_TRUE(at::allclose(one[0][0], whole[0][t], 1e-4, 1e-4)) << t;
    }
}

}
}
