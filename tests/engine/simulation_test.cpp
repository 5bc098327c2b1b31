// Rotation and simulated quantizers through a whole run: what calibration computed is what the finished run
// computes when it is opened again (method.md 13).
#include "demo_run.h"
#include "engine/calibration/dataset.h"
#include "engine/checkpoint/run_folder.h"
#include "engine/model/vlm.h"

namespace vlmptq::test {
namespace {

// -ln p per token of the held-out answers, by the run as `eval` opens it.
double lossOfRun(const api::QuantizeRequest& request) {
    const auto data = calibration::loadCalibration(request.config.calib);
    const auto model = model::openModel(request.runDir, {});
    double nll = 0;
    std::size_t tokens = 0;
    for (const auto& line : data.heldout) {
        const auto sample = calibration::buildSample(model->processor(), line, 2048);
        families::ProcessedPrompt prompt = sample.sequence;
        std::vector<std::int64_t> target(prompt.inputIds.begin() + sample.answerBegin, prompt.inputIds.end());
        target.push_back(model->checkpoint().endTokenIds().front());
        std::vector<at::Tensor> rows;
        for (const auto& image : sample.images)
            rows.push_back(model->encodeImage(image));
        const auto positions = at::tensor(prompt.positionIds, at::kLong).view({prompt.positionRows, -1});
        const auto hidden = model::runDecoder(*model, model->embed(prompt, at::cat(rows)), positions)[0];
        const auto count = static_cast<std::int64_t>(target.size());
        nll += model::negativeLogLikelihood(model->logits(hidden.slice(0, hidden.size(0) - count)), target);
        tokens += target.size();
    }
    return nll / static_cast<double>(tokens);
}

class Simulation : public testing::Test {
protected:
    RunSummary run(const std::function<void(QuantConfig&)>& set) {
        m_request = demoRequest(m_folder.path(), "gptaq");
        m_request.config.quant.weightBits = 4;
        set(m_request.config.quant);
        Recorder recorder;
        return realEngine()->quantize(m_request, recorder, {});
    }

    ScratchFolder m_folder;
    api::QuantizeRequest m_request;
};

TEST_F(Simulation, ARotatedRunOpensInTheRotatedBasis) {
    const auto summary = run([](auto& quant) { quant.rotate = true; });
    EXPECT_NEAR(lossOfRun(m_request) / summary.heldoutAnswerLoss->mean, 1, 1e-3);
    EXPECT_LT(summary.modelError.all->mean, 0.1);
}

TEST_F(Simulation, ADenseExportOfARotatedRunIsAPlainCheckpoint) {
    run([](auto& quant) { quant.rotate = true; });
    const ScratchFolder out;
    api::ExportRequest request;
    request.runDir = m_folder.path();
    request.outDir = out / "export";
    request.dtype = api::DenseDtype::Float32;
    Recorder recorder;
    const auto result = realEngine()->exportCheckpoint(request, recorder, {});
    EXPECT_LT(result.largestLogitDifference, 1e-2);
    EXPECT_TRUE(recorder.all<event::Warning>().empty());
}

TEST_F(Simulation, ADenseExportSaysThatItHoldsWeightsOnly) {
    run([](auto& quant) {
        quant.activationBits = 4;
        quant.cacheBits = 8;
    });
    const ScratchFolder out;
    api::ExportRequest request;
    request.runDir = m_folder.path();
    request.outDir = out / "export";
    request.dtype = api::DenseDtype::Float32;
    Recorder recorder;
    const auto result = realEngine()->exportCheckpoint(request, recorder, {});
    EXPECT_EQ(result.largestLogitDifference, 0) << "compared with the run's weights, not with its quantizers";
    const auto warnings = recorder.all<event::Warning>();
    ASSERT_EQ(warnings.size(), 1u);
    EXPECT_EQ(warnings.front().code, "W-WEIGHTS-ONLY");
}

TEST_F(Simulation, QuantizedActivationsAndCacheAreThoseOfTheFinishedRun) {
    const auto summary = run([](auto& quant) {
        quant.rotate = true;
        quant.activationBits = 8;
        quant.cacheBits = 8;
    });
    EXPECT_NEAR(lossOfRun(m_request) / summary.heldoutAnswerLoss->mean, 1, 1e-3);
}

TEST_F(Simulation, FewerBitsOfActivationsCostMore) {
    const auto eight = run([](auto& quant) { quant.activationBits = 8; });
    const auto four = run([](auto& quant) { quant.activationBits = 4; });
    EXPECT_GT(four.modelError.all->mean, 2 * eight.modelError.all->mean);
}

TEST_F(Simulation, ResumesARotatedRunBitForBit) {
    const auto set = [](auto& quant) {
        quant.rotate = true;
        quant.activationBits = 4;
        quant.cacheBits = 8;
    };
    run(set);
    const auto whole = readFile(checkpoint::layerFile(m_folder.path(), 5));
    std::filesystem::remove(checkpoint::layerFile(m_folder.path(), 5));
    m_request.finishedLayers = 3;
    Recorder recorder;
    realEngine()->quantize(m_request, recorder, {});
    EXPECT_EQ(readFile(checkpoint::layerFile(m_folder.path(), 5)), whole);
}

}
}
