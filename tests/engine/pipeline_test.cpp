#include "demo_run.h"
#include "engine/checkpoint/run_folder.h"

namespace vlmptq::test {
namespace {

std::string layerBytes(const std::filesystem::path& runDir, int layer) {
    return readFile(checkpoint::layerFile(runDir, layer));
}

std::string refusalOf(const api::QuantizeRequest& request) {
    Recorder recorder;
    try {
        realEngine()->quantize(request, recorder, {});
    } catch (const Error& error) {
        return error.message();
    }
    return {};
}

TEST(Pipeline, WritesEveryLayerAndReportsEveryModule) {
    ScratchFolder folder;
    Recorder recorder;
    const auto summary = realEngine()->quantize(demoRequest(folder.path()), recorder, {});
    ASSERT_EQ(recorder.layers.size(), 6u);
    for (int layer = 0; layer < 6; ++layer)
        EXPECT_EQ(checkpoint::readLayer(folder.path(), layer).size(), 7u);
    for (std::size_t i = 0; i < 42; ++i) {
        const auto& module = recorder.module(i);
        EXPECT_EQ(module.index, static_cast<int>(i));
        EXPECT_GT(module.calibrationError.all.value(), 0);
        EXPECT_GT(module.heldoutError.vision.value(), 0);
        EXPECT_GT(module.heldoutError.text.value(), 0);
        EXPECT_GT(module.heldoutError.answer.value(), 0);
        EXPECT_GT(module.visionMagnitude.value(), 0);
        EXPECT_TRUE(module.awareness.has_value());
        EXPECT_EQ(module.muCurve.size(), 7u) << "six candidates and the reference 0.5";
        EXPECT_FALSE(module.memory.empty());
    }
    EXPECT_GT(summary.modelError.vision->mean, 0);
    EXPECT_GT(summary.heldoutAnswerLoss->mean, *summary.fullPrecisionAnswerLoss);
    EXPECT_LT(summary.bitsPerWeight, 2.5);
    EXPECT_LT(summary.quantizedBytes, summary.originalBytes);
}

TEST(Pipeline, ResumesAfterAnyLayerWithTheSameBytes) {
    ScratchFolder whole, parts;
    Recorder recorder;
    const auto reference = realEngine()->quantize(demoRequest(whole.path()), recorder, {});
    auto request = demoRequest(parts.path());
    for (int layer = 0; layer < 5; ++layer) {
        Recorder interrupted;
        interrupted.stopAfterLayer = layer;
        request.finishedLayers = layer;
        EXPECT_THROW(realEngine()->quantize(request, interrupted, interrupted.stop.get_token()), Error);
    }
    request.finishedLayers = 5;
    Recorder last;
    const auto resumed = realEngine()->quantize(request, last, {});
    for (int layer = 0; layer < 6; ++layer)
        EXPECT_EQ(layerBytes(parts.path(), layer), layerBytes(whole.path(), layer)) << layer;
    EXPECT_EQ(resumed.modelError.all->mean, reference.modelError.all->mean);
    EXPECT_EQ(resumed.meanModuleError, reference.meanModuleError);
    EXPECT_EQ(resumed.heldoutAnswerLoss->mean, reference.heldoutAnswerLoss->mean);
    EXPECT_EQ(resumed.bitsPerWeight, reference.bitsPerWeight);
}

TEST(Pipeline, GivesTheSameBytesForAnyNumberOfThreadsAndAlsoWhenActivationsGoToDisk) {
    ScratchFolder one, three, spilled;
    auto request = demoRequest(one.path());
    request.config.device.threads = 1;
    Recorder recorder;
    realEngine()->quantize(request, recorder, {});
    request.runDir = three.path();
    request.config.device.threads = 3;
    realEngine()->quantize(request, recorder, {});
    request.runDir = spilled.path();
    request.config.device.activationBudgetBytes = 1 << 20;
    realEngine()->quantize(request, recorder, {});
    for (int layer = 0; layer < 6; ++layer) {
        EXPECT_EQ(layerBytes(one.path(), layer), layerBytes(three.path(), layer)) << layer;
        EXPECT_EQ(layerBytes(one.path(), layer), layerBytes(spilled.path(), layer)) << layer;
    }
}

// The streams are equal before the first module is quantized: D = 0, so P and C do nothing (method.md 17.8).
TEST(Pipeline, MakesGptaqOfTheFirstInputsEqualToGptq) {
    ScratchFolder gptq, gptaq;
    Recorder recorder;
    realEngine()->quantize(demoRequest(gptq.path(), "gptq"), recorder, {});
    realEngine()->quantize(demoRequest(gptaq.path(), "gptaq"), recorder, {});
    const auto a = checkpoint::readLayer(gptq.path(), 0), b = checkpoint::readLayer(gptaq.path(), 0);
    for (int module = 0; module < 3; ++module)
        EXPECT_EQ(a[module].codes, b[module].codes) << a[module].name;
    EXPECT_NE(a[3].codes, b[3].codes) << "o_proj sees different streams";
}

TEST(Pipeline, FindsTheMethodsOrderOnTheDemo) {
    std::map<std::string, double> error;
    for (const std::string method : {"rtn", "gptq", "vlmptq"}) {
        ScratchFolder folder;
        Recorder recorder;
        auto request = demoRequest(folder.path(), method);
        request.config.calib.samples = 32;
        error[method] = realEngine()->quantize(request, recorder, {}).modelError.all->mean;
    }
    EXPECT_LT(error["gptq"], error["rtn"]);
    EXPECT_LT(error["vlmptq"], error["gptq"]);
}

TEST(Pipeline, LeavesSkippedModulesInFullPrecision) {
    ScratchFolder folder;
    auto request = demoRequest(folder.path(), "rtn");
    request.config.quant.skip = {"*.down_proj"};
    Recorder recorder;
    realEngine()->quantize(request, recorder, {});
    EXPECT_EQ(checkpoint::readLayer(folder.path(), 0).size(), 6u);
}

TEST(Pipeline, StopsAndKeepsTheFinishedLayers) {
    ScratchFolder folder;
    Recorder recorder;
    recorder.stopAfterLayer = 1;
    try {
        realEngine()->quantize(demoRequest(folder.path()), recorder, recorder.stop.get_token());
        FAIL() << "the stop was ignored";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::Stopped);
    }
    EXPECT_TRUE(std::filesystem::exists(checkpoint::layerFile(folder.path(), 1)));
    EXPECT_FALSE(std::filesystem::exists(checkpoint::layerFile(folder.path(), 2)));
}

TEST(Pipeline, RefusesToResumeWithOtherSettings) {
    ScratchFolder folder;
    Recorder recorder;
    recorder.stopAfterLayer = 0;
    auto request = demoRequest(folder.path());
    EXPECT_THROW(realEngine()->quantize(request, recorder, recorder.stop.get_token()), Error);
    request.finishedLayers = 1;
    request.config.quant.alpha = 0.5;
    EXPECT_THAT(refusalOf(request), testing::HasSubstr("/quant/alpha"));
}

TEST(Pipeline, NamesModuleAndRemedyWhenAGroupDoesNotDivide) {
    ScratchFolder folder;
    auto request = demoRequest(folder.path());
    request.config.quant.groupSize = 96;
    const auto sentence = refusalOf(request);
    EXPECT_THAT(sentence, testing::HasSubstr("Group size 96 does not divide the 256 input channels of "));
    EXPECT_THAT(sentence, testing::HasSubstr("q_proj"));
}

TEST(Pipeline, MeasuresOnTheCalibrationLinesWhenNoneAreHeldOut) {
    ScratchFolder folder;
    Recorder recorder;
    auto request = demoRequest(folder.path(), "gptq");
    request.config.calib.heldout = 0;
    const auto summary = realEngine()->quantize(request, recorder, {});
    EXPECT_GT(summary.meanModuleError, 0);
    EXPECT_FALSE(summary.modelError.all.has_value());
    EXPECT_FALSE(summary.heldoutAnswerLoss.has_value());
    EXPECT_FALSE(recorder.module(0).heldoutError.all.has_value());
}

TEST(Pipeline, SaysHowManySequencesWereCutAndGivesThemNoAnswerLoss) {
    ScratchFolder folder;
    Recorder recorder;
    auto request = demoRequest(folder.path(), "rtn");
    request.config.calib.maxTokens = 128;
    const auto summary = realEngine()->quantize(request, recorder, {});
    ASSERT_GE(recorder.all<event::Warning>().size(), 1u);
    EXPECT_EQ(recorder.all<event::Warning>()[0].code, "W-CUT");
    EXPECT_GE(summary.warnings, 1);
}

TEST(Pipeline, RemovesLayerFilesOfAnEarlierRunInTheSameFolder) {
    ScratchFolder folder;
    Recorder first, second;
    realEngine()->quantize(demoRequest(folder.path(), "rtn"), first, {});
    second.stopAfterLayer = 0;
    EXPECT_THROW(realEngine()->quantize(demoRequest(folder.path(), "gptq"), second, second.stop.get_token()),
                 Error);
    EXPECT_FALSE(std::filesystem::exists(checkpoint::layerFile(folder.path(), 1)));
}

TEST(Pipeline, RefusesAPatternThatMatchesNothing) {
    ScratchFolder folder;
    auto request = demoRequest(folder.path());
    request.config.quant.skip = {"*.lm_head"};
    EXPECT_THAT(refusalOf(request), testing::HasSubstr("'*.lm_head'"));
}

}
}
