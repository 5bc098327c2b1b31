// Every case of golden/scoring, by the same way that `probe scoring` goes.
#include "engine/evaluation/benchmark.h"
#include "engine/evaluation/benchmark_row.h"
#include "engine/evaluation/benchmark_score.h"
#include "engine/evaluation/scorers/scorers.h"
#include "engine/evaluation/scorers/textvqa_words.h"
#include "support/golden.h"
#include "support/scratch_folder.h"

#include <gtest/gtest.h>

#include <numeric>

namespace vlmptq::evaluation {
namespace {

using nlohmann::json;

const std::vector<std::string> kBenchmarks{"chartqa",          "docvqa_val", "mme_realworld_en",
                                           "mme_realworld_cn", "ocrbench",   "scienceqa_img",
                                           "seedbench_2_plus", "textvqa_val"};

json golden(const std::string& name) {
    return test::readJson(test::goldenDir() / "scoring" / (name + ".json"));
}

json probed(const std::string& name, const std::string& ruleset) {
    const test::ScratchFolder scratch;
    const std::vector<std::filesystem::path> files{test::goldenDir() / "scoring" / (name + ".json")};
    probeScoring(files, scratch.path(), ruleset);
    return test::readJson(scratch.path() / (name + ".json"));
}

class GoldenScores : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Benchmarks, GoldenScores, testing::ValuesIn(kBenchmarks),
                         [](const auto& benchmark) { return benchmark.param; });

TEST_P(GoldenScores, AreReproducedExactly) {
    const json expected = golden(GetParam()), results = probed(GetParam(), "lmms-eval/current");
    ASSERT_FALSE(expected.at("score_cases").empty());
    for (const json& scoreCase : expected.at("score_cases")) {
        const json& result = results.at(scoreCase.at("id").get<std::string>());
        EXPECT_NEAR(result.at("score").get<double>(), scoreCase.at("expected_score").get<double>(), 1e-9)
            << scoreCase;
        EXPECT_EQ(result.at("parsed"), scoreCase.at("expected_parsed")) << scoreCase;
    }
}

TEST_P(GoldenScores, OfThePapersTimeDifferForOcrBenchOnly) {
    const json expected = golden(GetParam()), results = probed(GetParam(), "2025");
    const char* field = GetParam() == "ocrbench" ? "expected_score_rules_2025" : "expected_score";
    for (const json& scoreCase : expected.at("score_cases"))
        EXPECT_NEAR(results.at(scoreCase.at("id").get<std::string>()).at("score").get<double>(),
                    scoreCase.at(field).get<double>(), 1e-9)
            << scoreCase;
}

TEST_P(GoldenScores, PromptsAreBuiltFromTsvAndParquetRows) {
    const json expected = golden(GetParam()), results = probed(GetParam(), "current");
    const Task& task = *taskNamed(GetParam());
    ASSERT_FALSE(expected.at("prompt_cases").empty());
    for (const json& promptCase : expected.at("prompt_cases")) {
        const std::string prompt = promptCase.at("expected_prompt");
        EXPECT_EQ(results.at(promptCase.at("id").get<std::string>()).at("prompt"), prompt);
        for (const char* form : {"tsv_row", "hf_row"}) {
            BenchmarkItem item;
            Problems problems;
            task.read(rowFromJson(promptCase.at(form)), item, problems);
            EXPECT_EQ(task.prompt(item), prompt) << form;
            EXPECT_FALSE(item.references.empty()) << form;
            for (const LoadProblem& problem : problems)
                EXPECT_TRUE(problem.isWarning) << problem.message;
        }
    }
}

TEST_P(GoldenScores, MeanIsTheHeadlineFigure) {
    const json expected = golden(GetParam()), results = probed(GetParam(), "current");
    double sum = 0;
    for (const json& scoreCase : expected.at("score_cases"))
        sum += results.at(scoreCase.at("id").get<std::string>()).at("score").get<double>();
    const json& figures = expected.at("aggregate");
    const double mean = sum / double(expected.at("score_cases").size());
    double headline = -1;
    for (const char* name : {"relaxed_overall", "anls", "overall", "accuracy_on_these_cases", "exact_match",
                             "seedbench_2_plus_all"})
        if (figures.contains(name))
            headline = figures.at(name);
    EXPECT_NEAR(mean, headline, 1e-9);
}

TEST(VqaWords, AreTheGoldenTables) {
    const json words = golden("vqa_words");
    for (const auto& [word, digit] : words.at("numbers").items())
        EXPECT_EQ(textvqa::digitOf(word), digit);
    for (const auto& [word, full] : words.at("contractions").items())
        EXPECT_EQ(textvqa::withApostrophe(word), full);
    for (const auto& article : words.at("articles"))
        EXPECT_TRUE(textvqa::isArticle(article));
    EXPECT_EQ(textvqa::digitOf("eleven"), "eleven");
    EXPECT_EQ(textvqa::withApostrophe("word"), "word");
}

TEST(ProbeScoring, SkipsFilesWithoutCases) {
    const test::ScratchFolder scratch;
    const auto folder = test::goldenDir() / "scoring";
    probeScoring(std::vector<std::filesystem::path>{folder / "index.json", folder / "statistics.json"},
                 scratch.path(), "current");
    EXPECT_TRUE(std::filesystem::is_empty(scratch.path()));
}

TEST(ProbeScoring, RefusesUnknownRulesAndOtherJson) {
    const test::ScratchFolder scratch;
    EXPECT_THROW(probeScoring({}, scratch.path(), "lmms-eval/2031"), Error);
    const auto file = scratch.path() / "broken.json";
    std::ofstream(file) << R"({"benchmark": "chartqa", "score_cases": [{"id": "x"}]})";
    const auto probe = [&] { probeScoring(std::vector{file}, scratch.path(), "current"); };
    EXPECT_THROW(probe(), Error);
    std::ofstream(file) << R"({"benchmark": "nobodys", "score_cases": []})";
    EXPECT_THROW(probe(), Error);
}

// The consequences benchmarks.md 5.4 asks to make visible.
TEST(AnswerStatus, ShowsAnswersThatOnlyAnOddityUnderstands) {
    const Task& mme = *taskNamed("mme_realworld_en");
    BenchmarkItem item;
    item.references = {"A"};
    EXPECT_EQ(mme.score(item, "", kRulesCurrent).status, "empty");
    EXPECT_EQ(mme.score(item, "", kRulesCurrent).score, 1);
    EXPECT_EQ(mme.score(item, "(", kRulesCurrent).status, "unparsed");
    EXPECT_EQ(mme.score(item, "(", kRulesCurrent).parsed, "A");
    EXPECT_EQ(mme.score(item, "b.", kRulesCurrent).status, "unparsed");
    EXPECT_EQ(mme.score(item, "a", kRulesCurrent).status, "ok");
    EXPECT_EQ(mme.score(item, "The answer", kRulesCurrent).status, "unparsed");
    const Task& seed = *taskNamed("seedbench_2_plus");
    EXPECT_EQ(seed.score(item, "(A)", kRulesCurrent).status, "unparsed");
    EXPECT_EQ(seed.score(item, "\n", kRulesCurrent).status, "empty");
    EXPECT_EQ(taskNamed("scienceqa_img")->score(item, "(A)", kRulesCurrent).status, "unparsed");
}

TEST(Scorers, WithoutReferencesGiveNothing) {
    for (const Task& task : tasks())
        EXPECT_EQ(task.score({}, "", kRulesCurrent).score, 0) << task.id;
}

TEST(TextVqa, RemovesAtMost32Periods) {
    EXPECT_EQ(textvqa::processedAnswer("xyz" + std::string(40, '.')), "xyz" + std::string(8, '.'));
}

}
}
