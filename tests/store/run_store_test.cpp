// What is written is what is read.
#include "engine/core/error.h"
#include "engine/store/run_store.h"
#include "support/fake_engine.h"
#include "support/file_size_limit.h"
#include "support/scratch_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

namespace vlmptq::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class RunStoreTest : public ::testing::Test {
protected:
    RunConfig config(const std::string& method = "vlmptq") const {
        RunConfig config;
        config.model = "/models/demo";
        config.calib.source = "/data/calib.jsonl";
        config.quant.method = method;
        return config;
    }
    RunId addRun(const std::string& method = "vlmptq") { return store->createRun(config(method)); }

    test::ScratchFolder folder;
    test::FakeScript script;
    std::unique_ptr<RunStore> store = RunStore::open(folder / "runs.db");
};

TEST_F(RunStoreTest, ANewRunHasItsSettingsAFolderAndTheColourOfItsMethod) {
    auto settings = config("gptq");
    settings.quant.groupSize = 64;
    settings.tags = {"w3", "", "demo", "w3"};
    const auto id = store->createRun(settings);
    const auto run = requireRun(*store, id);
    EXPECT_EQ(run.name, "demo-w3-g64-gptq");
    EXPECT_EQ(run.scheme, "W3A16 g64");
    EXPECT_EQ(run.state, RunState::Queued);
    EXPECT_EQ(run.config.quant.groupSize, 64);
    EXPECT_EQ(run.color, "#b97700");
    EXPECT_THAT(run.tags, ElementsAre("w3", "demo"));
    EXPECT_EQ(run.createdAt.size(), 20u);
    EXPECT_TRUE(std::filesystem::is_directory(run.directory));
    EXPECT_EQ(std::filesystem::path(run.directory).parent_path(), store->runsFolder());
    EXPECT_FALSE(run.summary);
    EXPECT_FALSE(run.averageScore);
}

TEST_F(RunStoreTest, RelativePathsAreAnchoredSoThatARunCanBeResumedFromAnywhere) {
    auto settings = config();
    settings.model = "models/demo/";
    settings.calib.source = "calib.jsonl";
    const auto run = requireRun(*store, store->createRun(settings));
    EXPECT_EQ(run.model, (std::filesystem::current_path() / "models/demo").string());
    EXPECT_EQ(run.config.calib.source, (std::filesystem::current_path() / "calib.jsonl").string());
}

TEST_F(RunStoreTest, DatabasesSideBySideDoNotShareRunFolders) {
    auto other = RunStore::open(folder / "other.db");
    const auto first = requireRun(*store, addRun());
    const auto second = requireRun(*other, other->createRun(config()));
    EXPECT_EQ(first.id, second.id);
    EXPECT_NE(first.directory, second.directory);
}

TEST_F(RunStoreTest, ListsTheNewestRunFirst) {
    const auto first = addRun(), second = addRun();
    const auto runs = store->runs();
    ASSERT_THAT(runs, SizeIs(2));
    EXPECT_EQ(runs[0].id, second);
    EXPECT_EQ(runs[1].id, first);
}

TEST_F(RunStoreTest, NameNoteColourTitleAndTagsCanBeChanged) {
    const auto id = addRun();
    store->renameRun(id, "μ sweep 'quoted'");
    store->setNote(id, "**good**");
    store->setColor(id, "#123456");
    store->setModelTitle(id, "Qwen2.5-VL 5.0M");
    store->setTags(id, {"paper"});
    const auto run = requireRun(*store, id);
    EXPECT_EQ(run.name, "μ sweep 'quoted'");
    EXPECT_EQ(run.note, "**good**");
    EXPECT_EQ(run.color, "#123456");
    EXPECT_EQ(run.modelTitle, "Qwen2.5-VL 5.0M");
    EXPECT_THAT(run.tags, ElementsAre("paper"));
}

TEST_F(RunStoreTest, AnOutcomeStandsWhenThereIsNoRoomToEmptyTheLog) {
    RunId last = 0;
    for (int i = 0; i < 100; ++i)
        last = addRun();
    store.reset(); // empties the log: the last runs lie behind the limit below
    store = RunStore::open(folder / "runs.db");
    {
        const test::FileSizeLimit full(64 << 10);
        store->setState(last, RunState::Finished);
        EXPECT_EQ(requireRun(*store, last).state, RunState::Finished);
    }
    store.reset();
    store = RunStore::open(folder / "runs.db");
    EXPECT_EQ(requireRun(*store, last).state, RunState::Finished);
}

