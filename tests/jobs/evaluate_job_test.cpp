// An evaluation from request to rows: what is asked, what is kept, what a resume does not ask again.
#include "engine/jobs/run_job.h"
#include "engine/store/sqlite.h"
#include "support/fake_engine.h"
#include "support/scratch_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace vlmptq::jobs {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Quiet : public EventSink {
public:
    void onEvent(const Event& event) override {
        if (std::holds_alternative<event::ItemFinished>(event))
            ++items;
        if (react)
            react(event);
    }
    int items = 0;
    std::function<void(const Event&)> react;
};

class EvaluateJob : public ::testing::Test {
protected:
    EvaluateJob() {
        engine.script.benchmarks = {{.name = "DemoChart", .items = 10, .correctShare = 0.7},
                                    {.name = "DemoDoc", .items = 5, .correctShare = 0.4}};
        std::filesystem::create_directories(folder / "model");
        write("model/config.json", "{}");
        write("model/model.safetensors", "weights");
        request.model = folder / "model";
    }
    void write(const std::string& name, const std::string& content) {
        std::ofstream(folder / name) << content;
    }
    store::RunId finishedRun() {
        RunConfig config;
        config.model = (folder / "model").string();
        const auto run = store->createRun(config);
        quantize(engine, database, run, seen, {});
        return run;
    }
    std::vector<BenchmarkScore> go(std::optional<store::RunId> run, bool resume = false) {
        return evaluate(engine, database, run, request, seen, stop.get_token(), resume);
    }
    std::vector<EvalItem> items(std::optional<store::RunId> run = {}) {
        return store->items(run, request.model.string(), {});
    }

    test::ScratchFolder folder;
    std::filesystem::path database = folder / "runs.db";
    std::unique_ptr<store::RunStore> store = store::RunStore::open(database);
    test::FakeEngine engine;
    api::EvaluateRequest request;
    Quiet seen;
    std::stop_source stop;
};

TEST_F(EvaluateJob, ARunIsEvaluatedFromItsFolderAndItsAverageShown) {
    const auto run = finishedRun();
    const auto scores = go(run);
    ASSERT_THAT(scores, SizeIs(2));
    const auto record = requireRun(*store, run);
    EXPECT_EQ(engine.evaluateRequests.at(0).model, record.directory);
    EXPECT_EQ(record.averageScore, (70.0 + 40.0) / 2);
    ASSERT_THAT(store->scores(run), SizeIs(2));
    EXPECT_EQ(store->scores(run)[0].selection, "all");
    EXPECT_EQ(store->scores(run)[0].modelFingerprint, record.fingerprint);
    EXPECT_THAT(items(run), SizeIs(15));
    EXPECT_THAT(store->scores(std::nullopt, record.model), IsEmpty());
}

TEST_F(EvaluateJob, ACheckpointIsKeptUnderItsFolder) {
    request.limit = 3;
    go(std::nullopt);
    const auto scores = store->scores(std::nullopt, request.model.string());
    ASSERT_THAT(scores, SizeIs(2));
    EXPECT_EQ(scores[0].selection, "first 3");
    EXPECT_EQ(scores[0].score.items, 3);
    EXPECT_EQ(scores[0].modelFingerprint, checkpointFingerprint(request.model));
    EXPECT_THAT(items(), SizeIs(6));
}

TEST_F(EvaluateJob, AStopKeepsTheAnswersAndAResumeAsksOnlyTheRest) {
    seen.react = [&](const Event&) {
        if (seen.items == 7)
            stop.request_stop();
    };
    EXPECT_THROW(go(std::nullopt), Error);
    EXPECT_THAT(items(), SizeIs(7));
    EXPECT_THAT(store->scores(std::nullopt, request.model.string()), IsEmpty()) << "no half evaluation";
    seen.react = {};
    stop = {};
    go(std::nullopt, true);
    EXPECT_EQ(seen.items, 15);
    EXPECT_THAT(items(), SizeIs(15));
    ASSERT_THAT(store->scores(std::nullopt, request.model.string()), SizeIs(2));
    EXPECT_EQ(store->scores(std::nullopt, request.model.string())[0].score.items, 10);
}

TEST_F(EvaluateJob, WithoutResumeEverythingIsAskedAgain) {
    go(std::nullopt);
    go(std::nullopt);
    EXPECT_EQ(seen.items, 30);
    EXPECT_THAT(items(), SizeIs(15));
}

// Which of them still hold is the engine's business: it knows the questions, the pictures and the dtype.
TEST_F(EvaluateJob, AResumeHandsAllEarlierAnswersToTheEngine) {
    go(std::nullopt);
    EXPECT_THAT(engine.evaluateRequests.back().answered, IsEmpty());
    go(std::nullopt, true);
    EXPECT_THAT(engine.evaluateRequests.back().answered, SizeIs(15));
    EXPECT_EQ(engine.evaluateRequests.back().answered[0].settings, R"({"max_new_tokens":8})");
}

TEST_F(EvaluateJob, AnUnfinishedRunIsRefused) {
    const auto run = store->createRun(RunConfig());
    try {
        go(run);
        ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::BadInput);
        EXPECT_THAT(error.what(), HasSubstr("is queued with 0 of 0 layers"));
    }
}

TEST_F(EvaluateJob, AnAnswerTheDatabaseRefusesEndsTheEvaluation) {
    seen.react = [&](const Event&) {
        if (seen.items == 2)
            store::Connection(database, store::OpenMode::Create).execute("DROP TABLE IF EXISTS bench_item");
    };
    engine.script.itemDelay = std::chrono::milliseconds(1);
    try {
        go(std::nullopt);
        ADD_FAILURE() << "went on";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::Database);
        EXPECT_THAT(error.what(), HasSubstr("bench_item"));
    }
    EXPECT_LE(seen.items, 3);
}

TEST_F(EvaluateJob, TheFingerprintOfACheckpointFollowsItsFiles) {
    const auto before = checkpointFingerprint(request.model);
    EXPECT_EQ(checkpointFingerprint(request.model), before);
    write("model/notes.txt", "of no meaning");
    EXPECT_EQ(checkpointFingerprint(request.model), before);
    write("model/config.json", "{ }");
    EXPECT_NE(checkpointFingerprint(request.model), before);
    EXPECT_THROW(checkpointFingerprint(folder / "missing"), Error);
}

}
}
