#include "ui/main_window.h"

#include "ui/analysis/benchmarks_page.h"
#include "ui/analysis/layers_page.h"
#include "ui/analysis/live_plots.h"
#include "ui/analysis/modalities_page.h"
#include "ui/analysis/shown_runs.h"
#include "ui/details/details_view.h"
#include "ui/jobs/job_center.h"
#include "ui/library/run_library.h"
#include "ui/main_window_actions.h"
#include "ui/plots/plot_view.h"
#include "ui/qt_text.h"
#include "ui/run/run_page.h"
#include "ui/selection.h"
#include "ui/settings/settings.h"
#include "ui/setup/setup_page.h"
#include "ui/status_line.h"
#include "ui/store_reader.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/welcome_page.h"
#include "ui/widgets/crumb_bar.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/message_bar.h"

#include <QDockWidget>
#include <QHBoxLayout>
#include <QPushButton>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTabWidget>
#include <QToolButton>
#include <QVBoxLayout>

namespace vlmptq::ui {
namespace {

constexpr QSize kSmallest{960, 600}, kUsual{1440, 900};
constexpr int kFoldCharacters = 190; // in a narrower window the Details dock folds into its button

}

MainWindow::MainWindow(const Context& context, JobHost* host, QWidget* parent)
    : QMainWindow(parent), m_context(context), m_jobs(new JobCenter(context, host, this)),
      m_library(new RunLibrary(context, this)), m_details(new DetailsView(context, this)),
      m_messages(new MessageBar(this)), m_crumbs(new CrumbBar(context, m_library->model(), this)),
      m_centre(new QStackedWidget(this)), m_tabs(new QTabWidget(this)),
      m_welcome(new WelcomePage(context, m_jobs, this)), m_setup(new SetupPage(context, m_jobs, this)),
      m_run(new RunPage(context, m_jobs, this)), m_live(new LivePlots(context, m_jobs, m_run)),
      m_shownRuns(new ShownRuns(context, this)), m_layers(new LayersPage(context, m_shownRuns, this)),
      m_modalities(new ModalitiesPage(context, m_shownRuns, this)),
      m_benchmarks(new BenchmarksPage(context, this)), m_status(new StatusLine(context, m_jobs, this)) {
    setObjectName(QStringLiteral("mainWindow"));
    setWindowIcon(applicationIcon());
    setAcceptDrops(true);
    setMinimumSize(kSmallest);
    resize(kUsual);
    buildDocks();
    buildCentre();
    buildMenus();
    connectViews();
    connectAnalysis();
    connectJobs();
    m_defaultState = saveState();
    restoreLayout();
    connect(context.theme, &Theme::changed, this, &MainWindow::foldDetails);
    updateTitle();
    updateActions();
}

MainWindow::~MainWindow() = default;

void MainWindow::buildDocks() {
    const auto makeDock = [this](const QString& title, const char* name, QWidget* content,
                                 Qt::DockWidgetArea area) {
        auto* dock = new QDockWidget(title, this);
        dock->setObjectName(QLatin1String(name));
        dock->setWidget(content);
        dock->setFeatures(QDockWidget::DockWidgetClosable | QDockWidget::DockWidgetMovable);
        addDockWidget(area, dock);
        return dock;
    };
    m_libraryDock = makeDock(tr("Runs"), "libraryDock", m_library, Qt::LeftDockWidgetArea);
    m_detailsDock = makeDock(tr("Details"), "detailsDock", m_details, Qt::RightDockWidgetArea);
    statusBar()->addWidget(m_status, 1);
    statusBar()->setSizeGripEnabled(false);
    for (const auto& [label, name, open] :
         {std::tuple(tr("Open a model folder…"), "libraryOpenModel", &MainWindow::chooseModel),
          std::tuple(tr("Try the demo"), "libraryTryDemo", &MainWindow::tryDemo)})
        connect(m_library->emptyState()->addButton(label, QLatin1String(name)), &QPushButton::clicked, this,
                open);
}

void MainWindow::buildCentre() {
    m_tabs->setObjectName(QStringLiteral("tabs"));
    m_tabs->setAccessibleName(tr("Views"));
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(m_setup, tr("Set up"));
    m_tabs->addTab(m_run, tr("Run"));
    m_tabs->addTab(m_layers, tr("Layers"));
    m_tabs->addTab(m_modalities, tr("Modalities"));
    m_tabs->addTab(m_benchmarks, tr("Benchmarks"));
    m_run->addLivePlot(m_live->errorPlot());
    m_run->addLivePlot(m_live->muPlot());
    m_centre->addWidget(m_welcome);
    m_centre->addWidget(m_tabs);
    m_centre->setCurrentWidget(m_tabs);
    auto* details = new QToolButton(this); // what the Details dock folds into
    details->setDefaultAction(m_detailsDock->toggleViewAction());
    details->setObjectName(QStringLiteral("toggleDetails"));
    details->setAutoRaise(true);
    m_top = new QWidget(this);
    auto* top = new QHBoxLayout(m_top);
    top->setContentsMargins(0, 0, 0, 0);
    top->addWidget(m_crumbs, 1);
    top->addWidget(details);
    auto* centre = new QWidget(this);
    auto* column = new QVBoxLayout(centre);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_messages);
    column->addWidget(m_top);
    column->addWidget(m_centre, 1);
    setCentralWidget(centre);
}

