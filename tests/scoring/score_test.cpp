#include "engine/core/stats.h"
#include "engine/evaluation/benchmark_score.h"

#include <gtest/gtest.h>

namespace vlmptq::evaluation {
namespace {

class FakeBenchmark : public Benchmark {
public:
    explicit FakeBenchmark(std::int64_t rows) : m_rows(rows) {}
    const std::string& name() const override { return m_name; }
    const std::filesystem::path& file() const override { return m_file; }
    const Task* task() const override { return nullptr; }
    const std::vector<BenchmarkItem>& items() const override { return m_items; }
    std::int64_t rows() const override { return m_rows; }
    std::uint64_t fileBytes() const override { return 0; }
    const std::string& fileMd5() const override { return m_md5; }
    const std::vector<LoadProblem>& problems() const override { return m_problems; }
    const std::map<std::string, std::int64_t>& problemCounts() const override { return m_counts; }
    std::vector<std::vector<std::uint8_t>> imageBytes(const BenchmarkItem&) const override { return {}; }
    std::vector<LoadProblem> checkImages(std::stop_token, const LoadProgress&) const override { return {}; }

private:
    std::string m_name = "Fake", m_md5;
    std::filesystem::path m_file;
    std::vector<BenchmarkItem> m_items;
    std::vector<LoadProblem> m_problems;
    std::map<std::string, std::int64_t> m_counts;
    std::int64_t m_rows;
};

EvalItem answered(std::optional<double> score, const std::string& status, double nll = 0, int tokens = 0) {
    EvalItem item;
    item.score = score;
    item.status = status;
    item.answerNll = nll;
    item.answerTokens = tokens;
    item.prefillSeconds = 0.5;
    item.decodeSeconds = 0.25;
    return item;
}

TEST(Aggregate, CountsEveryStatusAndLeavesErrorsOut) {
    const std::vector<EvalItem> items{answered(1, "ok"), answered(0, "empty"), answered(0, "unparsed"),
                                      answered(1, "truncated"), answered({}, "error")};
    const BenchmarkScore score =
        aggregate(*taskNamed("DemoChart"), FakeBenchmark(200), items, "lmms-eval/current");
    EXPECT_EQ(score.benchmark, "Fake");
    EXPECT_EQ(score.scorer, "chartqa");
    EXPECT_EQ(score.ruleset, "lmms-eval/current");
    EXPECT_EQ(score.items, 5);
    EXPECT_EQ(score.scored, 4);
    EXPECT_EQ(score.expected, 200);
    EXPECT_FALSE(isComplete(score));
    EXPECT_EQ(score.empty, 1);
    EXPECT_EQ(score.unparsed, 1);
    EXPECT_EQ(score.truncated, 1);
    EXPECT_EQ(score.errors, 1);
    EXPECT_DOUBLE_EQ(score.score, 50);
    EXPECT_DOUBLE_EQ(score.seconds, 3.75);
    EXPECT_DOUBLE_EQ(score.low, 100 * stats::wilson(2, 4).low);
    EXPECT_DOUBLE_EQ(score.high, 100 * stats::wilson(2, 4).high);
}

TEST(Aggregate, BootstrapsGradedScores) {
    const std::vector<double> scores{0.3, 1, 0.6, 0.9, 0};
    std::vector<EvalItem> items;
    for (const double score : scores)
        items.push_back(answered(score, "ok"));
    const BenchmarkScore score =
        aggregate(*taskNamed("DemoText"), FakeBenchmark(200), items, "lmms-eval/current");
    const MeanInterval expected = stats::bootstrapMean(scores);
    EXPECT_DOUBLE_EQ(score.score, 100 * expected.mean);
    EXPECT_DOUBLE_EQ(score.low, 100 * expected.low);
    EXPECT_DOUBLE_EQ(score.high, 100 * expected.high);
}

TEST(Aggregate, AnswerLossIsPerTokenOverAllQuestions) {
    const std::vector<EvalItem> items{answered(1, "ok", 2, 1), answered(0, "ok", 1, 3),
                                      answered({}, "error")};
    const BenchmarkScore score =
        aggregate(*taskNamed("DemoChart"), FakeBenchmark(3), items, "lmms-eval/current");
    EXPECT_DOUBLE_EQ(score.answerLoss, 0.75);
    EXPECT_EQ(score.answerTokens, 4);
    EXPECT_DOUBLE_EQ(score.answerLossLow, 1.0 / 3);
    EXPECT_DOUBLE_EQ(score.answerLossHigh, 2);
}

TEST(Aggregate, OfNothingIsZero) {
    const BenchmarkScore score =
        aggregate(*taskNamed("DemoChart"), FakeBenchmark(200), {}, "lmms-eval/current");
    EXPECT_EQ(score.score, 0);
    EXPECT_EQ(score.high, 0);
    EXPECT_EQ(score.answerLoss, 0);
}

TEST(ExpectedRows, AreThePublishersButForMmeRealWorldRoughly) {
    EXPECT_EQ(expectedRows(*taskNamed("chartqa"), 2400), 2500);
    EXPECT_EQ(expectedRows(*taskNamed("chartqa"), 2500), 2500);
    EXPECT_EQ(expectedRows(*taskNamed("mme_realworld_cn"), 5900), 5900);
    EXPECT_EQ(expectedRows(*taskNamed("mme_realworld_cn"), 1000), 5917);
}

TEST(AnswerLoss, IsOfTheFirstReference) {
    BenchmarkItem item;
    EXPECT_EQ(referenceForLoss(item), "");
    item.references = {"B", "other"};
    EXPECT_EQ(referenceForLoss(item), "B");
}

TEST(ApplyScore, MarksAnswersCutByTheLengthLimit) {
    BenchmarkItem question;
    question.references = {"14"};
    EvalItem item;
    item.rawAnswer = " 14\n";
    item.finish = "length";
    applyScore(*taskNamed("chartqa"), question, "lmms-eval/current", item);
    EXPECT_EQ(item.status, "truncated");
    EXPECT_EQ(item.score, 1);
    EXPECT_EQ(item.parsed, "14");
    item.rawAnswer = "";
    applyScore(*taskNamed("chartqa"), question, "lmms-eval/current", item);
    EXPECT_EQ(item.status, "empty");
}

}
}
