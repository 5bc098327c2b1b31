// Events in, rows out; and what happens when the rows are refused.
#include "engine/store/run_attendant.h"
#include "engine/store/run_recorder.h"
#include "engine/store/sqlite.h"
#include "support/fake_engine.h"
#include "support/scratch_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

namespace vlmptq::store {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class Recorder : public ::testing::Test {
protected:
    std::string heartbeat() {
        Statement select(connection, "SELECT heartbeat_at FROM run");
        return select.step() ? select.text(0) : "";
    }
    event::LayerFinished layer(int number) const { return {test::scriptedLayer({}, RunConfig(), number)}; }

    test::ScratchFolder folder;
    std::filesystem::path database = folder / "runs.db";
    std::unique_ptr<RunStore> store = RunStore::open(database);
    RunId run = store->createRun(RunConfig());
    Connection connection{database, OpenMode::Create};
    std::vector<Control> requests;
    std::function<void(Control)> note = [this](Control control) { requests.push_back(control); };
};

TEST_F(Recorder, TurnsEventsIntoRows) {
    RunRecorder recorder(database, run);
    event::Started started;
    started.layers = 2;
    started.modules.resize(14);
    started.fingerprint = "f00d";
    started.fingerprintParts = "{}";
    recorder.onEvent(started);
    recorder.onEvent(event::Warning{"W-DAMP-01", "layers.0", "damping raised"});
    recorder.onEvent(event::Log{"hello"});
    recorder.onEvent(layer(0));
    recorder.onEvent(event::Memory{1000, 10});
    recorder.onEvent(event::RunFinished{test::scriptedSummary({}, RunConfig())});
    EXPECT_FALSE(recorder.problem());
    const auto record = requireRun(*store, run);
    EXPECT_EQ(record.layers, 2);
    EXPECT_EQ(record.modules, 14);
    EXPECT_EQ(record.fingerprint, "f00d");
    EXPECT_EQ(record.layersDone, 1);
    EXPECT_TRUE(record.summary);
    const auto log = store->log(run);
    ASSERT_THAT(log, SizeIs(2));
    EXPECT_EQ(log[0].severity, "warning");
    EXPECT_EQ(log[0].code, "W-DAMP-01");
    EXPECT_EQ(log[1].severity, "note");
    EXPECT_EQ(log[1].text, "hello");
    EXPECT_EQ(connection.number("SELECT resident_bytes FROM resource_sample"), 1000);
}

TEST_F(Recorder, HandsRequestsOnAtEveryLayerEnd) {
    RunRecorder recorder(database, run, note);
    store->requestControl(run, Control::StopNow);
    recorder.onEvent(event::Progress{});
    EXPECT_THAT(requests, SizeIs(0));
    recorder.onEvent(layer(0));
    EXPECT_THAT(requests, ElementsAre(Control::StopNow));
    recorder.onEvent(layer(1));
    EXPECT_THAT(requests, SizeIs(1));
}

TEST_F(Recorder, TheAttendantNeedsNoEventsToHearARequestAndToBeat) {
    std::promise<Control> asked;
    RunAttendant attendant(database, run, [&](Control control) { asked.set_value(control); },
                           {.heartbeat = 1ms, .control = 1ms});
    store->requestControl(run, Control::StopNow);
    EXPECT_EQ(asked.get_future().get(), Control::StopNow);
    EXPECT_EQ(heartbeat().size(), 20u);
    EXPECT_FALSE(attendant.problem());
}

TEST_F(Recorder, TheAttendantKeepsTheFirstTroubleAndGoesOn) {
    connection.execute("ALTER TABLE run RENAME TO gone");
    std::optional<Error> problem;
    {
        RunAttendant attendant(database, run, note, {.heartbeat = 1ms, .control = 1ms});
        while (!(problem = attendant.problem()))
            std::this_thread::yield();
    }
    EXPECT_EQ(problem->kind(), ErrorKind::Database);
}

TEST_F(Recorder, ThinsMemorySamples) {
    RunRecorder recorder(database, run, {}, 1h);
    for (int i = 0; i < 10; ++i)
        recorder.onEvent(event::Memory{1000, 0});
    EXPECT_EQ(connection.number("SELECT count(*) FROM resource_sample"), 1);
}

TEST_F(Recorder, ALostLayerStopsTheRun) {
    RunRecorder recorder(database, run, note);
    connection.execute("DROP TABLE layer_result");
    recorder.onEvent(layer(0));
    EXPECT_TRUE(recorder.hasLostResults());
    ASSERT_TRUE(recorder.problem());
    EXPECT_THAT(recorder.problem()->what(), HasSubstr("layer_result"));
    EXPECT_THAT(requests, ElementsAre(Control::StopNow));
}

TEST_F(Recorder, ALostLogLineDoesNot) {
    RunRecorder recorder(database, run, note);
    connection.execute("DROP TABLE event");
    recorder.onEvent(event::Log{"first"});
    recorder.onEvent(layer(0));
    EXPECT_FALSE(recorder.hasLostResults());
    ASSERT_TRUE(recorder.problem());
    EXPECT_THAT(requests, SizeIs(0));
    EXPECT_EQ(requireRun(*store, run).layersDone, 1);
}

TEST_F(Recorder, ALostAnswerIsReported) {
    int lost = 0;
    EvalRecorder recorder(database, {.run = run, .model = {}, .modelFingerprint = {}, .selection = {}},
                          [&] { ++lost; });
    connection.execute("DROP TABLE bench_item");
    recorder.onEvent(event::ItemFinished{});
    recorder.onEvent(event::ItemFinished{});
    EXPECT_EQ(lost, 1);
    EXPECT_TRUE(recorder.problem());
}

}
}
