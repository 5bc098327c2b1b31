#include "demo_run.h"
#include "engine/checkpoint/run_folder.h"

namespace vlmptq::test {
namespace {

std::vector<BenchmarkScore> evaluate(const std::filesystem::path& model, std::int64_t limit,
                                     Recorder& recorder, std::vector<EvalItem> answered = {}) {
    api::EvaluateRequest request;
    request.model = model;
    request.benchmarks = {demoDir() / "bench"};
    request.limit = limit;
    request.answered = std::move(answered);
    return realEngine()->evaluate(request, recorder, {});
}

// The predictions of the real transformers library, greedy, float32 arithmetic on the bfloat16 weights.
TEST(Evaluate, AnswersLikeTheReferenceImplementation) {
    Recorder recorder;
    const auto scores = evaluate(demoDir() / "model", 25, recorder);
    EXPECT_EQ(scores.size(), 8u);
    const auto reference = readJson(demoDir() / "reference_predictions.json").at("tasks");
    int equal = 0, asked = 0;
    for (const auto& finished : recorder.all<event::ItemFinished>()) {
        const auto& item = finished.item;
        const auto& expected =
            reference.at(item.benchmark).at("predictions").at(static_cast<std::size_t>(item.row - 1));
        ++asked;
        const bool isSame = item.rawAnswer == expected.at("prediction").get<std::string>();
        equal += isSame && item.tokenIds == expected.at("token_ids").get<std::vector<std::int64_t>>();
        EXPECT_NEAR(item.score.value(), expected.at("score").get<double>(), isSame ? 1e-9 : 1);
        EXPECT_GT(item.answerTokens, 1);
    }
    EXPECT_EQ(asked, 200);
    EXPECT_GE(equal, 199);
}

TEST(Evaluate, CountsTheAnswersOfAnInterruptedEvaluation) {
    Recorder whole, rest;
    const auto expected = evaluate(demoDir() / "model", 4, whole);
    std::vector<EvalItem> answered;
    for (const auto& finished : whole.all<event::ItemFinished>())
        if (finished.item.row <= 2)
            answered.push_back(finished.item);
    const auto resumed = evaluate(demoDir() / "model", 4, rest, answered);
    EXPECT_EQ(rest.all<event::ItemFinished>().size(), 16u) << "two open questions in each of eight files";
    for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ(resumed[i].score, expected[i].score);
        EXPECT_DOUBLE_EQ(resumed[i].answerLoss, expected[i].answerLoss);
    }
}

TEST(Evaluate, OpensARunFolderLikeACheckpoint) {
    ScratchFolder folder;
    Recorder recorder;
    auto request = demoRequest(folder.path(), "gptq");
    request.config.quant.weightBits = 8;
    realEngine()->quantize(request, recorder, {});
    const auto quantized = evaluate(folder.path(), 3, recorder),
               full = evaluate(demoDir() / "model", 3, recorder);
    for (std::size_t i = 0; i < full.size(); ++i)
        EXPECT_NEAR(quantized[i].answerLoss, full[i].answerLoss, 0.02);
}

}
}
