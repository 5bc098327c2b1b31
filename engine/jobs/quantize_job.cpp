#include "engine/checkpoint/checkpoint.h"
#include "engine/core/fingerprint.h"
#include "engine/jobs/model_title.h"
#include "engine/jobs/run_job.h"
#include "engine/jobs/run_recovery.h"
#include "engine/store/run_attendant.h"
#include "engine/store/run_recorder.h"

#include <atomic>
#include <stdexcept>

namespace vlmptq::jobs {
namespace {

namespace fs = std::filesystem;
using store::Control;
using store::RunState;

RunState stateAfter(Outcome outcome) {
    switch (outcome) {
    case Outcome::Finished:
        return RunState::Finished;
    case Outcome::FinishedWithWarnings:
        return RunState::FinishedWithWarnings;
    case Outcome::Paused:
        return RunState::Paused;
    case Outcome::Stopped:
        return RunState::Stopped;
    }
    return RunState::Failed;
}

// A model that cannot be read has no title; why is the engine's to say, which opens it next.
void nameModel(store::RunStore& store, const store::RunRecord& run) {
    if (!run.modelTitle.empty())
        return;
    std::string title;
    try {
        title = modelTitle(*checkpoint::Checkpoint::open(run.model));
    } catch (const Error&) {
        return;
    }
    store.setModelTitle(run.id, title);
}

// Stands between the engine and the recorder: checks the fingerprint before anything is recorded, and turns
// requests for a pause or a stop into a stop at the right moment. One per run, on the engine's thread.
class RunKeeper : public EventSink {
public:
    RunKeeper(const fs::path& database, store::RunStore& store, const store::RunRecord& run,
              EventSink& observer, std::stop_source stop)
        : m_store(store), m_run(run), m_observer(observer), m_stop(std::move(stop)),
          m_recorder(database, run.id, [this](Control control) { obey(control); }),
          m_attendant(database, run.id, [this](Control control) { obey(control); }) {}

    // Before the engine starts: what the folder is good for, and what was mended in it.
    void recoverFolder() {
        const auto recovery = recover(m_run, m_stop.get_token());
        m_finishedLayers = recovery.finishedLayers;
        for (const auto& repair : recovery.repairs)
            onEvent(repair);
    }

    int finishedLayers() const { return m_finishedLayers; }
    bool isPaused() const { return m_isPaused; }

    void onEvent(const Event& event) override {
        if (m_refusal)
            return;
        if (const auto* started = std::get_if<event::Started>(&event))
            start(*started);
        if (m_refusal)
            return;
        m_recorder.onEvent(event);
        m_observer.onEvent(event);
        if (const auto* finished = std::get_if<event::LayerFinished>(&event))
            endLayer(finished->result.layer);
    }

    // What makes the outcome of the engine worthless; absent when all is well.
    std::optional<Error> failure() const {
        if (m_refusal)
            return m_refusal;
        if (m_recorder.hasLostResults())
            return m_recorder.problem();
        return std::nullopt;
    }
    std::optional<Error> databaseProblem() const {
        return m_recorder.problem() ? m_recorder.problem() : m_attendant.problem();
    }

private:
    void start(const event::Started& started) {
        m_layers = started.layers;
        try {
            if (m_finishedLayers > 0)
                requireSameFingerprint(m_run.fingerprintParts, started.fingerprintParts);
            m_store.dropLayersFrom(m_run.id, m_finishedLayers);
        } catch (const Error& error) {
            m_refusal = error;
            m_stop.request_stop();
        }
    }

    void obey(Control control) { // on the engine's or the attendant's thread
        m_pending = control;
        if (control == Control::StopNow)
            m_stop.request_stop();
    }

    void endLayer(int layer) {
        const Control pending = m_pending;
        const bool isWanted = pending == Control::PauseAfterLayer || pending == Control::StopAfterLayer;
        if (!isWanted || layer + 1 >= m_layers)
            return; // after the last layer the rest is quicker than a resume
        if (m_stop.request_stop())
            m_isPaused = pending == Control::PauseAfterLayer;
    }

    store::RunStore& m_store;
    const store::RunRecord& m_run;
    EventSink& m_observer;
    std::stop_source m_stop;
    int m_finishedLayers = 0, m_layers = 0;
    std::atomic<Control> m_pending = Control::None;
    bool m_isPaused = false;
    std::optional<Error> m_refusal;
    store::RunRecorder m_recorder;
    store::RunAttendant m_attendant; // last: its thread uses the rest
};

void runEngine(api::Engine& engine, RunKeeper& keeper, const store::RunRecord& run,
               const QuantizeOptions& options, std::stop_token stop) {
    const api::QuantizeRequest request{.config = run.config,
                                       .runDir = run.directory,
                                       .finishedLayers = keeper.finishedLayers(),
                                       .allowOtherVersion = options.allowOtherVersion};
    try {
        engine.quantize(request, keeper, std::move(stop));
        if (const auto failure = keeper.failure())
            throw *failure;
    } catch (const Error&) {
        // A stop we asked for ourselves has a reason of its own.
        if (const auto failure = keeper.failure())
            throw *failure;
        throw;
    } catch (const std::exception& error) {
        throw Error(ErrorKind::RunFailed, "E-INTERNAL",
                    std::string("The engine failed: ") + error.what() + ".",
                    "This is a fault of the program: please report it.");
    }
}

[[noreturn]] void failRun(store::RunStore& store, store::RunId run, const Error& error) {
    try {
        store.addLog(run, "error", error.id(), "", error.message());
        store.setState(run, RunState::Failed, error.message());
    } catch (const Error& refused) {
        if (error.kind() == ErrorKind::Database)
            throw error; // why the database does not know
        throw Error(error.kind(), error.id(),
                    std::string(error.what()) + " (And the database does not know: " + refused.what() + ")",
                    error.hint());
    }
    throw error;
}

}

Outcome quantize(api::Engine& engine, const fs::path& database, store::RunId id, EventSink& observer,
                 std::stop_source stop, const QuantizeOptions& options) {
    const auto store = store::RunStore::open(database);
    if (isFinished(requireRun(*store, id).state))
        throw Error(ErrorKind::BadInput, "E-JOB-05", "Run " + std::to_string(id) + " is finished.",
                    "Start a new run.");
    store->claim(id);
    const auto run = requireRun(*store, id);
    try {
        nameModel(*store, run);
        RunKeeper keeper(database, *store, run, observer, stop);
        Outcome outcome = Outcome::Finished;
        try {
            keeper.recoverFolder();
            runEngine(engine, keeper, run, options, stop.get_token());
            if (const auto summary = requireRun(*store, id).summary; summary && summary->warnings > 0)
                outcome = Outcome::FinishedWithWarnings;
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::Stopped)
                throw;
            outcome = keeper.isPaused() ? Outcome::Paused : Outcome::Stopped;
        }
        if (const auto problem = keeper.databaseProblem())
            store->addLog(id, "warning", problem->id(), "", problem->message());
        store->setState(id, stateAfter(outcome));
        return outcome;
    } catch (const Error& error) {
        failRun(*store, id, error);
    }
}

}
