// run_page.h - the Run tab: stages, honest progress, time left, pause and stop, live plots and log of the
// running job; after it, what came out and what can be done next.
#pragma once
#include "ui/context.h"
#include "ui/jobs/job.h"
#include "ui/run/run_progress.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QProgressBar;
class QPushButton;
class QSplitter;
class QStackedLayout;

namespace vlmptq::ui {

class EmptyState;
class JobCenter;
class LogView;
class StageBar;

// Asks once how to stop; obeys the answer.
void askToStop(JobCenter&, QWidget* parent);

class RunPage : public QWidget {
    Q_OBJECT
public:
    RunPage(const Context&, JobCenter*, QWidget* parent = nullptr);
    void addLivePlot(QWidget*);

Q_SIGNALS:
    void setUpRequested();
    void layersRequested(vlmptq::store::RunId run);
    void benchmarksRequested(vlmptq::store::RunId run);
    void exportRequested(vlmptq::store::RunId run);

private:
    void buildRunning(QWidget*);
    QWidget* buildFinishedLine();
    void onStarted(const Job&);
    void onEnded(const Job&, const JobResult&);
    void showFinishedLine(const Job&, const JobResult&);
    void tick(); // progress and times, a few times a second
    void refreshButtons();
    QString timesText();
    QString amountsText() const;

    Context m_context;
    JobCenter* m_jobs;
    QTimer m_timer;
    QStackedLayout* m_stack;
    EmptyState* m_empty;
    StageBar* m_stages;
    QProgressBar* m_bar;
    QLabel *m_title, *m_now, *m_times, *m_waiting, *m_finished;
    QWidget* m_finishedLine;
    QPushButton *m_pause, *m_stop, *m_resume, *m_toLayers, *m_toBenchmarks, *m_toExport;
    QSplitter* m_plots;
    LogView* m_log;
    std::optional<store::RunId> m_run; // shown
    std::optional<Job> m_paused;       // can be resumed from here
    int m_announced = -1;              // last tenth told to screen readers
    std::uint64_t m_memory = 0;
};

}
