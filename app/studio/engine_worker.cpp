#include "app/studio/engine_worker.h"

#include "engine/jobs/run_job.h"

namespace vlmptq::studio {
namespace {

constexpr qint64 kProgressMilliseconds = 50; // 20 a second

ui::JobEnd endOf(jobs::Outcome outcome) {
    switch (outcome) {
    case jobs::Outcome::Finished:
        return ui::JobEnd::Finished;
    case jobs::Outcome::FinishedWithWarnings:
        return ui::JobEnd::FinishedWithWarnings;
    case jobs::Outcome::Paused:
        return ui::JobEnd::Paused;
    case jobs::Outcome::Stopped:
        return ui::JobEnd::Stopped;
    }
    return ui::JobEnd::Failed;
}

}

api::Engine& EngineWorker::engine() {
    if (!m_engine)
        m_engine = m_factory();
    return *m_engine;
}

void EngineWorker::load() {
    try {
        Q_EMIT engineReady(engine().info());
    } catch (const std::exception& exception) {
        Q_EMIT engineFailed(ui::Problem::from(exception));
    }
}

void EngineWorker::run(const ui::Job& job, const std::stop_source& stop) {
    ui::JobResult result;
    m_sinceProgress.invalidate();
    try {
        result = std::visit([&](const auto& what) { return perform(what, stop); }, job);
    } catch (const std::exception& exception) {
        result.problem = ui::Problem::from(exception);
        result.end = result.problem.isStop ? ui::JobEnd::Stopped : ui::JobEnd::Failed;
    }
    Q_EMIT ended(result);
}

ui::JobResult EngineWorker::perform(const ui::QuantizeJob& job, const std::stop_source& stop) {
    const auto outcome = jobs::quantize(engine(), job.database, job.run, *this, stop,
                                        {.allowOtherVersion = job.allowOtherVersion});
    return {.end = endOf(outcome)};
}

ui::JobResult EngineWorker::perform(const ui::EvaluateJob& job, const std::stop_source& stop) {
    jobs::evaluate(engine(), job.database, job.run, job.request, *this, stop.get_token(), job.resume);
    return {};
}

ui::JobResult EngineWorker::perform(const ui::ExportJob& job, const std::stop_source& stop) {
    return {.exported = engine().exportCheckpoint(job.request, *this, stop.get_token())};
}

void EngineWorker::onEvent(const Event& event) {
    if (std::holds_alternative<event::Progress>(event)) {
        if (m_sinceProgress.isValid() && m_sinceProgress.elapsed() < kProgressMilliseconds)
            return;
        m_sinceProgress.start();
    }
    Q_EMIT eventArrived(event);
}

}
