// The demo's benchmarks: prompts as trained on, and the scores of the reference predictions.
#include "engine/evaluation/benchmark.h"
#include "engine/evaluation/benchmark_score.h"
#include "support/golden.h"

#include <gtest/gtest.h>

namespace vlmptq::evaluation {
namespace {

using nlohmann::json;

class DemoBenchmark : public testing::TestWithParam<std::string> {
protected:
    const std::unique_ptr<Benchmark> benchmark =
        openBenchmark(test::demoDir() / "bench" / (GetParam() + ".tsv"));
};
INSTANTIATE_TEST_SUITE_P(Demo, DemoBenchmark,
                         testing::Values("DemoChart", "DemoDoc", "DemoOCR", "DemoText", "DemoSci", "DemoSEED",
                                         "DemoMME_EN", "DemoMME_CN"),
                         [](const auto& benchmark) { return benchmark.param; });

TEST_P(DemoBenchmark, LoadsWithoutAnyProblem) {
    EXPECT_EQ(taskOf(*benchmark).id, GetParam());
    EXPECT_EQ(benchmark->items().size(), 200u);
    EXPECT_TRUE(benchmark->problems().empty()) << benchmark->problems().front().message;
    EXPECT_TRUE(benchmark->checkImages().empty());
}

TEST_P(DemoBenchmark, ReferencePredictionsGetTheirScores) {
    static const json reference = test::readJson(test::demoDir() / "reference_predictions.json");
    const json& expected = reference.at("tasks").at(GetParam());
    const Task& task = taskOf(*benchmark);
    std::vector<EvalItem> items;
    for (const json& prediction : expected.at("predictions")) {
        const BenchmarkItem& question = benchmark->items().at(items.size());
        ASSERT_EQ(question.id, std::to_string(prediction.at("index").get<int>()));
        EvalItem item;
        item.rawAnswer = prediction.at("prediction");
        applyScore(task, question, "lmms-eval/current", item);
        EXPECT_NEAR(*item.score, prediction.at("score").get<double>(), 1e-9) << prediction;
        items.push_back(item);
    }
    const BenchmarkScore score = aggregate(task, *benchmark, items, "lmms-eval/current");
    EXPECT_NEAR(score.score, expected.at("score").get<double>(), 1e-9 + 0.0005);
    EXPECT_LE(score.low, score.score);
    EXPECT_GE(score.high, score.score);
    EXPECT_TRUE(isComplete(score));
}

TEST(DemoPrompt, AsksForAWordALetterOrAChineseLetter) {
    const Task& task = *taskNamed("DemoSci");
    BenchmarkItem item;
    item.question = "Which?";
    EXPECT_EQ(task.prompt(item), "Which?\nAnswer the question using a single word or phrase.");
    item.options = {"Hen", "Fig", "", "Owl"};
    EXPECT_EQ(
        task.prompt(item),
        "Which?\nA. Hen\nB. Fig\nD. Owl\nAnswer with the option's letter from the given choices directly.");
    item.question = "哪个？";
    EXPECT_EQ(task.prompt(item), "哪个？\nA. Hen\nB. Fig\nD. Owl\n请直接使用所提供的选项字母作为答案回答。");
}

}
}
