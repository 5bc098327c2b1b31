#include "ui/run/run_page.h"

#include "ui/jobs/job_center.h"
#include "ui/qt_text.h"
#include "ui/run/log_view.h"
#include "ui/run/stage_bar.h"
#include "ui/run/time_text.h"
#include "ui/store_reader.h"
#include "ui/theme/icons.h"
#include "ui/widgets/empty_state.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QLabel>
#include <QMessageBox>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QSplitter>
#include <QStackedLayout>
#include <QVBoxLayout>

namespace vlmptq::ui {
namespace {

constexpr int kTickMilliseconds = 200;
constexpr int kBarSteps = 1000;

QPushButton* makeButton(const QIcon& icon, const QString& text, const char* name, QWidget* parent) {
    auto* button = new QPushButton(icon, text, parent);
    button->setObjectName(QLatin1String(name));
    return button;
}

}

void askToStop(JobCenter& jobs, QWidget* parent) {
    if (!jobs.isBusy())
        return;
    const bool isQuantization = std::holds_alternative<QuantizeJob>(*jobs.current());
    auto* box = new QMessageBox(QMessageBox::Question, RunPage::tr("Stop"),
                                RunPage::tr("Stop “%1”?").arg(jobs.title()), QMessageBox::NoButton, parent);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setObjectName(QStringLiteral("stopQuestion"));
    QString consequence = isQuantization
                              ? RunPage::tr("Finished layers are kept, and the run can be resumed.")
                              : RunPage::tr("What is finished is kept, and the rest can be done later.");
    if (!jobs.waiting().empty())
        consequence += QLatin1Char(' ') + RunPage::tr("The waiting jobs are taken off the list.");
    box->setInformativeText(consequence);
    QPushButton* afterLayer =
        isQuantization ? box->addButton(RunPage::tr("Stop after this &layer"), QMessageBox::AcceptRole)
                       : nullptr;
    QPushButton* now = box->addButton(RunPage::tr("Stop &now"), QMessageBox::DestructiveRole);
    QPushButton* keep = box->addButton(RunPage::tr("&Keep running"), QMessageBox::RejectRole);
    if (afterLayer)
        afterLayer->setObjectName(QStringLiteral("stopAfterLayer"));
    now->setObjectName(QStringLiteral("stopNow"));
    keep->setObjectName(QStringLiteral("keepRunning"));
    box->setDefaultButton(afterLayer ? afterLayer : now);
    box->setEscapeButton(keep);
    QObject::connect(box, &QMessageBox::buttonClicked, &jobs,
                     [&jobs, afterLayer, now](QAbstractButton* clicked) {
                         if (clicked == now)
                             jobs.stopNow();
                         if (afterLayer && clicked == afterLayer)
                             jobs.stopAfterLayer();
                     });
    box->open();
}

RunPage::RunPage(const Context& context, JobCenter* jobs, QWidget* parent)
    : QWidget(parent), m_context(context), m_jobs(jobs), m_stack(new QStackedLayout(this)),
      m_empty(new EmptyState(tr("Nothing is running"),
                             tr("Choose a model and a method first, or resume a run from the list."), this)) {
    setObjectName(QStringLiteral("runPage"));
    connect(m_empty->addButton(tr("Go to Set up"), QStringLiteral("goToSetUp")), &QPushButton::clicked, this,
            &RunPage::setUpRequested);
    auto* running = new QWidget(this);
    buildRunning(running);
    m_stack->addWidget(m_empty);
    auto* scroll = new QScrollArea(this); // at 200 % text the page is taller than a small screen
    scroll->setAccessibleName(tr("Running job"));
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setWidget(running);
    m_stack->addWidget(scroll);

    m_timer.setInterval(kTickMilliseconds);
    connect(&m_timer, &QTimer::timeout, this, &RunPage::tick);
    connect(jobs, &JobCenter::started, this, &RunPage::onStarted);
    connect(jobs, &JobCenter::ended, this, &RunPage::onEnded);
    connect(jobs, &JobCenter::changed, this, &RunPage::refreshButtons);
    connect(jobs, &JobCenter::eventArrived, this, [this](const Event& event) {
        if (const auto* memory = std::get_if<event::Memory>(&event))
            m_memory = memory->residentBytes;
    });
    connect(m_pause, &QPushButton::clicked, jobs, &JobCenter::pause);
    connect(m_stop, &QPushButton::clicked, this, [this] { askToStop(*m_jobs, window()); });
    connect(m_resume, &QPushButton::clicked, this, [this] {
        if (m_run)
            m_jobs->resume(*m_run);
    });
    connect(m_toLayers, &QPushButton::clicked, this, [this] { Q_EMIT layersRequested(m_run.value_or(0)); });
    connect(m_toBenchmarks, &QPushButton::clicked, this,
            [this] { Q_EMIT benchmarksRequested(m_run.value_or(0)); });
    connect(m_toExport, &QPushButton::clicked, this, [this] { Q_EMIT exportRequested(m_run.value_or(0)); });
    refreshButtons();
}

void RunPage::buildRunning(QWidget* page) {
    m_title = new QLabel(page);
    m_title->setObjectName(QStringLiteral("jobTitle"));
    m_title->setProperty("heading", true);
    m_title->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_stages = new StageBar(m_context, page);
    m_bar = new QProgressBar(page);
    m_bar->setObjectName(QStringLiteral("jobProgress"));
    m_bar->setAccessibleName(tr("Progress of the job"));
    m_bar->setRange(0, kBarSteps);
    m_now = new QLabel(page);
    m_now->setObjectName(QStringLiteral("jobNow"));
    m_times = new QLabel(page);
    m_times->setObjectName(QStringLiteral("jobTimes"));
    m_times->setProperty("muted", true);
    m_waiting = new QLabel(page);
    m_waiting->setObjectName(QStringLiteral("jobWaiting"));
    m_waiting->setProperty("muted", true);
    for (QLabel* label : {m_now, m_times, m_waiting})
        label->setWordWrap(true);
    m_pause = makeButton(icon(Glyph::Pause), tr("&Pause after this layer"), "pauseRun", page);
    m_resume = makeButton(icon(Glyph::Play), tr("&Resume"), "resumeRun", page);
    m_stop = makeButton(icon(Glyph::Stop), tr("&Stop…"), "stopRun", page);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_pause);
    buttons->addWidget(m_resume);
    buttons->addStretch(); // Stop stays away from Pause
    buttons->addWidget(m_stop);
    m_plots = new QSplitter(Qt::Horizontal, page);
    m_plots->setChildrenCollapsible(false);
    m_plots->setHandleWidth(18);
    m_plots->hide();
    m_log = new LogView(m_context, page);
    m_log->setMinimumHeight(fontMetrics().lineSpacing() * 7);
    auto* lower = new QSplitter(Qt::Vertical, page);
    lower->setChildrenCollapsible(false);
    lower->addWidget(m_plots);
    lower->addWidget(m_log);
    lower->setStretchFactor(0, 3);
    lower->setStretchFactor(1, 1);

    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(16, 14, 16, 12);
    column->setSpacing(8);
    for (QWidget* widget : std::initializer_list<QWidget*>{m_title, m_stages, m_bar, m_now, m_times})
        column->addWidget(widget);
    column->addLayout(buttons);
    column->addWidget(m_waiting);
    column->addWidget(buildFinishedLine());
    column->addWidget(lower, 1);
}

