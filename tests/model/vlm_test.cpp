#include "engine/core/error.h"
#include "engine/model/vlm.h"
#include "engine/workers.h"
#include "model/model_copy.h"
#include "model/watched_vlm.h"

namespace vlmptq::model {
namespace {

std::unique_ptr<Vlm> open(const std::filesystem::path& folder, at::ScalarType dtype = at::kFloat) {
    return openModel(folder, {dtype, at::kCPU});
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

families::ProcessedPrompt textPrompt(const Vlm& model, const std::string& text) {
    const std::vector<families::Message> messages{{"user", {{false, text}}, true}};
    return model.processor().process(messages, {});
}

TEST(OpenModel, NamesAMissingTensor) {
    ModelCopy copy;
    copy.dropTensor("model.layers.1.mlp.up_proj.weight");
    EXPECT_NE(refusal([&] { open(copy.path()); }).find("model.layers.1.mlp.up_proj.weight"),
              std::string::npos);
}

TEST(OpenModel, NamesAMissingTensorOfTheVisionTower) {
    ModelCopy copy;
    copy.dropTensor("visual.merger.mlp.2.bias");
    EXPECT_NE(refusal([&] { open(copy.path()); }).find("visual.merger.mlp.2.bias"), std::string::npos);
}

TEST(OpenModel, NamesATensorWhoseShapeContradictsTheConfig) {
    ModelCopy copy;
    copy.changeConfig([](auto& config) { config["text_config"]["intermediate_size"] = 120; });
    const std::string sentence = refusal([&] { open(copy.path()); });
    EXPECT_NE(sentence.find("model.layers.0.mlp.gate_proj.weight"), std::string::npos) << sentence;
    EXPECT_NE(sentence.find("[128, 64]"), std::string::npos) << sentence;
    EXPECT_NE(sentence.find("[120, 64]"), std::string::npos) << sentence;
}

TEST(OpenModel, RefusesSlidingWindows) {
    ModelCopy copy;
    copy.changeConfig([](auto& config) { config["text_config"]["use_sliding_window"] = true; });
    EXPECT_NE(refusal([&] { open(copy.path()); }).find("text_config.use_sliding_window"), std::string::npos);
}

TEST(OpenModel, PrefersTextConfigToFlatCopies) {
    ModelCopy copy;
    copy.changeConfig([](auto& config) { config["hidden_size"] = 32; });
    EXPECT_EQ(open(copy.path())->config().hidden, 64);
}

TEST(OpenModel, UsesAHeadThatIsThereWhateverTheFlagSays) {
    ModelCopy copy;
    const auto model = open(copy.path());
    const at::Tensor hidden = at::randn({1, 2, 64});
    const at::Tensor expected = model->logits(hidden);
    copy.changeConfig([](auto& config) { config["tie_word_embeddings"] = true; });
    EXPECT_TRUE(open(copy.path())->logits(hidden).equal(expected));
    copy.dropTensor("lm_head.weight");
    EXPECT_FALSE(open(copy.path())->logits(hidden).equal(expected));
}

TEST(Vlm, ComputesInTheDtypeItWasOpenedWith) {
    const auto model = open(goldenModel("qwen2_5_vl"), at::kBFloat16);
    const std::shared_ptr<const DecoderLayer> layer = model->layer(0);
    EXPECT_EQ((*layer)[Module::Q].weight.scalar_type(), at::kBFloat16);
    const Prefill prompt = prefill(*model, textPrompt(*model, "Hello"), {});
    EXPECT_EQ(prompt.cache[0].keys.scalar_type(), at::kBFloat16);
    EXPECT_EQ(prompt.lastLogits.scalar_type(), at::kFloat);
}

TEST(Vlm, KeepsLayersOnlyWhenAsked) {
    const auto model = open(goldenModel("qwen2_5_vl"));
    std::weak_ptr<const DecoderLayer> seen = model->layer(1);
    EXPECT_TRUE(seen.expired());
    const auto used = model->layer(1);
    EXPECT_EQ(used, model->layer(1)) << "a layer in use is shared";
    model->keepResident(true);
    seen = model->layer(2);
    EXPECT_FALSE(seen.expired());
    model->keepResident(false);
    EXPECT_TRUE(seen.expired());
}

TEST(Vlm, LoadsAReleasedVisionTowerAgain) {
    const auto model = open(goldenModel("qwen2_5_vl"));
    const auto picture = image::decodeFile(goldenModel("qwen2_5_vl") / "images" / "small.png");
    const families::ImageInput input = model->processor().prepare(picture);
    const at::Tensor before = model->encodeImage(input);
    model->releaseVision();
    EXPECT_EQ(before.size(0), input.tokens);
    EXPECT_TRUE(model->encodeImage(input).equal(before));
}

TEST(Vlm, RefusesATokenWithoutAnEmbedding) {
    const auto model = open(goldenModel("qwen2_5_vl"));
    EXPECT_NE(refusal([&] { model->embedTokens({3, 768}); }).find("Token id 768"), std::string::npos);
}

TEST(Vlm, RefusesImageRowsThatDoNotFillThePrompt) {
    const auto model = open(goldenModel("qwen2_5_vl"));
    EXPECT_NE(refusal([&] {
                  model->embed(textPrompt(*model, "Hello"), at::zeros({2, 64}));
              }).find("0 image positions"),
              std::string::npos);
}

class GenerateTest : public testing::Test {
protected:
    std::unique_ptr<Vlm> model = open(goldenModel("qwen2_5_vl"));
    Prefill prompt = prefill(*model, textPrompt(*model, "What is 12 + 34? Answer with a number."), {});
};

TEST_F(GenerateTest, LeavesThePromptAsItWas) {
    const Generated first = generate(*model, prompt, {});
    EXPECT_EQ(prompt.cache[0].keys.size(2), prompt.length);
    EXPECT_EQ(generate(*model, prompt, {}).ids, first.ids);
}

TEST_F(GenerateTest, GivesTheSameAnswersOnManyThreads) {
    const Generated expected = generate(*model, prompt, {});
    std::vector<Generated> answers(8);
    Workers(4).forEach(
        8, [&](std::int64_t i) { answers[static_cast<std::size_t>(i)] = generate(*model, prompt, {}); });
    for (const Generated& answer : answers)
        EXPECT_EQ(answer.ids, expected.ids);
}

bool isStopped(const std::function<void(std::stop_token)>& work) {
    std::stop_source stop;
    stop.request_stop();
    try {
        work(stop.get_token());
    } catch (const Error& error) {
        return error.kind() == ErrorKind::Stopped;
    }
    return false;
}

TEST_F(GenerateTest, EveryPartLooksAtTheStopToken) {
    const auto question = textPrompt(*model, "Hello");
    const auto picture = image::decodeFile(goldenModel("qwen2_5_vl") / "images" / "small.png");
    const families::ImageInput image = model->processor().prepare(picture);
    const std::vector<std::int64_t> answer{17, 230};
    EXPECT_TRUE(isStopped([&](std::stop_token stop) { generate(*model, prompt, {}, stop); }));
    EXPECT_TRUE(isStopped([&](std::stop_token stop) { prefill(*model, question, {}, stop); }));
    EXPECT_TRUE(isStopped([&](std::stop_token stop) { model->encodeImage(image, stop); }));
    EXPECT_TRUE(
        isStopped([&](std::stop_token stop) { negativeLogLikelihood(*model, prompt, answer, stop); }));
}

TEST_F(GenerateTest, AStopIsSeenBeforeTheNextLayer) {
    std::stop_source stop;
    std::vector<int> used;
    const WatchedVlm watched(*model, [&](int layer) {
        used.push_back(layer);
        if (layer == 1)
            stop.request_stop();
    });
    ASSERT_GT(model->config().layers, 2);
    EXPECT_THROW(prefill(watched, textPrompt(*model, "Hello"), {}, stop.get_token()), Error);
    EXPECT_EQ(used, (std::vector<int>{0, 1}));
}

TEST_F(GenerateTest, EndsWithTheTokenThatCompletesTheStopText) {
    const text::Tokenizer& tokenizer = model->processor().tokenizer();
    const Generated whole = generate(*model, prompt, {.maxNewTokens = 12, .endIds = {-1}});
    ASSERT_EQ(whole.ids.size(), 12u);
    EXPECT_EQ(whole.end, AnswerEnd::Length);
    const std::vector<std::int64_t> begin(whole.ids.begin(), whole.ids.begin() + 5);
    const std::string fiveTokens = tokenizer.decode(begin, true);
    const Generated cut =
        generate(*model, prompt, {.maxNewTokens = 12, .endIds = {-1}, .stopText = fiveTokens});
    EXPECT_EQ(cut.ids, begin);
    EXPECT_EQ(cut.end, AnswerEnd::StopText);
    const Generated other =
        generate(*model, prompt, {.maxNewTokens = 12, .endIds = {-1}, .stopText = "ASSISTANT:"});
    EXPECT_EQ(other.ids, whole.ids);
}

TEST_F(GenerateTest, AnEndTokenIsTheEndAlsoWhereAStopTextIsWatchedFor) {
    const std::int64_t first = generate(*model, prompt, {}).ids.front();
    const Generated answer = generate(*model, prompt, {.endIds = {first}, .stopText = "ASSISTANT:"});
    EXPECT_EQ(answer.ids.size(), 1u);
    EXPECT_EQ(answer.end, AnswerEnd::EndToken);
}

TEST_F(GenerateTest, TakesTheLowestIdOfATie) {
    Prefill tied = prompt;
    tied.lastLogits = at::zeros({768});
    tied.lastLogits[700] = 2;
    tied.lastLogits[41] = 2;
    EXPECT_EQ(generate(*model, tied, {.maxNewTokens = 1, .endIds = {}}).ids, (std::vector<std::int64_t>{41}));
}

TEST_F(GenerateTest, PenalisesTokensOfThePromptInBothSigns) {
    Prefill chosen = prompt;
    chosen.ids = {5, 6};
    chosen.lastLogits = at::full({768}, -10.0f);
    chosen.lastLogits[5] = 4;
    chosen.lastLogits[7] = 3.9;
    const GenerateOptions options{.maxNewTokens = 1, .repetitionPenalty = 1.05, .endIds = {}};
    EXPECT_EQ(generate(*model, chosen, options).ids.front(), 7);
    chosen.lastLogits = at::full({768}, -10.0f);
    chosen.lastLogits[6] = -4;
    chosen.lastLogits[9] = -4.1;
    EXPECT_EQ(generate(*model, chosen, options).ids.front(), 9);
}

TEST_F(GenerateTest, RefusesLogitsThatAreNotNumbers) {
    Prefill broken = prompt;
    broken.lastLogits = at::full({768}, std::numeric_limits<float>::quiet_NaN());
    EXPECT_THROW(generate(*model, broken, {}), Error);
}

TEST_F(GenerateTest, AnswerLossEqualsThatOfOnePassOverEverything) {
    const std::vector<std::int64_t> answer{17, 230, 5, 722};
    families::ProcessedPrompt whole = textPrompt(*model, "What is 12 + 34? Answer with a number.");
    model->processor().append(whole, answer);
    const auto tokens = static_cast<std::int64_t>(whole.inputIds.size());
    const at::Tensor hidden =
        runDecoder(*model, model->embed(whole, {}),
                   at::tensor(whole.positionIds, at::kLong).view({whole.positionRows, tokens}));
    const at::Tensor logProbabilities = at::log_softmax(model->logits(hidden[0]).to(at::kDouble), -1);
    double expected = 0;
    for (std::size_t i = 0; i < answer.size(); ++i)
        expected -=
            logProbabilities[prompt.length - 1 + static_cast<std::int64_t>(i)][answer[i]].item<double>();
    EXPECT_NEAR(negativeLogLikelihood(*model, prompt, answer), expected, 1e-4);
    EXPECT_EQ(negativeLogLikelihood(*model, prompt, {}), 0);
}

}
}
