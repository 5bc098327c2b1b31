#include "app/cli/run_watch.h"

#include "app/cli/subject.h"
#include "engine/core/text.h"

#include <chrono>
#include <thread>
#include <utility>

namespace vlmptq::cli {
namespace {

using store::RunState;

constexpr std::chrono::milliseconds kPollPeriod{500};

[[noreturn]] void failNothingRuns(const Session& session) {
    throw Error(ErrorKind::BadInput, "E-CLI-08", "No run is running in " + session.database().string() + ".",
                "Name a run, or start one with 'vlmptq quantize'.");
}

store::RunId runningOne(Session& session, store::RunStore& opened) {
    for (const auto& run : opened.runs())
        if (run.state == RunState::Running)
            return run.id;
    failNothingRuns(session);
}

bool isOver(RunState state) { return state != RunState::Running && state != RunState::Queued; }

std::string layerLine(const LayerResult& layer, int layers) {
    const auto error =
        layer.hiddenHeldoutError.all ? layer.hiddenHeldoutError.all : layer.hiddenCalibrationError.all;
    return "layer " + std::to_string(layer.layer + 1) + "/" + std::to_string(layers) +
           (error ? "  error " + significant(*error, 2) : "") + "  " + secondsText(layer.seconds) + '\n';
}

}

int watchRun(Session& session, std::optional<store::RunId> wanted) {
    if (!std::filesystem::exists(session.database()))
        failNothingRuns(session);
    const auto opened = session.openStore(); // not read-only: a run whose process died is noticed here
    const store::RunId id = wanted ? *wanted : runningOne(session, *opened);
    int shownLayers = 0;
    std::int64_t shownLog = 0, version = -1;
    for (;; std::this_thread::sleep_for(kPollPeriod)) {
        if (opened->markInterrupted() == 0 && std::exchange(version, opened->dataVersion()) == version)
            continue;
        const auto run = opened->run(id);
        if (!run)
            throw Error(ErrorKind::BadInput, "E-CLI-01", "Run " + std::to_string(id) + " was deleted.",
                        "See 'vlmptq runs list'.");
        for (const auto& entry : opened->log(id, shownLog)) {
            session.console.print(entry.severity + "  " + (entry.where.empty() ? "" : entry.where + ": ") +
                                  entry.text + '\n');
            shownLog = entry.id;
        }
        for (const auto& layer : opened->layers(id, shownLayers)) {
            session.console.print(layerLine(layer, run->layers));
            shownLayers = layer.layer + 1;
        }
        if (isOver(run->state)) {
            session.console.print(runTitle(*run) + " is " + std::string(store::toString(run->state)) +
                                  (run->error.empty() ? "" : ": " + run->error) + '\n');
            return run->state == RunState::Failed ? 1 : 0;
        }
    }
}

}