TEST_F(RunStoreTest, AMissingRunIsNamed) {
    EXPECT_FALSE(store->run(7));
    for (const auto& change : std::vector<std::function<void()>>{
             [&] { store->renameRun(7, "x"); }, [&] { store->claim(7); }, [&] { store->deleteRun(7); },
             [&] { store->setState(7, RunState::Failed); },
             [&] { store->requestControl(7, Control::StopNow); }, [&] { requireRun(*store, 7); }}) {
        try {
            change();
            ADD_FAILURE() << "accepted";
        } catch (const Error& error) {
            EXPECT_THAT(error.what(), HasSubstr("no run 7"));
        }
    }
}

void expectEqual(const ErrorByTokens& a, const ErrorByTokens& b) {
    EXPECT_EQ(a.all, b.all);
    EXPECT_EQ(a.vision, b.vision);
    EXPECT_EQ(a.text, b.text);
    EXPECT_EQ(a.answer, b.answer);
}

void expectEqual(const std::optional<MeanInterval>& a, const std::optional<MeanInterval>& b) {
    ASSERT_EQ(a.has_value(), b.has_value());
    if (!a)
        return;
    EXPECT_EQ(a->mean, b->mean);
    EXPECT_EQ(a->low, b->low);
    EXPECT_EQ(a->high, b->high);
}

void expectEqual(const std::vector<MuPoint>& a, const std::vector<MuPoint>& b) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        EXPECT_EQ(a[i].mu, b[i].mu);
        EXPECT_EQ(a[i].loss, b[i].loss);
        EXPECT_EQ(a[i].relative, b[i].relative);
        EXPECT_EQ(a[i].isCandidate, b[i].isCandidate);
    }
}

void expectEqual(const ModuleResult& a, const ModuleResult& b) {
    EXPECT_EQ(a.index, b.index);
    EXPECT_EQ(a.layer, b.layer);
    EXPECT_EQ(a.name, b.name);
    EXPECT_EQ(a.kind, b.kind);
    EXPECT_EQ(a.rows, b.rows);
    EXPECT_EQ(a.columns, b.columns);
    EXPECT_EQ(a.bits, b.bits);
    EXPECT_EQ(a.groupSize, b.groupSize);
    expectEqual(a.calibrationError, b.calibrationError);
    expectEqual(a.heldoutError, b.heldoutError);
    EXPECT_EQ(a.weightError, b.weightError);
    EXPECT_EQ(a.awareness, b.awareness);
    expectEqual(a.muCurve, b.muCurve);
    EXPECT_EQ(a.visionMagnitude, b.visionMagnitude);
    EXPECT_EQ(a.textMagnitude, b.textMagnitude);
    EXPECT_EQ(a.visionTokens, b.visionTokens);
    EXPECT_EQ(a.textTokens, b.textTokens);
    EXPECT_EQ(a.correctionMax, b.correctionMax);
    EXPECT_EQ(a.dampUsed, b.dampUsed);
    EXPECT_EQ(a.dampRetries, b.dampRetries);
    EXPECT_EQ(a.saturatedShare, b.saturatedShare);
    EXPECT_EQ(a.fellBackToRtn, b.fellBackToRtn);
    EXPECT_EQ(a.reconstructionLoss, b.reconstructionLoss);
    EXPECT_EQ(a.captureSeconds, b.captureSeconds);
    EXPECT_EQ(a.muSearchSeconds, b.muSearchSeconds);
    EXPECT_EQ(a.solveSeconds, b.solveSeconds);
    EXPECT_EQ(a.packSeconds, b.packSeconds);
    EXPECT_EQ(a.peakBytes, b.peakBytes);
    ASSERT_EQ(a.memory.size(), b.memory.size());
    for (std::size_t i = 0; i < a.memory.size(); ++i) {
        EXPECT_EQ(a.memory[i].name, b.memory[i].name);
        EXPECT_EQ(a.memory[i].formulaBytes, b.memory[i].formulaBytes);
        EXPECT_EQ(a.memory[i].measuredBytes, b.memory[i].measuredBytes);
    }
}

TEST_F(RunStoreTest, KeepsEveryFieldOfALayer) {
    script.warnAtLayers = {1};
    const auto id = addRun();
    for (int layer = 0; layer < 2; ++layer)
        store->saveLayer(id, scriptedLayer(script, config(), layer));
    EXPECT_EQ(requireRun(*store, id).layersDone, 2);
    const auto layers = store->layers(id);
    ASSERT_THAT(layers, SizeIs(2));
    for (int layer = 0; layer < 2; ++layer) {
        const auto expected = scriptedLayer(script, config(), layer);
        EXPECT_EQ(layers[layer].layer, layer);
        expectEqual(layers[layer].hiddenCalibrationError, expected.hiddenCalibrationError);
        expectEqual(layers[layer].hiddenHeldoutError, expected.hiddenHeldoutError);
        expectEqual(layers[layer].meanAbsAll, expected.meanAbsAll);
        expectEqual(layers[layer].meanAbsVision, expected.meanAbsVision);
        expectEqual(layers[layer].meanAbsText, expected.meanAbsText);
        EXPECT_EQ(layers[layer].seconds, expected.seconds);
        ASSERT_EQ(layers[layer].modules.size(), expected.modules.size());
        for (std::size_t i = 0; i < expected.modules.size(); ++i)
            expectEqual(layers[layer].modules[i], expected.modules[i]);
    }
}

