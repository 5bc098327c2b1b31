// A run from row to row: states, resume, pause and stop, fingerprints, and what happens when something fails.
#include "engine/checkpoint/run_folder.h"
#include "engine/core/file.h"
#include "engine/jobs/run_job.h"
#include "engine/store/sqlite.h"
#include "support/fake_engine.h"
#include "support/scratch_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>

namespace vlmptq::jobs {
namespace {

using store::Control;
using store::RunState;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class EventLog : public EventSink {
public:
    void onEvent(const Event& event) override {
        events.push_back(event);
        if (react)
            react(event);
    }
    template <class Kind>
    int count() const {
        return static_cast<int>(std::count_if(
            events.begin(), events.end(), [](const Event& e) { return std::holds_alternative<Kind>(e); }));
    }
    std::vector<Event> events;
    std::function<void(const Event&)> react;
};

class QuantizeJob : public ::testing::Test {
protected:
    QuantizeJob() { engine.script.kinds = {"q_proj", "down_proj"}; }

    Outcome go(QuantizeOptions options = {}) {
        return quantize(engine, database, run, seen, stop = {}, options);
    }
    std::string failure(QuantizeOptions options = {}) {
        try {
            go(options);
        } catch (const Error& error) {
            return error.message();
        }
        return "no failure";
    }
    store::RunRecord record() { return requireRun(*store, run); }
    void stopAfter(int layer) {
        engine.script.beforeLayer = [this, layer](int next) {
            if (next > layer)
                stop.request_stop();
        };
    }
    void freely() { engine.script.beforeLayer = {}; }

