#include "ui/export/export_dialog.h"

#include "ui/jobs/job_center.h"
#include "ui/qt_text.h"
#include "ui/settings/settings.h"
#include "ui/widgets/path_edit.h"
#include "ui/widgets/severity.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QFormLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace vlmptq::ui {
namespace {

constexpr int kBarSteps = 1000;

QString suggestedFolder(const store::RunRecord& run, const Settings& settings) {
    const QString parent = settings.view(QStringLiteral("exportParent"), QDir::homePath()).toString();
    return QDir(parent).filePath(text(defaultRunName(run.config)) + QStringLiteral("-dense"));
}

}

ExportDialog::ExportDialog(const Context& context, JobCenter* jobs, const store::RunRecord& run,
                           QWidget* parent)
    : QDialog(parent), m_jobs(jobs), m_run(run), m_fields(new QWidget(this)), m_dtype(new QComboBox(this)),
      m_folder(new PathEdit(PathEdit::Kind::Folder, tr("Folder of the checkpoint"), {}, this)),
      m_verify(new QCheckBox(tr("&Verify after writing: reload it and compare"), this)),
      m_replace(new QCheckBox(tr("&Replace the existing folder (it is moved aside first)"), this)),
      m_message(new QLabel(this)), m_state(new QLabel(this)), m_bar(new QProgressBar(this)) {
    setObjectName(QStringLiteral("exportDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Export checkpoint – %1").arg(runTitle(run)));
    buildFields();
    auto* column = new QVBoxLayout(this);
    auto* what = new QLabel(tr("A dense Hugging Face folder of the quantized weights: it loads wherever the "
                               "original does, at the original's size."),
                            this);
    what->setWordWrap(true);
    what->setProperty("muted", true);
    column->addWidget(what);
    column->addWidget(m_fields);
    column->addWidget(m_message);
    column->addWidget(m_bar);
    column->addWidget(m_state);
    column->addStretch();
    auto* buttons = new QDialogButtonBox(this);
    m_export = buttons->addButton(tr("&Export"), QDialogButtonBox::AcceptRole);
    m_export->setObjectName(QStringLiteral("startExport"));
    m_export->setProperty("primary", true);
    m_close = buttons->addButton(QDialogButtonBox::Cancel);
    m_close->setObjectName(QStringLiteral("closeExport"));
    column->addWidget(buttons);
    setMinimumWidth(fontMetrics().averageCharWidth() * 96);
    m_folder->setPath(suggestedFolder(run, *context.settings));

    connect(buttons, &QDialogButtonBox::accepted, this, [this, settings = context.settings] {
        settings->setView(QStringLiteral("exportParent"), QFileInfo(m_folder->path()).absolutePath());
        start();
    });
    connect(buttons, &QDialogButtonBox::rejected, this, &ExportDialog::reject);
    connect(m_folder, &PathEdit::pathChanged, this, &ExportDialog::check);
    connect(m_replace, &QCheckBox::toggled, this, &ExportDialog::check);
    connect(jobs, &JobCenter::eventArrived, this, &ExportDialog::onEvent);
    connect(jobs, &JobCenter::ended, this, &ExportDialog::onEnded);
    setPhase(Phase::Choosing);
    check();
}

void ExportDialog::buildFields() {
    m_dtype->setObjectName(QStringLiteral("exportDtype"));
    m_dtype->addItems({QStringLiteral("BF16"), QStringLiteral("F16"), QStringLiteral("F32")});
    m_folder->setObjectName(QStringLiteral("exportFolder"));
    m_verify->setObjectName(QStringLiteral("exportVerify"));
    m_verify->setChecked(true);
    m_replace->setObjectName(QStringLiteral("exportReplace"));
    m_message->setWordWrap(true);
    m_state->setWordWrap(true);
    m_state->setObjectName(QStringLiteral("exportState"));
    m_state->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_bar->setRange(0, kBarSteps);
    m_bar->setAccessibleName(tr("Progress of the export"));
    auto* form = new QFormLayout(m_fields);
    form->setContentsMargins(0, 0, 0, 0);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->addRow(tr("&Weights as"), m_dtype);
    form->addRow(tr("&Folder"), m_folder);
    form->addRow(QString(), m_verify);
    form->addRow(QString(), m_replace);
}

