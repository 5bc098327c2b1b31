#include "engine/jobs/run_recovery.h"

#include "engine/checkpoint/run_folder.h"
#include "engine/core/error.h"
#include "engine/core/stop.h"

namespace vlmptq::jobs {
namespace {

namespace fs = std::filesystem;
using checkpoint::RunManifest;

// Why the layer has to be computed again; absent: its file is whole.
std::optional<std::string> damageOf(const fs::path& folder, int layer) {
    try {
        checkpoint::readLayer(folder, layer);
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::BadInput)
            throw;
        return error.what();
    }
    return std::nullopt;
}

void checkLayers(const store::RunRecord& run, const std::stop_token& stop, Recovery& recovery) {
    for (int& layer = recovery.finishedLayers; layer < run.layersDone; ++layer) {
        throwIfStopped(stop);
        const auto damage = damageOf(run.directory, layer);
        if (!damage)
            continue;
        recovery.repairs.push_back(
            {"W-LAYER", checkpoint::layerFile(run.directory, layer).string(),
             *damage + " Layer " + std::to_string(layer) + " and those after it are computed again."});
        return;
    }
}

std::optional<RunManifest> readableManifest(const fs::path& folder, std::string& problem) {
    try {
        return checkpoint::readManifest(folder);
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::BadInput)
            throw;
        problem = error.what();
    }
    return std::nullopt;
}

void checkManifest(const store::RunRecord& run, Recovery& recovery) {
    std::string problem;
    if (const auto manifest = readableManifest(run.directory, problem)) {
        if (manifest->fingerprint != run.fingerprintParts)
            throw Error(ErrorKind::BadInput, "E-JOB-06",
                        (fs::path(run.directory) / "run.json").string() + " belongs to another run, of " +
                            manifest->modelFolder + ".",
                        "Put the folder of run " + std::to_string(run.id) + " back, or start a new run.");
        return;
    }
    checkpoint::writeManifest(run.directory, {.modelFolder = run.model,
                                              .config = run.config,
                                              .fingerprint = run.fingerprintParts,
                                              .layers = run.layers,
                                              .programVersion = VLMPTQ_VERSION});
    recovery.repairs.push_back(
        {"W-RUN", run.directory, problem + " It was written again from the run database."});
}

}

Recovery recover(const store::RunRecord& run, const std::stop_token& stop) {
    Recovery recovery;
    checkLayers(run, stop, recovery);
    if (recovery.finishedLayers > 0) // else the engine starts the folder anew
        checkManifest(run, recovery);
    return recovery;
}

}
