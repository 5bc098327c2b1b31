// What leads to what in the main window: files that are opened, runs that are made, jobs that end, closing.
#include "ui/export/export_dialog.h"
#include "ui/jobs/job_center.h"
#include "ui/library/run_library.h"
#include "ui/main_window.h"
#include "ui/qt_text.h"
#include "ui/run/run_page.h"
#include "ui/selection.h"
#include "ui/settings/settings.h"
#include "ui/setup/setup_page.h"
#include "ui/store_reader.h"
#include "ui/widgets/message_bar.h"

#include <QApplication>
#include <QCloseEvent>
#include <QDir>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>

namespace vlmptq::ui {
namespace {

bool isDatabase(const QString& path) { return path.endsWith(QLatin1String(".db")); }
bool isCalibration(const QString& path) {
    return path.endsWith(QLatin1String(".jsonl")) || path.endsWith(QLatin1String(".json"));
}

}

void MainWindow::openDatabase(const std::filesystem::path& path) {
    m_isFirstLoad = true;
    m_context.selection->setActiveRun(std::nullopt);
    m_context.reader->open(path);
}

void MainWindow::openModel(const QString& folder) {
    m_setup->openModel(folder);
    showTab(m_setup);
}

void MainWindow::showDemoSetup() {
    try {
        m_setup->useDemo();
        showTab(m_setup);
    } catch (const Error& error) {
        notify(Problem::from(error));
    }
}

void MainWindow::tryDemo() {
    showDemoSetup();
    m_endsOnLayers = true;
    m_setup->startWhenReady();
}

void MainWindow::onLibraryLoaded() {
    updateTitle();
    updateActions();
    if (!std::exchange(m_isFirstLoad, false))
        return;
    const auto& runs = m_library->model()->runs();
    showWelcome(runs.empty() && m_setup->state().config.model.empty());
    if (!runs.empty() && !m_context.selection->activeRun())
        m_context.selection->setActiveRun(runs.front().id);
    for (const store::RunRecord& run : runs)
        if (run.state == store::RunState::Interrupted)
            offerResume(run);
}

void MainWindow::offerResume(const store::RunRecord& run) {
    const QString topic = QStringLiteral("run %1").arg(run.id);
    const Problem problem{.severity = Severity::Warning,
                          .sentence = tr("“%1” was interrupted after layer %2 of %3.")
                                          .arg(runTitle(run))
                                          .arg(run.layersDone)
                                          .arg(run.layers),
                          .hint = tr("Resume goes on after the last finished layer.")};
    m_messages->show(problem,
                     {{tr("&Resume"), QStringLiteral("resumeInterrupted"),
                       [this, id = run.id] {
                           m_jobs->resume(id);
                           showTab(m_run);
                       }}},
                     topic);
}

void MainWindow::onRunsCreated(const std::vector<store::RunId>& runs) {
    if (runs.empty())
        return;
    Selection* selection = m_context.selection;
    const auto before = selection->comparedRuns();
    for (const store::RunId run : before)
        selection->setCompared(run, false);
    selection->setActiveRun(runs.front());
    for (const store::RunId run : runs)
        if (runs.size() > 1)
            selection->setCompared(run, true);
}

void MainWindow::onJobEnded(const Job& job, const JobResult& result) {
    if (result.end == JobEnd::Failed && !std::holds_alternative<ExportJob>(job))
        reportFailure(job, result.problem);
    if (!isActiveWindow())
        QApplication::alert(this);
    if (m_closeWhenIdle && !m_jobs->isBusy()) {
        close();
    }
}

void MainWindow::reportFailure(const Job& job, const Problem& problem) {
    std::vector<MessageBar::Action> actions;
    const auto run = runOf(job);
    const store::RunRecord* record = run ? m_library->model()->run(*run) : nullptr;
    if (record && std::holds_alternative<QuantizeJob>(job)) {
        actions.push_back(
            {tr("New run with these settings"), QStringLiteral("newRun"), [this, config = record->config] {
                 SetupState state = m_setup->state();
                 state.config = config;
                 m_setup->setState(state);
                 showTab(m_setup);
             }});
    }
    Problem named = problem; // several runs may fail for the same reason
    if (record)
        named.sentence = runTitle(*record) + QStringLiteral(": ") + problem.sentence;
    m_messages->show(named, std::move(actions), run ? QStringLiteral("run %1").arg(*run) : QString());
}

void MainWindow::evaluate(store::RunId run) {
    EvaluationPlan plan = m_setup->evaluationPlan();
    if (plan.benchmarks.empty()) {
        notify({.severity = Severity::Note,
                .sentence = tr("No benchmarks are chosen."),
                .hint = tr("Choose a file or a folder of them in Set up.")});
        showTab(m_setup);
        return;
    }
    m_jobs->evaluate(run, plan);
    showTab(m_run);
}

void MainWindow::openExport(store::RunId run) {
    const store::RunRecord* record = m_library->model()->run(run);
    if (!record || !record->summary) {
        notify({.severity = Severity::Note,
                .sentence = tr("Only a finished run can be exported."),
                .hint = tr("Choose one in the list of runs.")});
        return;
    }
    (new ExportDialog(m_context, m_jobs, *record, this))->open();
}

void MainWindow::chooseModel() {
    auto* dialog = new QFileDialog(this, tr("Open a model folder"),
                                   m_context.settings->recentModels().value(0, QDir::homePath()));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName(QStringLiteral("modelDialog"));
    dialog->setFileMode(QFileDialog::Directory);
    connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::openModel);
    dialog->open();
}

