#include "app/cli/job.h"

#include "app/cli/json_events.h"
#include "app/cli/progress.h"
#include "app/cli/record_json.h"
#include "engine/jobs/run_job.h"

namespace vlmptq::cli {
namespace {

// The terminal's view of a job and, with --json, the stream of events.
class Observers : public EventSink {
public:
    Observers(Session& session, std::optional<store::RunId> run, std::string title)
        : m_progress(session.console, std::move(title)), m_events(session.console, run),
          m_isJson(session.isJson) {}
    void onEvent(const Event& event) override {
        m_progress.onEvent(event);
        if (m_isJson)
            m_events.onEvent(event);
    }

private:
    Progress m_progress;
    JsonEvents m_events;
    bool m_isJson;
};

[[noreturn]] void failStopped(const Session& session, const store::RunRecord& run) {
    throw Error(ErrorKind::Stopped, "E-STOP-01",
                runTitle(run) + " was stopped; " + std::to_string(run.layersDone) + " of " +
                    std::to_string(run.layers) + " layers are finished and kept.",
                "resume with: " + resumeCommand(session, run.id));
}

}

std::string resumeCommand(const Session& session, store::RunId run) {
    std::string command = "vlmptq quantize --resume " + std::to_string(run);
    if (!session.databaseOption.empty())
        command += " --db '" + session.databaseOption + "'";
    return command;
}

QuantizedRun quantizeRun(Session& session, store::RunId id, bool allowOtherVersion) {
    auto& engine = session.stoppableEngine();
    const auto recordOf = [&] { return session.openStore()->run(id).value(); };
    const auto before = recordOf();
    session.console.note(runTitle(before) + ": " + before.scheme + " " + before.method);
    jobs::Outcome outcome;
    {
        Observers observers(session, id, "run " + std::to_string(id));
        outcome = jobs::quantize(engine, session.database(), id, observers, session.interruption().source(),
                                 {.allowOtherVersion = allowOtherVersion});
    }
    auto after = recordOf();
    if (outcome == jobs::Outcome::Stopped || outcome == jobs::Outcome::Paused)
        failStopped(session, after);
    return {.run = std::move(after), .hasWarnings = outcome == jobs::Outcome::FinishedWithWarnings};
}

std::vector<BenchmarkScore> evaluate(Session& session, const Subject& subject, const EvalPlan& plan) {
    api::EvaluateRequest request{.model = subject.folder,
                                 .benchmarks = plan.benchmarks,
                                 .limit = plan.limit,
                                 .maxNewTokens = plan.maxNewTokens,
                                 .repetitionPenalty = plan.repetitionPenalty,
                                 .ruleset = plan.ruleset,
                                 .answered = {},
                                 .device = plan.device};
    auto& engine = session.stoppableEngine();
    const auto run = subject.run ? std::optional(subject.run->id) : std::nullopt;
    Observers observers(session, run, subject.title);
    try {
        return jobs::evaluate(engine, session.database(), run, std::move(request), observers,
                              session.interruption().token(), plan.resume);
    } catch (const Error& failure) {
        if (failure.kind() != ErrorKind::Stopped)
            throw;
        throw Error(ErrorKind::Stopped, "E-STOP-02",
                    "The evaluation of " + subject.title + " was stopped; its answers are kept.",
                    "Add --resume to the same command to go on.");
    }
}

}