QWidget* RunPage::buildFinishedLine() {
    m_finishedLine = new QWidget(this);
    m_finished = new QLabel(m_finishedLine);
    m_finished->setObjectName(QStringLiteral("jobFinished"));
    m_finished->setWordWrap(true);
    m_toLayers = makeButton(icon(Glyph::Chart), tr("Layers"), "toLayers", m_finishedLine);
    m_toBenchmarks = makeButton(icon(Glyph::Check), tr("Evaluate"), "toBenchmarks", m_finishedLine);
    m_toExport = makeButton(icon(Glyph::Export), tr("Export…"), "toExport", m_finishedLine);
    auto* row = new QHBoxLayout(m_finishedLine);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_finished, 1);
    for (QPushButton* button : {m_toLayers, m_toBenchmarks, m_toExport})
        row->addWidget(button);
    m_finishedLine->hide();
    return m_finishedLine;
}

void RunPage::addLivePlot(QWidget* plot) {
    m_plots->addWidget(plot);
    m_plots->show();
}

void RunPage::onStarted(const Job& job) {
    if (const auto run = runOf(job)) // an evaluation of full precision leaves the last run's log in place
        m_run = run;
    m_paused.reset();
    m_announced = -1;
    m_memory = 0;
    m_log->setRun(m_run);
    m_stages->setProblem(false);
    m_finishedLine->hide();
    m_stack->setCurrentIndex(1);
    m_timer.start();
    tick();
}

void RunPage::onEnded(const Job& job, const JobResult& result) {
    m_timer.stop();
    tick();
    m_stages->setProblem(result.end == JobEnd::Failed);
    const bool canContinue = result.end == JobEnd::Paused || result.end == JobEnd::Stopped;
    if (canContinue && std::holds_alternative<QuantizeJob>(job))
        m_paused = job;
    showFinishedLine(job, result);
    refreshButtons();
}

