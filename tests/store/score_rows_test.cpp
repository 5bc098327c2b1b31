// Scores and answers of runs and of full-precision checkpoints.
#include "engine/store/run_store.h"
#include "engine/store/sqlite.h"
#include "support/fake_engine.h"
#include "support/scratch_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vlmptq::store {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class ScoreRows : public ::testing::Test {
protected:
    ScoreRecord record(std::optional<RunId> of, const std::string& benchmark, double score) const {
        ScoreRecord record;
        record.run = of;
        record.model = "/models/demo";
        record.modelFingerprint = "f00d";
        record.selection = "first 50";
        record.score =
            test::scriptedScore({.name = benchmark}, "lmms-eval/current", {test::scriptedItem({}, 1)});
        record.score.score = score;
        return record;
    }

    test::ScratchFolder folder;
    std::unique_ptr<RunStore> store = RunStore::open(folder / "runs.db");
    RunId run = store->createRun([] {
        RunConfig config;
        config.model = "/models/demo";
        return config;
    }());
};

TEST_F(ScoreRows, KeepEveryField) {
    auto expected = record(run, "DemoChart", 71.3);
    expected.score.empty = 1;
    expected.score.unparsed = 2;
    expected.score.truncated = 3;
    expected.score.errors = 4;
    const auto id = store->addScore(expected);
    const auto scores = store->scores(run);
    ASSERT_THAT(scores, SizeIs(1));
    const auto& [gotId, gotRun, model, fingerprint, at, selection, s] = scores[0];
    EXPECT_EQ(gotId, id);
    EXPECT_EQ(gotRun, run);
    EXPECT_EQ(model, "/models/demo");
    EXPECT_EQ(fingerprint, "f00d");
    EXPECT_EQ(at.size(), 20u);
    EXPECT_EQ(selection, "first 50");
    const auto& e = expected.score;
    EXPECT_EQ(s.benchmark, "DemoChart");
    EXPECT_EQ(s.title, e.title);
    EXPECT_EQ(s.scorer, e.scorer);
    EXPECT_EQ(s.ruleset, "lmms-eval/current");
    EXPECT_EQ(s.items, e.items);
    EXPECT_EQ(s.scored, e.scored);
    EXPECT_EQ(s.expected, e.expected);
    EXPECT_EQ(s.score, 71.3);
    EXPECT_EQ(s.low, e.low);
    EXPECT_EQ(s.high, e.high);
    EXPECT_EQ(s.answerLoss, e.answerLoss);
    EXPECT_EQ(s.answerLossLow, e.answerLossLow);
    EXPECT_EQ(s.answerLossHigh, e.answerLossHigh);
    EXPECT_EQ(s.answerTokens, e.answerTokens);
    EXPECT_EQ(s.empty, 1);
    EXPECT_EQ(s.unparsed, 2);
    EXPECT_EQ(s.truncated, 3);
    EXPECT_EQ(s.errors, 4);
    EXPECT_EQ(s.seconds, e.seconds);
    EXPECT_EQ(s.manifest, e.manifest);
}

TEST_F(ScoreRows, TheNewestScoreOfABenchmarkCounts) {
    store->addScores({record(run, "DemoChart", 50), record(run, "DemoDoc", 60)});
    store->addScore(record(run, "DemoChart", 70));
    const auto scores = store->scores(run);
    ASSERT_THAT(scores, SizeIs(2));
    EXPECT_EQ(scores[0].score.score, 70);
    EXPECT_EQ(scores[1].score.score, 60);
}

TEST_F(ScoreRows, TheAverageIsOverTheWidestEvaluationAndOfThoseTheNewest) {
    store->addScores({record(run, "DemoChart", 50), record(run, "DemoDoc", 60)});
    EXPECT_EQ(requireRun(*store, run).averageScore, 55);
    store->addScore(record(run, "DemoChart", 90));
    EXPECT_EQ(requireRun(*store, run).averageScore, 55) << "one benchmark more is no new average";
    store->addScores({record(run, "DemoChart", 70), record(run, "DemoDoc", 80)});
    EXPECT_EQ(requireRun(*store, run).averageScore, 75);
}

TEST_F(ScoreRows, FullPrecisionIsKeptApartFromRuns) {
    store->addScore(record(run, "DemoChart", 50));
    store->addScore(record(std::nullopt, "DemoChart", 95));
    ASSERT_THAT(store->scores(run), SizeIs(1));
    EXPECT_EQ(store->scores(run)[0].score.score, 50);
    const auto scores = store->scores(std::nullopt, "/models/demo/");
    ASSERT_THAT(scores, SizeIs(1));
    EXPECT_EQ(scores[0].score.score, 95);
    EXPECT_FALSE(scores[0].run);
    EXPECT_THAT(store->scores(std::nullopt, "/models/other"), IsEmpty());
    EXPECT_FALSE(requireRun(*store, run).averageScore == 95);
}