void MainWindow::connectViews() {
    connect(m_welcome, &WelcomePage::openModelRequested, this, &MainWindow::chooseModel);
    connect(m_welcome, &WelcomePage::demoRequested, this, &MainWindow::tryDemo);
    connect(m_welcome, &WelcomePage::openDatabaseRequested, this, &MainWindow::chooseDatabase);
    connect(m_welcome, &WelcomePage::recentModelChosen, this, &MainWindow::openModel);
    connect(m_setup, &SetupPage::canStartChanged, this, &MainWindow::updateActions);
    connect(m_setup, &SetupPage::startRequested, this, [this] { showTab(m_run); });
    connect(m_run, &RunPage::setUpRequested, this, [this] { showTab(m_setup); });
    connect(m_run, &RunPage::exportRequested, this, &MainWindow::openExport);
    connect(m_run, &RunPage::benchmarksRequested, this, &MainWindow::evaluate);
    connect(m_status, &StatusLine::runRequested, this, [this] { showTab(m_run); });
    connect(m_library, &RunLibrary::loaded, this, &MainWindow::onLibraryLoaded);
    connect(m_library, &RunLibrary::problemOccurred, this, &MainWindow::notify);
    connect(m_library, &RunLibrary::resumeRequested, m_jobs,
            [this](store::RunId run) { m_jobs->resume(run); });
    connect(m_library, &RunLibrary::evaluateRequested, this, &MainWindow::evaluate);
    connect(m_library, &RunLibrary::exportRequested, this, &MainWindow::openExport);
    connect(m_context.selection, &Selection::activeRunChanged, this, [this](std::optional<store::RunId> run) {
        if (run)
            showWelcome(false);
        updateTitle();
        updateActions();
    });
    connect(m_context.selection, &Selection::historyChanged, this, &MainWindow::updateActions);
    connect(m_context.reader, &StoreReader::queryFailed, this, &MainWindow::notify);
    connect(m_context.reader, &StoreReader::openFailed, this, [this](const Problem& problem) {
        m_messages->show(
            problem,
            {{tr("Choose another…"), QStringLiteral("chooseDatabase"), [this] { chooseDatabase(); }}},
            QStringLiteral("database"));
    });
    connect(m_context.reader, &StoreReader::opened, this, [this] {
        m_messages->dismiss(QStringLiteral("database"));
        if (const QString notice = m_context.reader->notice(); !notice.isEmpty())
            notify({.severity = Severity::Warning, .sentence = notice});
    });
}

void MainWindow::connectAnalysis() {
    connect(m_layers, &LayersPage::problemOccurred, this, &MainWindow::notify);
    connect(m_benchmarks, &BenchmarksPage::evaluateRequested, this, &MainWindow::evaluate);
    connect(m_run, &RunPage::layersRequested, this, [this](store::RunId run) {
        m_context.selection->setActiveRun(run);
        showTab(m_layers);
    });
    // The demo ends where its result is seen.
    connect(m_jobs, &JobCenter::becameIdle, this, [this] {
        if (std::exchange(m_endsOnLayers, false))
            showTab(m_layers);
    });
}

void MainWindow::connectJobs() {
    connect(m_jobs, &JobCenter::problemOccurred, this, &MainWindow::notify);
    connect(m_jobs, &JobCenter::runsCreated, this, &MainWindow::onRunsCreated);
    connect(m_jobs, &JobCenter::started, this, [this](const Job& job) {
        if (const auto run = runOf(job))
            m_messages->dismiss(QStringLiteral("run %1").arg(*run));
        showWelcome(false);
    });
    connect(m_jobs, &JobCenter::ended, this, &MainWindow::onJobEnded);
    connect(m_jobs, &JobCenter::changed, this, &MainWindow::updateActions);
}

void MainWindow::showTab(QWidget* page) {
    showWelcome(false);
    m_tabs->setCurrentWidget(page);
}

void MainWindow::showWelcome(bool on) {
    m_centre->setCurrentWidget(on ? static_cast<QWidget*>(m_welcome) : m_tabs);
    m_top->setVisible(!on);
}

void MainWindow::restoreLayout() {
    const Settings::Layout layout = m_context.settings->layout();
    if (!layout.geometry.isEmpty())
        restoreGeometry(layout.geometry);
    if (!layout.state.isEmpty() && !restoreState(layout.state))
        restoreState(m_defaultState);
}

void MainWindow::resetLayout() {
    m_context.settings->forgetLayout();
    restoreState(m_defaultState);
    for (QDockWidget* dock : {m_libraryDock, m_detailsDock})
        dock->show();
    resizeDocks({m_libraryDock, m_detailsDock},
                {m_library->sizeHint().width(), m_details->sizeHint().width()}, Qt::Horizontal);
}

void MainWindow::resizeEvent(QResizeEvent* event) {
    QMainWindow::resizeEvent(event);
    foldDetails();
}

void MainWindow::foldDetails() {
    const bool isNarrow = width() < kFoldCharacters * fontMetrics().averageCharWidth();
    if (isNarrow == std::exchange(m_isNarrow, isNarrow))
        return; // what the user opens in a narrow window stays open
    if (isNarrow)
        m_detailsFolded = !m_detailsDock->isHidden();
    if (m_detailsFolded)
        m_detailsDock->setVisible(!isNarrow);
}

void MainWindow::updateTitle() {
    const auto id = m_context.selection->activeRun();
    const store::RunRecord* run = id ? m_library->model()->run(*id) : nullptr;
    if (!run)
        return setWindowTitle(tr("VLM-PTQ Studio"));
    //: window title: model, scheme, method
    setWindowTitle(tr("%1 · %2 · %3 – VLM-PTQ Studio")
                       .arg(text(run->modelTitle), text(run->scheme), methodTitle(run->method)));
}

void MainWindow::notify(const Problem& problem) { m_messages->show(problem); }

}