void RunPage::showFinishedLine(const Job& job, const JobResult& result) {
    const QString took = durationText(m_jobs->progress().elapsed(m_jobs->now()));
    const bool isDone = result.end == JobEnd::Finished || result.end == JobEnd::FinishedWithWarnings;
    for (QPushButton* button : {m_toLayers, m_toBenchmarks, m_toExport})
        button->setVisible(isDone && m_run);
    switch (result.end) {
    case JobEnd::Finished:
        m_finished->setText(tr("Finished in %1.").arg(took));
        break;
    case JobEnd::FinishedWithWarnings:
        m_finished->setText(tr("Finished with warnings in %1: see the log.").arg(took));
        break;
    case JobEnd::Paused:
        m_finished->setText(tr("Paused after the layer. Everything finished is on disk."));
        break;
    case JobEnd::Stopped:
        m_finished->setText(tr("Stopped. Finished layers are kept; Resume goes on after the last one."));
        break;
    case JobEnd::Failed:
        m_finished->setText(tr("Failed: %1").arg(result.problem.message()));
        break;
    }
    m_finishedLine->show();
    const bool isQuantization = std::holds_alternative<QuantizeJob>(job);
    if (!isDone || !isQuantization || !m_run)
        return;
    m_context.reader->request(
        this, QStringLiteral("summary"), [run = *m_run](store::RunStore& store) { return store.run(run); },
        [this, took](const std::optional<store::RunRecord>& run) {
            if (!run || !run->summary || run->id != m_run)
                return;
            //: finished line: time, average error, size before and after
            m_finished->setText(tr("Finished in %1 – average error %2, %3 → %4.")
                                    .arg(took, significantText(run->summary->meanModuleError),
                                         bytesText(run->summary->originalBytes),
                                         bytesText(run->summary->quantizedBytes)));
        });
}

void RunPage::tick() {
    RunProgress& progress = m_jobs->progress();
    std::vector<StageBar::Item> items;
    for (const Stage stage : progress.stages())
        items.push_back({stage, progress.state(stage), progress.stageShare(stage)});
    m_stages->setItems(std::move(items));
    m_title->setText(m_jobs->title());
    const int value = int(progress.share() * kBarSteps);
    m_bar->setValue(value);
    m_now->setText(amountsText());
    m_now->setVisible(m_jobs->isBusy() || !m_now->text().isEmpty());
    m_times->setText(timesText());
    if (const int tenth = value * 10 / kBarSteps;
        tenth != m_announced) { // interface.md 9: every 10 %, not more
        m_announced = tenth;
        m_bar->setAccessibleDescription(tr("%1 done").arg(percentText(progress.share())));
        QAccessibleValueChangeEvent event(m_bar, value);
        QAccessible::updateAccessibility(&event);
    }
}

QString RunPage::amountsText() const {
    const RunProgress& progress = m_jobs->progress();
    QStringList parts;
    if (progress.modules() > 0 && progress.state(Stage::Quantize) == StageState::Active) {
        parts << tr("module %1 of %2")
                     .arg(std::min(progress.modulesDone() + 1, progress.modules()))
                     .arg(progress.modules());
        if (!progress.module().empty())
            parts << text(progress.module());
        //: μ candidate x of y
        if (progress.candidates() > 0)
            parts << tr("μ %1 of %2").arg(progress.candidate()).arg(progress.candidates());
    } else if (progress.samples() > 0 && progress.state(Stage::Calibrate) == StageState::Active) {
        parts << tr("%1 of %n samples", nullptr, progress.samples()).arg(progress.samplesDone());
    } else if (!progress.detail().empty()) {
        parts << text(progress.detail());
    }
    return parts.join(QStringLiteral("   "));
}

QString RunPage::timesText() {
    RunProgress& progress = m_jobs->progress();
    const double now = m_jobs->now();
    QStringList parts{tr("elapsed %1").arg(durationText(progress.elapsed(now)))};
    if (m_jobs->isBusy()) {
        const auto left = progress.timeLeft(now);
        parts << (left ? tr("%1 left").arg(timeLeftText(left->seconds, left->spread))
                       : tr("time left is being measured"));
    }
    if (const auto seconds = progress.secondsPerModule())
        parts << tr("%1 per module (median)").arg(durationText(*seconds));
    if (m_memory > 0)
        parts << tr("memory %1").arg(bytesText(m_memory));
    return parts.join(QStringLiteral("   "));
}

void RunPage::refreshButtons() {
    const bool isBusy = m_jobs->isBusy();
    const bool isQuantization = isBusy && std::holds_alternative<QuantizeJob>(*m_jobs->current());
    const auto request = m_jobs->request();
    m_pause->setVisible(isQuantization);
    m_pause->setEnabled(request == JobCenter::Request::None);
    m_pause->setText(request == JobCenter::Request::Pause ? tr("Pausing after this layer…")
                                                          : tr("&Pause after this layer"));
    m_stop->setVisible(isBusy);
    m_stop->setEnabled(request != JobCenter::Request::StopNow);
    m_stop->setText(request == JobCenter::Request::StopNow          ? tr("Stopping…")
                    : request == JobCenter::Request::StopAfterLayer ? tr("Stopping after this layer…")
                                                                    : tr("&Stop…"));
    m_resume->setVisible(!isBusy && m_paused.has_value());
    const QStringList waiting = m_jobs->waitingTitles();
    m_waiting->setText(tr("Waiting: %1").arg(waiting.join(QStringLiteral(", "))));
    m_waiting->setVisible(!waiting.isEmpty());
    if (isBusy)
        m_title->setText(m_jobs->title());
}

}
