#include "engine/export/verify.h"

#include "engine/calibration/dataset.h"
#include "engine/core/error.h"
#include "engine/device.h"
#include "engine/export/weight_source.h"
#include "engine/model/tensor_io.h"
#include "engine/model/vlm.h"
#include "engine/workers.h"

#include <cmath>

namespace vlmptq::exporting {
namespace {

[[noreturn]] void fail(const std::string& what) {
    throw Error(ErrorKind::RunFailed, "E-EXP-30", "The export did not survive reloading: " + what + ".",
                "Nothing was put in place. Export again; if it happens twice, check the disk and memory.");
}

void compareTensors(const std::filesystem::path& folder, WeightSource& run, at::ScalarType dtype,
                    EventSink& sink, const std::stop_token& stop) {
    const auto written = checkpoint::Checkpoint::open(folder);
    const auto& tensors = run.checkpoint().tensors();
    if (written->tensors().size() != tensors.size())
        fail("the number of tensors differs");
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        throwIfStopped(stop);
        const auto& info = written->require(tensors[i]->name);
        auto expected = run.tensor(info.name);
        if (expected.is_floating_point())
            expected = expected.to(dtype);
        const auto found = model::tensorFromBytes(written->bytes(info), info);
        if (found.scalar_type() != expected.scalar_type() || !found.equal(expected))
            fail(info.name + " differs");
        sink.onEvent(event::Progress{Stage::Export, static_cast<double>(i + 1),
                                     static_cast<double>(tensors.size()), "verifying " + info.name});
    }
}

// The run's first held-out line, or its first calibration line; a plain question when those data are gone.
calibration::CalibrationSample samplePrompt(const RunConfig& config, const families::Processor& processor,
                                            EventSink& sink, const std::stop_token& stop) {
    try {
        const auto set = calibration::loadCalibration(config.calib, stop);
        return calibration::buildSample(processor,
                                        set.heldout.empty() ? set.calibration.front() : set.heldout.front(),
                                        config.calib.maxTokens);
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::BadInput)
            throw;
        sink.onEvent(event::Warning{
            "W-VERIFY", config.calib.source,
            "The calibration data cannot be read any more; verified with a question without a picture."});
    }
    calibration::CalibrationLine line;
    line.prompt = {{.role = "user", .parts = {{.isImage = false, .text = "What can you see?"}}}};
    return calibration::buildSample(processor, line, config.calib.maxTokens);
}

at::Tensor logitsOf(const model::Vlm& vlm, const calibration::CalibrationSample& sample,
                    const std::stop_token& stop) {
    std::vector<at::Tensor> rows;
    for (const auto& image : sample.images) {
        throwIfStopped(stop);
        rows.push_back(vlm.encodeImage(image));
    }
    const auto embeddings = vlm.embed(sample.sequence, rows.empty() ? at::Tensor() : at::cat(rows));
    const auto positions = at::tensor(at::ArrayRef<std::int64_t>(sample.sequence.positionIds))
                               .view({sample.sequence.positionRows, embeddings.size(1)});
    return vlm.logits(model::runDecoder(vlm, embeddings, positions, nullptr, stop));
}

}

double verifyDense(const std::filesystem::path& folder, const std::filesystem::path& runDir,
                   at::ScalarType dtype, EventSink& sink, std::stop_token stop) {
    WeightSource run(runDir);
    compareTensors(folder, run, dtype, sink, stop);
    throwIfStopped(stop);
    BlasThreads allThreads(place({}).threads);
    model::OpenOptions weightsOnly;
    weightsOnly.simulatesQuantizers = false;
    const auto original = model::openModel(runDir, weightsOnly), written = model::openModel(folder, {});
    const auto sample = samplePrompt(run.manifest().config, original->processor(), sink, stop);
    const auto own = logitsOf(*original, sample, stop);
    const auto difference = (own - logitsOf(*written, sample, stop)).abs().max().item<double>();
    if (!std::isfinite(difference))
        fail("its logits are not finite");
    return difference;
}

}
