#include "ui/jobs/job_center.h"

#include "ui/qt_text.h"
#include "ui/settings/settings.h"
#include "ui/store_reader.h"

#include <utility>

namespace vlmptq::ui {
namespace {

constexpr Stage kAllStages[] = {Stage::Load, Stage::Calibrate, Stage::Quantize,
                                Stage::Save, Stage::Evaluate,  Stage::Export};

QString secondsKey(Stage stage) { return QStringLiteral("seconds/%1").arg(text(toString(stage))); }

bool isEvaluationOf(const Job& job, store::RunId run) {
    const auto* evaluate = std::get_if<EvaluateJob>(&job);
    return evaluate && evaluate->run == run;
}

}

JobCenter::JobCenter(const Context& context, JobHost* host, QObject* parent)
    : QObject(parent), m_context(context), m_host(host) {
    m_clock.start();
    connect(m_host, &JobHost::engineReady, this, [this](const api::EngineInfo& info) {
        m_engine = info;
        Q_EMIT engineChanged();
    });
    connect(m_host, &JobHost::engineFailed, this, [this](const Problem& problem) {
        Q_EMIT engineChanged();
        Q_EMIT problemOccurred(problem);
    });
    connect(m_host, &JobHost::eventArrived, this, [this](const Event& event) {
        m_progress.apply(event, now());
        Q_EMIT eventArrived(event);
    });
    connect(m_host, &JobHost::ended, this, &JobCenter::finish);
}

std::optional<store::RunId> JobCenter::run() const {
    if (!m_current)
        return std::nullopt;
    return runOf(*m_current);
}

QStringList JobCenter::waitingTitles() const {
    QStringList titles;
    std::optional<store::RunId> before = run();
    for (const Job& job : m_waiting) {
        const bool belongsToTheRunBefore = before && isEvaluationOf(job, *before);
        if (!belongsToTheRunBefore)
            titles << titleOf(job);
        before = runOf(job);
    }
    return titles;
}

void JobCenter::quantize(std::vector<RunConfig> configs, const EvaluationPlan& plan) {
    auto made = std::make_shared<std::vector<store::RunRecord>>();
    m_context.reader->change(
        this,
        [configs = std::move(configs), made](store::RunStore& store) {
            for (const RunConfig& config : configs)
                made->push_back(store.run(store.createRun(config)).value());
        },
        [this, made, plan] {
            std::vector<store::RunId> ids;
            for (const store::RunRecord& run : *made) {
                ids.push_back(run.id);
                m_titles[run.id] = runTitle(run);
                m_waiting.push_back(QuantizeJob{.database = m_context.reader->path(), .run = run.id});
                enqueueEvaluation(run, plan);
            }
            if (plan.fullPrecision && !plan.benchmarks.empty() && !made->empty()) {
                const RunConfig& config = made->front().config;
                m_waiting.push_back(evaluation(std::nullopt, config.model, config.device, plan));
            }
            Q_EMIT runsCreated(ids);
            Q_EMIT changed();
            startNext();
        });
}

void JobCenter::resume(store::RunId run, bool allowOtherVersion) {
    m_context.reader->request(
        this, QStringLiteral("resume %1").arg(run), [run](store::RunStore& store) { return store.run(run); },
        [this, run, allowOtherVersion](const std::optional<store::RunRecord>& record) {
            if (!record)
                return;
            m_titles[run] = runTitle(*record);
            enqueue(QuantizeJob{m_context.reader->path(), run, allowOtherVersion}, true);
        });
}

void JobCenter::evaluate(store::RunId run, const EvaluationPlan& plan) {
    m_context.reader->request(
        this, QStringLiteral("evaluate %1").arg(run),
        [run](store::RunStore& store) { return store.run(run); },
        [this, run, plan](const std::optional<store::RunRecord>& record) {
            if (!record)
                return;
            m_titles[run] = runTitle(*record);
            enqueueEvaluation(*record, plan);
            Q_EMIT changed();
            startNext();
        });
}

void JobCenter::exportRun(const ExportJob& job) { enqueue(job); }

EvaluateJob JobCenter::evaluation(std::optional<store::RunId> run, const std::filesystem::path& model,
                                  const DeviceConfig& device, const EvaluationPlan& plan) const {
    EvaluateJob job;
    job.database = m_context.reader->path();
    job.run = run;
    job.request.model = model;
    job.request.benchmarks = plan.benchmarks;
    job.request.limit = plan.limit;
    job.request.device = device;
    return job;
}

void JobCenter::enqueueEvaluation(const store::RunRecord& run, const EvaluationPlan& plan) {
    if (plan.benchmarks.empty())
        return;
    m_waiting.push_back(evaluation(run.id, run.directory, run.config.device, plan));
}

void JobCenter::enqueue(Job job, bool atFront) {
    if (atFront)
        m_waiting.push_front(std::move(job));
    else
        m_waiting.push_back(std::move(job));
    Q_EMIT changed();
    startNext();
}

void JobCenter::pause() { askForControl(store::Control::PauseAfterLayer, Request::Pause); }
void JobCenter::stopAfterLayer() { askForControl(store::Control::StopAfterLayer, Request::StopAfterLayer); }

void JobCenter::stopNow() {
    if (!m_current)
        return;
    m_request = Request::StopNow;
    m_host->stopNow();
    Q_EMIT changed();
}

void JobCenter::askForControl(store::Control control, Request request) {
    if (!m_current || !std::holds_alternative<QuantizeJob>(*m_current))
        return;
    m_request = request;
    m_context.reader->change(
        this, [run = *run(), control](store::RunStore& store) { store.requestControl(run, control); });
    Q_EMIT changed();
}

void JobCenter::startNext() {
    if (m_current || m_waiting.empty())
        return;
    m_current = std::move(m_waiting.front());
    m_waiting.pop_front();
    m_request = Request::None;
    m_title = titleOf(*m_current);
    const bool continues = m_lastQuantized && isEvaluationOf(*m_current, *m_lastQuantized);
    if (!continues) {
        std::vector<Stage> stages{Stage::Load, Stage::Evaluate};
        if (std::holds_alternative<ExportJob>(*m_current))
            stages = {Stage::Export};
        if (const auto* quantize = std::get_if<QuantizeJob>(&*m_current)) {
            stages = {Stage::Load, Stage::Calibrate, Stage::Quantize, Stage::Save};
            if (!m_waiting.empty() && isEvaluationOf(m_waiting.front(), quantize->run))
                stages.push_back(Stage::Evaluate);
        }
        m_progress = RunProgress(std::move(stages), earlierSeconds(), now());
    }
    m_lastQuantized.reset();
    Q_EMIT started(*m_current);
    Q_EMIT changed();
    m_host->start(*m_current);
}

void JobCenter::finish(const JobResult& result) {
    if (!m_current)
        return;
    const Job job = *std::exchange(m_current, std::nullopt);
    const auto* quantize = std::get_if<QuantizeJob>(&job);
    const bool isDone = result.end == JobEnd::Finished || result.end == JobEnd::FinishedWithWarnings;
    if (isDone)
        rememberStageSeconds();
    if (isDone && quantize)
        m_lastQuantized = quantize->run;
    if (quantize && !isDone && result.end != JobEnd::Paused)
        std::erase_if(m_waiting,
                      [quantize](const Job& other) { return isEvaluationOf(other, quantize->run); });
    if (result.end == JobEnd::Stopped)
        dropWaiting();
    m_request = Request::None;
    Q_EMIT ended(job, result);
    Q_EMIT changed();
    if (result.end == JobEnd::Paused)
        return; // what waits stays until the run is resumed
    startNext();
    if (!m_current)
        Q_EMIT becameIdle();
}

void JobCenter::withdrawExport(store::RunId run) {
    std::erase_if(m_waiting, [run](const Job& job) {
        return std::holds_alternative<ExportJob>(job) && runOf(job) == run;
    });
    Q_EMIT changed();
}

void JobCenter::dropWaiting() {
    std::vector<store::RunId> runs;
    for (const Job& job : std::exchange(m_waiting, {}))
        if (const auto* quantize = std::get_if<QuantizeJob>(&job))
            runs.push_back(quantize->run);
    if (runs.empty())
        return;
    m_context.reader->change(this, [runs](store::RunStore& store) {
        for (const store::RunId run : runs)
            store.setState(run, store::RunState::Stopped);
    });
}

StageSeconds JobCenter::earlierSeconds() const {
    StageSeconds seconds;
    for (const Stage stage : kAllStages)
        if (const double known = m_context.settings->view(secondsKey(stage)).toDouble(); known > 0)
            seconds[stage] = known;
    return seconds;
}

void JobCenter::rememberStageSeconds() {
    for (const auto& [stage, seconds] : m_progress.measured(now()))
        m_context.settings->setView(secondsKey(stage), seconds);
}

QString JobCenter::titleOf(const Job& job) const {
    const auto run = runOf(job);
    const auto known = run ? m_titles.find(*run) : m_titles.end();
    const QString name = known != m_titles.end() ? known->second
                         : run                   ? tr("run %1").arg(*run)
                                                 : tr("full precision");
    if (std::holds_alternative<EvaluateJob>(job))
        return tr("Evaluate %1").arg(name);
    if (std::holds_alternative<ExportJob>(job))
        return tr("Export %1").arg(name);
    return name;
}

}