void ExportDialog::setPhase(Phase phase) {
    m_phase = phase;
    m_fields->setEnabled(phase == Phase::Choosing);
    m_bar->setVisible(phase == Phase::Working);
    m_state->setVisible(phase != Phase::Choosing || !m_state->text().isEmpty());
    m_export->setVisible(phase != Phase::Done);
    m_export->setEnabled(phase == Phase::Choosing);
    m_close->setText(phase == Phase::Done ? tr("&Close") : tr("Cancel"));
    resize(width(), layout()->totalHeightForWidth(
                        std::max(width(), minimumWidth()))); // wrapped lines have come or gone
}

void ExportDialog::check() {
    const QString folder = m_folder->path();
    const bool exists = QDir(folder).exists() && !QDir(folder).isEmpty();
    m_replace->setVisible(exists);
    QString problem;
    if (folder.isEmpty())
        problem = tr("Choose a folder for the checkpoint.");
    else if (exists && !m_replace->isChecked())
        problem = tr("This folder exists and is not empty: choose another, or replace it.");
    setSeverity(m_message, Severity::Error);
    m_message->setText(problem);
    m_message->setVisible(!problem.isEmpty());
    m_export->setEnabled(problem.isEmpty() && m_phase == Phase::Choosing);
}

void ExportDialog::start() {
    check();
    if (!m_export->isEnabled())
        return;
    ExportJob job;
    job.run = m_run.id;
    job.request.runDir = m_run.directory;
    job.request.outDir = toPath(m_folder->path());
    job.request.dtype = api::DenseDtype(m_dtype->currentIndex());
    job.request.verify = m_verify->isChecked();
    job.request.replace = m_replace->isChecked();
    job.request.device = m_run.config.device;
    m_bar->setRange(0, 0); // until the first number
    m_state->setText(m_jobs->isBusy() ? tr("Waiting for the running job…") : tr("Starting…"));
    setPhase(Phase::Working);
    m_jobs->exportRun(job);
}

bool ExportDialog::isOurs(const Job& job) const {
    const auto* ours = std::get_if<ExportJob>(&job);
    return ours && m_phase == Phase::Working && ours->run == m_run.id &&
           ours->request.outDir == toPath(m_folder->path());
}

void ExportDialog::onEvent(const Event& event) {
    if (!m_jobs->current() || !isOurs(*m_jobs->current()))
        return;
    const auto* progress = std::get_if<event::Progress>(&event);
    if (!progress || progress->total <= 0)
        return;
    m_bar->setRange(0, kBarSteps);
    m_bar->setValue(int(progress->done / progress->total * kBarSteps));
    m_state->setText(progress->detail.empty() ? tr("Writing…") : text(progress->detail));
}

void ExportDialog::onEnded(const Job& job, const JobResult& result) {
    if (!isOurs(job))
        return;
    if (result.exported)
        return showResult(*result.exported);
    m_state->setText(result.end == JobEnd::Stopped ? tr("Cancelled. Nothing was left in the folder.")
                                                   : result.problem.message());
    setSeverity(m_state, result.end == JobEnd::Stopped ? Severity::Note : Severity::Error);
    setPhase(Phase::Choosing);
    check();
}

void ExportDialog::showResult(const api::ExportResult& result) {
    QString shown = tr("Written: %1 (files: %2, %3)")
                        .arg(pathText(result.outDir))
                        .arg(result.files.size())
                        .arg(bytesText(result.bytes));
    if (m_verify->isChecked())
        shown += QLatin1Char('\n') + tr("Verified: reloaded, largest difference of the logits %1.")
                                         .arg(significantText(result.largestLogitDifference));
    shown += QLatin1Char('\n') + tr("Rounding the weights to %1 changed them by %2 (relative squared error).")
                                     .arg(m_dtype->currentText(), significantText(result.roundingError));
    m_state->setText(shown);
    setPhase(Phase::Done);
}

void ExportDialog::reject() {
    if (m_phase != Phase::Working)
        return QDialog::reject();
    if (m_jobs->current() && isOurs(*m_jobs->current())) {
        m_state->setText(tr("Cancelling…"));
        m_jobs->stopNow(); // `ended` follows within a second
        return;
    }
    m_jobs->withdrawExport(m_run.id);
    m_state->setText(tr("Cancelled before it began."));
    setPhase(Phase::Choosing);
    check();
}

}
