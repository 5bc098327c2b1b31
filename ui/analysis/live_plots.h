// live_plots.h - the two plots of the Run page while a run is under way: errors of the finished modules as
// they come, and the mu curve of the module being worked on. They follow the job's events, not the database.
// UI thread.
#pragma once
#include "engine/core/events.h"
#include "ui/context.h"
#include "ui/plots/run_results.h"

#include <QObject>
#include <QTimer>

namespace vlmptq::ui {

class JobCenter;
class PlotView;

class LivePlots : public QObject {
    Q_OBJECT
public:
    LivePlots(const Context&, JobCenter*, QWidget* parent);
    PlotView* errorPlot() const { return m_error; }
    PlotView* muPlot() const { return m_curve; }

private:
    void onStarted();
    void onEvent(const Event&);
    void add(const ModuleResult&);
    void show();

    Context m_context;
    JobCenter* m_jobs;
    PlotView *m_error, *m_curve;
    RunResults m_results;  // finished modules; on resume those of the database first
    ModuleResult m_search; // the module being searched, with the candidates tried so far
    QTimer m_timer;        // gathers what arrives within a few frames
};

}