TEST_F(RunStoreTest, AModuleComesWithItsChannelVectorsAndALayerListWithout) {
    const auto id = addRun();
    store->saveLayer(id, scriptedLayer(script, config(), 0));
    const auto module = store->module(id, 3).value();
    const auto expected = scriptedModule(script, config(), 3);
    expectEqual(module, expected);
    EXPECT_THAT(module.correction, SizeIs(16));
    EXPECT_EQ(module.correction, expected.correction);
    EXPECT_EQ(module.extraLoss, expected.extraLoss);
    EXPECT_EQ(module.channelVision, expected.channelVision);
    EXPECT_EQ(module.channelText, expected.channelText);
    EXPECT_THAT(store->layers(id)[0].modules[3].correction, IsEmpty());
    EXPECT_FALSE(store->module(id, 99));
}

TEST_F(RunStoreTest, AbsentFiguresStayAbsent) {
    script.hasVision = false;
    const auto id = addRun("rtn");
    store->saveLayer(id, scriptedLayer(script, config("rtn"), 0));
    const auto layer = store->layers(id).at(0);
    EXPECT_FALSE(layer.meanAbsVision);
    EXPECT_FALSE(layer.modules[0].calibrationError.vision);
    EXPECT_FALSE(layer.modules[0].awareness);
    EXPECT_FALSE(layer.modules[0].reconstructionLoss);
    EXPECT_THAT(layer.modules[0].muCurve, IsEmpty());
}

TEST_F(RunStoreTest, WhatIsNoNumberDoesNotComeBackAsZero) {
    const auto id = addRun();
    auto layer = scriptedLayer(script, config(), 0);
    layer.modules[0].weightError = NAN;
    layer.modules[0].muCurve[0].loss = INFINITY;
    store->saveLayer(id, layer);
    const auto module = store->module(id, 0).value();
    EXPECT_TRUE(std::isnan(module.weightError));
    EXPECT_EQ(module.muCurve[0].loss, INFINITY);
}

TEST_F(RunStoreTest, ReadsOnlyTheLayersThatAreNew) {
    const auto id = addRun();
    for (int layer = 0; layer < 3; ++layer)
        store->saveLayer(id, scriptedLayer(script, config(), layer));
    const auto layers = store->layers(id, 2);
    ASSERT_THAT(layers, SizeIs(1));
    EXPECT_EQ(layers[0].layer, 2);
    EXPECT_THAT(layers[0].modules, SizeIs(7));
}

TEST_F(RunStoreTest, ALayerSavedTwiceIsReplaced) {
    const auto id = addRun();
    store->saveLayer(id, scriptedLayer(script, config(), 0));
    auto again = scriptedLayer(script, config(), 0);
    again.seconds = 99;
    store->saveLayer(id, again);
    const auto layers = store->layers(id);
    ASSERT_THAT(layers, SizeIs(1));
    EXPECT_EQ(layers[0].seconds, 99);
    EXPECT_THAT(layers[0].modules, SizeIs(7));
}

TEST_F(RunStoreTest, DroppedLayersTakeTheSummaryAlong) {
    const auto id = addRun();
    for (int layer = 0; layer < 3; ++layer)
        store->saveLayer(id, scriptedLayer(script, config(), layer));
    store->saveSummary(id, scriptedSummary(script, config()));
    store->dropLayersFrom(id, 1);
    const auto run = requireRun(*store, id);
    EXPECT_EQ(run.layersDone, 1);
    EXPECT_FALSE(run.summary);
    EXPECT_THAT(store->layers(id), SizeIs(1));
    EXPECT_FALSE(store->module(id, 7));
    store->dropLayersFrom(id, 5);
    EXPECT_EQ(requireRun(*store, id).layersDone, 1);
}