void MainWindow::chooseDatabase() {
    auto* dialog = new QFileDialog(this, tr("Open a run database"), pathText(m_context.reader->path()),
                                   tr("Run databases (*.db)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName(QStringLiteral("databaseDialog"));
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::openPath);
    dialog->open();
}

void MainWindow::openPath(const QString& path) {
    if (isDatabase(path)) {
        if (m_jobs->isBusy()) {
            notify({.severity = Severity::Note,
                    .sentence = tr("A job is running into the open database."),
                    .hint = tr("Stop it before opening another.")});
            return;
        }
        m_context.settings->setDatabase(path);
        openDatabase(toPath(path));
    } else if (isCalibration(path)) {
        m_setup->openCalibration(path);
        showTab(m_setup);
    } else {
        openModel(QFileInfo(path).isDir() ? path : QFileInfo(path).absolutePath());
    }
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    const QList<QUrl> urls = event->mimeData()->urls();
    if (urls.size() == 1 && urls.front().isLocalFile())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) { openPath(event->mimeData()->urls().value(0).toLocalFile()); }

void MainWindow::closeEvent(QCloseEvent* event) {
    if (m_jobs->isBusy()) {
        event->ignore();
        askBeforeClosing();
        return;
    }
    m_context.settings->setLayout({saveGeometry(), saveState()});
    QMainWindow::closeEvent(event);
}

void MainWindow::askBeforeClosing() {
    auto* box = new QMessageBox(QMessageBox::Question, tr("Close while running"),
                                tr("“%1” is still running.").arg(m_jobs->title()), QMessageBox::Cancel, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setObjectName(QStringLiteral("closeQuestion"));
    box->setInformativeText(tr("Finished layers are kept; the run can be resumed at the next start."));
    const bool isQuantization = std::holds_alternative<QuantizeJob>(*m_jobs->current());
    QPushButton* later = isQuantization
                             ? box->addButton(tr("Stop after this &layer and quit"), QMessageBox::AcceptRole)
                             : nullptr;
    QPushButton* now = box->addButton(tr("Stop &now and quit"), QMessageBox::DestructiveRole);
    if (later)
        later->setObjectName(QStringLiteral("quitAfterLayer"));
    now->setObjectName(QStringLiteral("quitNow"));
    box->setDefaultButton(later ? later : now);
    connect(box, &QMessageBox::buttonClicked, this, [this, later, now](QAbstractButton* clicked) {
        if (clicked != now && (!later || clicked != later))
            return;
        m_closeWhenIdle = true;
        if (clicked == now)
            m_jobs->stopNow();
        else
            m_jobs->stopAfterLayer();
        if (!m_jobs->isBusy())
            close(); // it ended while the question was open
    });
    box->open();
}

}
