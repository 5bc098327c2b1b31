#include "ui/status_line.h"

#include "ui/jobs/job_center.h"
#include "ui/qt_text.h"
#include "ui/run/stage_bar.h"
#include "ui/run/time_text.h"
#include "ui/store_reader.h"
#include "ui/theme/icons.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QToolButton>

namespace vlmptq::ui {
namespace {

constexpr int kTickMilliseconds = 250;

QString jobText(JobCenter& jobs) {
    if (!jobs.isBusy())
        return StatusLine::tr("Ready");
    RunProgress& progress = jobs.progress();
    QStringList parts{jobs.title()};
    for (const Stage stage : progress.stages())
        if (progress.state(stage) == StageState::Active)
            parts << stageText(stage);
    if (progress.modules() > 0 && progress.state(Stage::Quantize) == StageState::Active)
        parts << QStringLiteral("%1/%2")
                     .arg(std::min(progress.modulesDone() + 1, progress.modules()))
                     .arg(progress.modules());
    if (const auto left = progress.timeLeft(jobs.now()))
        parts << StatusLine::tr("%1 left").arg(timeLeftText(left->seconds, left->spread));
    return parts.join(QStringLiteral(" \u00b7 "));
}

}

StatusLine::StatusLine(const Context& context, JobCenter* jobs, QWidget* parent)
    : QWidget(parent), m_context(context), m_jobs(jobs), m_job(new QToolButton(this)),
      m_pause(new QToolButton(this)), m_bar(new QProgressBar(this)), m_device(new QLabel(this)),
      m_database(new QLabel(this)) {
    m_job->setObjectName(QStringLiteral("jobLine"));
    m_job->setAutoRaise(true);
    m_job->setToolTip(tr("Show the run"));
    m_pause->setObjectName(QStringLiteral("statusPause"));
    m_pause->setIcon(icon(Glyph::Pause));
    m_pause->setAutoRaise(true);
    m_pause->setToolTip(tr("Pause after this layer (Ctrl+P)"));
    m_pause->setAccessibleName(m_pause->toolTip());
    m_bar->setRange(0, 100);
    m_bar->setAccessibleName(tr("Progress of the job"));
    m_bar->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    m_device->setProperty("muted", true);
    m_database->setProperty("muted", true);
    m_database->setObjectName(QStringLiteral("databaseState"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(4, 0, 8, 0);
    row->setSpacing(10);
    row->addWidget(m_job);
    row->addWidget(m_bar);
    row->addWidget(m_pause);
    row->addStretch();
    row->addWidget(m_device);
    row->addWidget(m_database);
    m_timer.setInterval(kTickMilliseconds);
    connect(&m_timer, &QTimer::timeout, this, &StatusLine::refresh);
    connect(m_job, &QToolButton::clicked, this, &StatusLine::runRequested);
    connect(m_pause, &QToolButton::clicked, jobs, &JobCenter::pause);
    connect(jobs, &JobCenter::changed, this, &StatusLine::refresh);
    connect(jobs, &JobCenter::engineChanged, this, &StatusLine::refresh);
    connect(context.reader, &StoreReader::opened, this, &StatusLine::showDatabase);
    connect(context.reader, &StoreReader::openFailed, this, &StatusLine::showDatabase);
    refresh();
    showDatabase();
}

void StatusLine::refresh() {
    const bool isBusy = m_jobs->isBusy();
    if (isBusy && !m_timer.isActive())
        m_timer.start();
    if (!isBusy)
        m_timer.stop();
    m_job->setText(jobText(*m_jobs));
    m_bar->setVisible(isBusy);
    m_bar->setValue(int(m_jobs->progress().share() * 100));
    m_pause->setVisible(isBusy && std::holds_alternative<QuantizeJob>(*m_jobs->current()));
    m_pause->setEnabled(m_jobs->request() == JobCenter::Request::None);
    const auto& engine = m_jobs->engine();
    m_device->setText(engine && !engine->devices.empty() ? text(engine->devices.back().name) : QString());
    if (engine && !engine->devices.empty())
        m_device->setToolTip(text(engine->devices.back().description));
}

void StatusLine::showDatabase() {
    const StoreReader& reader = *m_context.reader;
    if (!reader.isOpen())
        m_database->setText(tr("no database"));
    else if (reader.isReadOnly())
        m_database->setText(tr("database read-only"));
    else
        m_database->setText(tr("database ✓"));
    m_database->setToolTip(pathText(reader.path()) +
                           (reader.notice().isEmpty() ? QString() : QLatin1Char('\n') + reader.notice()));
}

}