TEST_F(RunStoreTest, KeepsEveryFieldOfTheSummary) {
    const auto id = addRun();
    auto expected = scriptedSummary(script, config());
    expected.modelError.vision.reset();
    expected.warnings = 3;
    store->saveSummary(id, expected);
    const auto summary = requireRun(*store, id).summary.value();
    expectEqual(summary.modelError.all, expected.modelError.all);
    expectEqual(summary.modelError.vision, expected.modelError.vision);
    expectEqual(summary.modelError.text, expected.modelError.text);
    expectEqual(summary.modelError.answer, expected.modelError.answer);
    expectEqual(summary.heldoutAnswerLoss, expected.heldoutAnswerLoss);
    EXPECT_EQ(summary.fullPrecisionAnswerLoss, expected.fullPrecisionAnswerLoss);
    EXPECT_EQ(summary.meanModuleError, expected.meanModuleError);
    EXPECT_EQ(summary.originalBytes, expected.originalBytes);
    EXPECT_EQ(summary.quantizedBytes, expected.quantizedBytes);
    EXPECT_EQ(summary.bitsPerWeight, expected.bitsPerWeight);
    EXPECT_EQ(summary.roundingToBf16, expected.roundingToBf16);
    EXPECT_EQ(summary.seconds, expected.seconds);
    EXPECT_EQ(summary.peakBytes, expected.peakBytes);
    EXPECT_EQ(summary.warnings, 3);
}

TEST_F(RunStoreTest, ADeletedRunLeavesNeitherRowsNorFiles) {
    const auto id = addRun(), other = addRun();
    store->saveLayer(id, scriptedLayer(script, config(), 0));
    store->addLog(id, "note", "", "", "text");
    const std::filesystem::path directory = requireRun(*store, id).directory;
    std::ofstream(directory / "layer-000.safetensors") << "12345";
    EXPECT_EQ(store->diskBytes(id), 5u);
    store->deleteRun(id);
    EXPECT_FALSE(store->run(id));
    EXPECT_FALSE(std::filesystem::exists(directory));
    EXPECT_THAT(store->layers(id), IsEmpty());
    EXPECT_THAT(store->log(id), IsEmpty());
    EXPECT_TRUE(store->run(other));
    EXPECT_NE(addRun(), id) << "a number is never used twice";
}

TEST_F(RunStoreTest, TheLogIsReadFromWhereOneLeftOff) {
    const auto id = addRun(), other = addRun();
    store->addLog(id, "warning", "W-DAMP-01", "layers.0.q_proj", "damping raised");
    store->addLog(other, "note", "", "", "elsewhere");
    store->addLog(id, "error", "E-MEM-01", "", "no memory");
    const auto all = store->log(id);
    ASSERT_THAT(all, SizeIs(2));
    EXPECT_EQ(all[0].severity, "warning");
    EXPECT_EQ(all[0].code, "W-DAMP-01");
    EXPECT_EQ(all[0].where, "layers.0.q_proj");
    EXPECT_EQ(all[0].text, "damping raised");
    EXPECT_EQ(all[0].run, id);
    const auto rest = store->log(id, all[0].id);
    ASSERT_THAT(rest, SizeIs(1));
    EXPECT_EQ(rest[0].code, "E-MEM-01");
}

TEST_F(RunStoreTest, ARequestIsTakenOnceAndTheLastOneCounts) {
    const auto id = addRun();
    EXPECT_EQ(store->takeControl(id), Control::None);
    store->requestControl(id, Control::PauseAfterLayer);
    store->requestControl(id, Control::StopNow);
    EXPECT_EQ(store->takeControl(id), Control::StopNow);
    EXPECT_EQ(store->takeControl(id), Control::None);
}

TEST_F(RunStoreTest, ARequestOfYesterdayDoesNotStopTheNextStart) {
    const auto id = addRun();
    store->requestControl(id, Control::StopNow);
    store->claim(id);
    EXPECT_EQ(store->takeControl(id), Control::None);
}

TEST_F(RunStoreTest, StatesCarryTheirReason) {
    const auto id = addRun();
    store->claim(id);
    auto run = requireRun(*store, id);
    EXPECT_EQ(run.state, RunState::Running);
    EXPECT_EQ(run.pid, getpid());
    EXPECT_FALSE(run.host.empty());
    EXPECT_FALSE(run.startedAt.empty());
    EXPECT_FALSE(run.isResumable());
    store->setState(id, RunState::Failed, "no memory");
    run = requireRun(*store, id);
    EXPECT_EQ(run.error, "no memory");
    EXPECT_FALSE(run.finishedAt.empty());
    EXPECT_TRUE(run.isResumable());
    store->claim(id);
    EXPECT_EQ(requireRun(*store, id).error, "");
    store->setState(id, RunState::Finished);
    EXPECT_FALSE(requireRun(*store, id).isResumable());
}

TEST(RunState, HasNames) {
    EXPECT_EQ(toString(RunState::Queued), "queued");
    EXPECT_EQ(toString(RunState::FinishedWithWarnings), "finished with warnings");
    EXPECT_EQ(toString(RunState::Failed), "failed");
}

}
}