TEST_F(ScoreRows, AnItemKeepsEveryField) {
    auto expected = test::scriptedItem({}, 7);
    expected.error = "picture unreadable";
    expected.score.reset();
    expected.parsed.reset();
    expected.l2Category = "l2";
    expected.options = {"(A) 17", ""};
    store->addItem(run, "/models/demo", expected);
    const auto items = store->items(run, {}, "DemoChart");
    ASSERT_THAT(items, SizeIs(1));
    const auto& item = items[0];
    EXPECT_EQ(item.benchmark, expected.benchmark);
    EXPECT_EQ(item.id, expected.id);
    EXPECT_EQ(item.row, expected.row);
    EXPECT_EQ(item.category, expected.category);
    EXPECT_EQ(item.l2Category, "l2");
    EXPECT_EQ(item.prompt, expected.prompt);
    EXPECT_EQ(item.promptSha256, expected.promptSha256);
    EXPECT_EQ(item.references, expected.references);
    EXPECT_EQ(item.options, (std::vector<std::string>{"(A) 17", ""}));
    EXPECT_EQ(item.ruleset, "lmms-eval/current");
    EXPECT_EQ(item.settings, expected.settings);
    EXPECT_EQ(item.rawAnswer, expected.rawAnswer);
    EXPECT_EQ(item.parsed, expected.parsed);
    EXPECT_EQ(item.status, expected.status);
    EXPECT_EQ(item.finish, expected.finish);
    EXPECT_EQ(item.answer, expected.answer);
    EXPECT_EQ(item.imageSha256, expected.imageSha256);
    EXPECT_FALSE(item.score);
    EXPECT_EQ(item.answerNll, expected.answerNll);
    EXPECT_EQ(item.answerTokens, expected.answerTokens);
    EXPECT_EQ(item.tokenIds, expected.tokenIds);
    EXPECT_EQ(item.promptTokens, expected.promptTokens);
    EXPECT_EQ(item.visionTokens, expected.visionTokens);
    EXPECT_EQ(item.prefillSeconds, expected.prefillSeconds);
    EXPECT_EQ(item.decodeSeconds, expected.decodeSeconds);
    EXPECT_EQ(item.error, "picture unreadable");
}

TEST_F(ScoreRows, ALaterAnswerReplacesTheEarlierOne) {
    auto item = test::scriptedItem({}, 1);
    store->addItem(run, "/models/demo", item);
    item.rawAnswer = "later";
    store->addItem(run, "", item);
    ASSERT_THAT(store->items(run, {}, {}), SizeIs(1));
    EXPECT_EQ(store->items(run, {}, {})[0].rawAnswer, "later");
    store->addItem(std::nullopt, "/models/demo", item);
    EXPECT_THAT(store->items(std::nullopt, "/models/demo", {}), SizeIs(1));
    EXPECT_THAT(store->items(run, {}, {}), SizeIs(1));
}

// One line per question as benchmarks.md 7 names its fields; absent is NULL, times are whole milliseconds.
TEST_F(ScoreRows, TheItemViewIsThePublishedRecord) {
    auto item = test::scriptedItem({}, 7);
    item.parsed.reset();
    store->addItem(run, {}, item);
    Connection connection(folder / "runs.db", OpenMode::ReadOnly);
    Statement record(connection,
                     "SELECT schema, benchmark, id, row, category, l2_category, prompt, prompt_sha256, "
                     "image_sha256, \"references\", options, raw_answer, finish, parsed, status, score, "
                     "ruleset, tokens_in, tokens_out, ms_prefill, ms_decode, error FROM v_items");
    ASSERT_TRUE(record.step());
    EXPECT_EQ(record.text(0), "vlm-eval-record/1");
    EXPECT_EQ(record.text(2), "7");
    EXPECT_EQ(record.text(4), "odd");
    EXPECT_TRUE(record.isNull(5));
    EXPECT_EQ(record.text(9), R"(["17","17.0"])");
    EXPECT_EQ(record.text(10), "[]");
    EXPECT_TRUE(record.isNull(13));
    EXPECT_EQ(record.integer(17), 60);
    EXPECT_EQ(record.integer(18), 3);
    EXPECT_EQ(record.integer(19), 20);
    EXPECT_EQ(record.integer(20), 10);
    EXPECT_TRUE(record.isNull(21));
}

// The views are for people with a spreadsheet: names and figures as documented.
TEST_F(ScoreRows, TheViewsShowWhatWasStored) {
    test::FakeScript script;
    store->saveLayer(run, test::scriptedLayer(script, RunConfig(), 0));
    store->addScore(record(run, "DemoChart", 50));
    store->addScore(record(run, "DemoChart", 70));
    store->addScore(record(std::nullopt, "DemoChart", 95));
    Connection connection(folder / "runs.db", OpenMode::ReadOnly);
    EXPECT_EQ(connection.number("SELECT count(*) FROM v_layers"), 7);
    Statement layer(connection,
                    "SELECT run_name, module_name, heldout_error, mu FROM v_layers WHERE module = 2");
    ASSERT_TRUE(layer.step());
    const auto module = test::scriptedModule(script, RunConfig(), 2);
    EXPECT_EQ(layer.text(0), "demo-w3-vlmptq");
    EXPECT_EQ(layer.text(1), module.name);
    EXPECT_EQ(layer.optionalReal(2), module.heldoutError.all);
    EXPECT_EQ(layer.optionalReal(3), module.awareness);
    Statement scores(connection, "SELECT run_name, score FROM v_scores ORDER BY score");
    ASSERT_TRUE(scores.step());
    EXPECT_EQ(scores.real(1), 70);
    ASSERT_TRUE(scores.step());
    EXPECT_EQ(scores.text(0), "full precision");
    EXPECT_EQ(scores.real(1), 95);
    EXPECT_FALSE(scores.step());
}

}
}