    test::ScratchFolder folder;
    std::filesystem::path database = folder / "runs.db";
    std::unique_ptr<store::RunStore> store = store::RunStore::open(database);
    store::RunId run = store->createRun(RunConfig());
    test::FakeEngine engine;
    EventLog seen;
    std::stop_source stop;
};

TEST_F(QuantizeJob, RunsFromQueuedToFinished) {
    std::optional<RunState> during;
    seen.react = [&](const Event& event) {
        if (std::holds_alternative<event::LayerFinished>(event) && !during) {
            during = record().state;
            EXPECT_EQ(record().layersDone, 1) << "the observer sees what is already recorded";
        }
    };
    EXPECT_EQ(go(), Outcome::Finished);
    EXPECT_EQ(during, RunState::Running);
    EXPECT_EQ(record().state, RunState::Finished);
    EXPECT_EQ(record().layersDone, 4);
    EXPECT_EQ(record().layers, 4);
    EXPECT_EQ(record().modules, 8);
    EXPECT_EQ(record().fingerprintParts, scriptedFingerprintParts(engine.script, record().config));
    EXPECT_FALSE(record().fingerprint.empty());
    EXPECT_TRUE(record().summary);
    EXPECT_THAT(store->layers(run), SizeIs(4));
    EXPECT_EQ(seen.count<event::LayerFinished>(), 4);
    EXPECT_EQ(seen.count<event::RunFinished>(), 1);
    EXPECT_EQ(engine.quantizeRequests.at(0).runDir, record().directory);
    EXPECT_EQ(engine.quantizeRequests.at(0).finishedLayers, 0);
}

TEST_F(QuantizeJob, NamesTheModelInTheLibrary) {
    RunConfig config;
    config.model = std::string(std::getenv("VLMPTQ_DEMO_DIR")) + "/model";
    run = store->createRun(config);
    go();
    EXPECT_EQ(record().modelTitle, "Qwen2.5-VL 5.0M");
}

TEST_F(QuantizeJob, WarningsAreKeptAndShowInTheOutcome) {
    engine.script.warnAtLayers = {2};
    EXPECT_EQ(go(), Outcome::FinishedWithWarnings);
    EXPECT_EQ(record().state, RunState::FinishedWithWarnings);
    ASSERT_THAT(store->log(run), SizeIs(1));
    EXPECT_EQ(store->log(run)[0].where, "model.layers.2.self_attn.q_proj");
}

TEST_F(QuantizeJob, WarningsOfEverySessionCount) {
    engine.script.warnAtLayers = {0, 1, 3};
    stopAfter(1);
    EXPECT_EQ(go(), Outcome::Stopped);
    std::filesystem::remove(checkpoint::layerFile(record().directory, 1)); // its warning comes a second time
    freely();
    EXPECT_EQ(go(), Outcome::FinishedWithWarnings);
    EXPECT_EQ(record().summary->warnings, 4) << "layers 0, 1 and 3, and the lost file";
}

TEST_F(QuantizeJob, AStoppedRunGoesOnAfterItsLastLayer) {
    stopAfter(1);
    EXPECT_EQ(go(), Outcome::Stopped);
    EXPECT_EQ(record().state, RunState::Stopped);
    EXPECT_EQ(record().layersDone, 2);
    EXPECT_TRUE(record().isResumable());
    freely();
    EXPECT_EQ(go(), Outcome::Finished);
    EXPECT_EQ(engine.quantizeRequests.at(1).finishedLayers, 2);
    EXPECT_THAT(store->layers(run), SizeIs(4));
    EXPECT_EQ(seen.count<event::LayerFinished>(), 4) << "no layer twice";
}

TEST_F(QuantizeJob, AStopIsObeyedInTheMiddleOfALayer) {
    engine.script.moduleDelay = std::chrono::hours(1);
    seen.react = [&](const Event& event) {
        if (std::holds_alternative<event::ModuleStarted>(event))
            stop.request_stop();
    };
    EXPECT_EQ(go(), Outcome::Stopped);
    EXPECT_EQ(record().layersDone, 0);
}

TEST_F(QuantizeJob, AMissingLayerFileIsComputedAgainWithAllThatFollow) {
    stopAfter(2);
    go();
    EXPECT_EQ(record().layersDone, 3);
    std::filesystem::remove(checkpoint::layerFile(record().directory, 1));
    freely();
    EXPECT_EQ(go(), Outcome::FinishedWithWarnings);
    EXPECT_EQ(engine.quantizeRequests.at(1).finishedLayers, 1);
    EXPECT_THAT(store->layers(run), SizeIs(4));
}

TEST_F(QuantizeJob, ADamagedLayerFileIsComputedAgainWithAllThatFollow) {
    stopAfter(2);
    go();
    const auto file = checkpoint::layerFile(record().directory, 1);
    const auto whole = readFile(file);
    auto flipped = whole;
    flipped.back() = static_cast<char>(flipped.back() ^ 1);
    for (const auto& damaged : {flipped, whole.substr(0, whole.size() / 2), std::string()}) {
        writeFileAtomically(file, damaged);
        stopAfter(2);
        EXPECT_EQ(go(), Outcome::Stopped);
        EXPECT_EQ(engine.quantizeRequests.back().finishedLayers, 1);
        EXPECT_EQ(readFile(file), whole);
        ASSERT_FALSE(store->log(run).empty());
        EXPECT_EQ(store->log(run).back().code, "W-LAYER");
        EXPECT_EQ(store->log(run).back().where, file.string());
    }
    freely();
    EXPECT_EQ(go(), Outcome::FinishedWithWarnings);
    EXPECT_THAT(store->layers(run), SizeIs(4));
}

TEST_F(QuantizeJob, ALostOrDamagedManifestIsWrittenAgainFromTheDatabase) {
    stopAfter(1);
    go();
    const auto file = std::filesystem::path(record().directory) / "run.json";
    const auto whole = readFile(file);
    for (const auto& damaged : {std::string(), whole.substr(0, whole.size() / 2)}) {
        if (damaged.empty())
            std::filesystem::remove(file);
        else
            writeFileAtomically(file, damaged);
        stopAfter(1);
        EXPECT_EQ(go(), Outcome::Stopped);
        const auto manifest = checkpoint::readManifest(record().directory);
        EXPECT_EQ(manifest.fingerprint, record().fingerprintParts);
        EXPECT_EQ(manifest.layers, 4);
        EXPECT_EQ(store->log(run).back().code, "W-RUN");
        EXPECT_THAT(store->log(run).back().text, HasSubstr("run.json"));
    }
    EXPECT_EQ(engine.quantizeRequests.back().finishedLayers, 2) << "no layer is lost with it";
}

TEST_F(QuantizeJob, TheFolderOfAnotherRunIsRefused) {
    stopAfter(1);
    go();
    auto manifest = checkpoint::readManifest(record().directory);
    manifest.modelFolder = "/models/other";
    manifest.fingerprint = R"({"model": "other"})";
    checkpoint::writeManifest(record().directory, manifest);
    freely();
    EXPECT_THAT(failure(), AllOf(HasSubstr("run.json belongs to another run, of /models/other"),
                                 HasSubstr("run " + std::to_string(run))));
    EXPECT_EQ(record().layersDone, 2) << "nothing is lost";
}

TEST_F(QuantizeJob, LayerFilesTheDatabaseDoesNotKnowAreComputedAgain) {
    stopAfter(1);
    go();
    store->dropLayersFrom(run, 1); // as after a kill between the file and its rows
    freely();
    EXPECT_EQ(go(), Outcome::Finished);
    EXPECT_EQ(engine.quantizeRequests.at(1).finishedLayers, 1);
}

TEST_F(QuantizeJob, APauseOfAnotherProcessComesAfterTheLayer) {
    seen.react = [&](const Event& event) {
        if (const auto* module = std::get_if<event::ModuleStarted>(&event); module && module->index == 2)
            store->requestControl(run, Control::PauseAfterLayer);
    };
    EXPECT_EQ(go(), Outcome::Paused);
    EXPECT_EQ(record().state, RunState::Paused);
    EXPECT_EQ(record().layersDone, 2);
    seen.react = {};
    EXPECT_EQ(go(), Outcome::Finished) << "a pause is not remembered";
}

TEST_F(QuantizeJob, AStopAfterTheLayerIsAStop) {
    seen.react = [&](const Event& event) {
        if (std::holds_alternative<event::Started>(event))
            store->requestControl(run, Control::StopAfterLayer);
    };
    EXPECT_EQ(go(), Outcome::Stopped);
    EXPECT_EQ(record().layersDone, 1);
}

TEST_F(QuantizeJob, AStopNowDoesNotWaitForTheLayer) {
    engine.script.moduleDelay =
        std::chrono::milliseconds(200); // longer than the recorder waits between two looks
    seen.react = [&](const Event& event) {
        if (std::holds_alternative<event::Started>(event))
            store->requestControl(run, Control::StopNow);
    };
    engine.script.kinds.resize(7, "q_proj");
    EXPECT_EQ(go(), Outcome::Stopped);
    EXPECT_EQ(record().layersDone, 0);
}

TEST_F(QuantizeJob, APauseInTheLastLayerLetsTheRunFinish) {
    seen.react = [&](const Event& event) {
        if (const auto* module = std::get_if<event::ModuleStarted>(&event); module && module->index == 7)
            store->requestControl(run, Control::PauseAfterLayer);
    };
    EXPECT_EQ(go(), Outcome::Finished);
}

TEST_F(QuantizeJob, AFailureIsKeptWithItsSentenceAndTheLayersStay) {
    engine.script.failAtLayer = 2;
    EXPECT_THAT(failure(), HasSubstr("Out of memory"));
    EXPECT_EQ(record().state, RunState::Failed);
    EXPECT_THAT(record().error,
                AllOf(HasSubstr("Out of memory"), HasSubstr("Use fewer calibration samples")));
    EXPECT_EQ(record().layersDone, 2);
    ASSERT_THAT(store->log(run), SizeIs(1));
    EXPECT_EQ(store->log(run)[0].code, "E-MEM-01");
    engine.script.failAtLayer.reset();
    EXPECT_EQ(go(), Outcome::Finished);
    EXPECT_EQ(record().error, "");
}

TEST_F(QuantizeJob, ADifferingFingerprintNeverContinues) {
    engine.script.fingerprintParts = {{"weights", "aaaa"}, {"calibration", "bbbb"}};
    stopAfter(1);
    go();
    const auto before = record();
    freely();
    engine.script.fingerprintParts["calibration"] = "cccc";
    EXPECT_THAT(failure({.allowOtherVersion = true}), HasSubstr("calibration (bbbb -> cccc)"));
    EXPECT_EQ(record().state, RunState::Failed);
    EXPECT_EQ(record().layersDone, before.layersDone);
    EXPECT_EQ(record().fingerprint, before.fingerprint);
    EXPECT_EQ(seen.count<event::LayerFinished>(), 2);
    engine.script.fingerprintParts["calibration"] = "bbbb";
    EXPECT_EQ(go(), Outcome::Finished) << "restored, it goes on";
}

// Whatever an engine does after it was told to stop.
class StubbornEngine : public test::FakeEngine {
public:
    using FakeEngine::FakeEngine;
    RunSummary quantize(const api::QuantizeRequest& request, EventSink& sink, std::stop_token) override {
        return FakeEngine::quantize(request, sink, {});
    }
};

TEST_F(QuantizeJob, ADifferingFingerprintIsNotRecordedEvenIfTheEngineGoesOn) {
    engine.script.fingerprintParts = {{"weights", "aaaa"}};
    stopAfter(1);
    go();
    StubbornEngine stubborn(engine.script);
    stubborn.script.beforeLayer = {};
    stubborn.script.fingerprintParts = {{"weights", "bbbb"}};
    try {
        quantize(stubborn, database, run, seen, {});
        ADD_FAILURE() << "continued";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::BadInput);
        EXPECT_THAT(error.what(), HasSubstr("weights (aaaa -> bbbb)"));
    }
    EXPECT_EQ(record().layersDone, 2);
    EXPECT_FALSE(record().summary);
}

TEST_F(QuantizeJob, TheLeaveForAnotherProgramVersionReachesTheEngine) {
    go({.allowOtherVersion = true});
    EXPECT_TRUE(engine.quantizeRequests.back().allowOtherVersion);
}

TEST_F(QuantizeJob, WithoutFinishedLayersAChangedInputIsJustANewStart) {
    engine.script.fingerprintParts = {{"weights", "aaaa"}};
    stopAfter(-1);
    EXPECT_EQ(go(), Outcome::Stopped);
    freely();
    engine.script.fingerprintParts = {{"weights", "bbbb"}};
    EXPECT_EQ(go(), Outcome::Finished);
    EXPECT_THAT(record().fingerprintParts, HasSubstr("bbbb"));
}

TEST_F(QuantizeJob, ALayerTheDatabaseRefusesEndsTheRun) {
    seen.react = [&](const Event& event) {
        if (std::holds_alternative<event::Started>(event))
            store::Connection(database, store::OpenMode::Create)
                .execute("ALTER TABLE mu_point RENAME TO gone");
    };
    try {
        go();
        ADD_FAILURE() << "went on without its results";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::Database);
        EXPECT_THAT(error.what(), HasSubstr("mu_point"));
    }
    EXPECT_EQ(record().state, RunState::Failed);
    EXPECT_EQ(record().layersDone, 0);
    EXPECT_EQ(seen.count<event::LayerFinished>(), 1);
}

TEST_F(QuantizeJob, AFinishedOrMissingRunIsRefused) {
    go();
    EXPECT_THAT(failure(), HasSubstr("is finished"));
    EXPECT_EQ(record().state, RunState::Finished);
    run = 99;
    EXPECT_THAT(failure(), HasSubstr("no run 99"));
}

TEST_F(QuantizeJob, AFailedDatabaseAtTheEndDoesNotHideTheCause) {
    engine.script.failAtLayer = 0;
    seen.react = [&](const Event& event) {
        if (std::holds_alternative<event::Started>(event))
            store::Connection(database, store::OpenMode::Create).execute("ALTER TABLE event RENAME TO gone");
    };
    EXPECT_THAT(failure(), AllOf(HasSubstr("Out of memory"), HasSubstr("event")));
}

}
}
