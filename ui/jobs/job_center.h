// job_center.h - the window's side of the work: makes runs in the database, keeps what waits, hands one job
// at a time to the engine's thread and follows its progress. Every view reads the running job from here. UI
// thread.
#pragma once
#include "ui/context.h"
#include "ui/jobs/job_host.h"
#include "ui/run/run_progress.h"

#include <QElapsedTimer>

#include <deque>
#include <optional>

namespace vlmptq::ui {

struct EvaluationPlan {
    std::vector<std::filesystem::path> benchmarks; // empty: none
    std::int64_t limit = 0;                        // first rows of each; 0: all
    bool fullPrecision = false;                    // the unquantized checkpoint too
};

class JobCenter : public QObject {
    Q_OBJECT
public:
    enum class Request { None, Pause, StopAfterLayer, StopNow }; // of the user, not yet obeyed

    JobCenter(const Context&, JobHost*, QObject* parent = nullptr);

    bool isBusy() const { return m_current.has_value(); }
    bool isEngineReady() const { return m_engine.has_value(); }
    const std::optional<api::EngineInfo>& engine() const { return m_engine; }
    const std::optional<Job>& current() const { return m_current; }
    const QString& title() const { return m_title; } // of the current or last job
    std::optional<store::RunId> run() const;         // of the current job
    const std::deque<Job>& waiting() const { return m_waiting; }
    QStringList waitingTitles() const;
    Request request() const { return m_request; }
    RunProgress& progress() { return m_progress; }
    double now() const { return double(m_clock.elapsed()) / 1000.0; }

    // Makes one run per configuration, then quantizes and evaluates them one after the other.
    void quantize(std::vector<RunConfig>, const EvaluationPlan&);
    void resume(store::RunId, bool allowOtherVersion = false);
    void evaluate(store::RunId, const EvaluationPlan&);
    void exportRun(const ExportJob&);
    void withdrawExport(store::RunId); // one that still waits

    void pause(); // after the layer; only a quantization
    void stopAfterLayer();
    void stopNow(); // of any job; what waits is taken off too

Q_SIGNALS:
    void engineChanged(); // ready or failed
    void runsCreated(const std::vector<vlmptq::store::RunId>& runs);
    void started(const vlmptq::ui::Job& job);
    void eventArrived(const vlmptq::Event& event);
    void ended(const vlmptq::ui::Job& job, const vlmptq::ui::JobResult& result);
    void changed();    // job, queue or request
    void becameIdle(); // everything is done
    void problemOccurred(const vlmptq::ui::Problem& problem);

private:
    void enqueue(Job, bool atFront = false);
    void enqueueEvaluation(const store::RunRecord&, const EvaluationPlan&);
    EvaluateJob evaluation(std::optional<store::RunId>, const std::filesystem::path& model,
                           const DeviceConfig&, const EvaluationPlan&) const;
    void startNext();
    void finish(const JobResult&);
    void dropWaiting();
    void askForControl(store::Control, Request);
    void rememberStageSeconds();
    StageSeconds earlierSeconds() const;
    QString titleOf(const Job&) const;

    Context m_context;
    JobHost* m_host;
    QElapsedTimer m_clock;
    std::optional<api::EngineInfo> m_engine;
    std::deque<Job> m_waiting;
    std::map<store::RunId, QString> m_titles;
    std::optional<Job> m_current;
    QString m_title;
    Request m_request = Request::None;
    RunProgress m_progress;
    std::optional<store::RunId> m_lastQuantized; // its evaluation continues the same progress
};

}
