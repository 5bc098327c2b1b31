// main_window.h - menus, docks and tabs around the shared objects, and what happens between the views: who
// opens what, what a finished job leads to, what closing asks. Takes no ownership of the context's objects or
// the host.
#pragma once
#include "ui/context.h"
#include "ui/jobs/job.h"

#include <QMainWindow>

class QDockWidget;
class QMenu;
class QStackedWidget;
class QTabWidget;

namespace vlmptq::ui {

class BenchmarksPage;
class CrumbBar;
class DetailsView;
class JobCenter;
class JobHost;
class LayersPage;
class LivePlots;
class MessageBar;
class ModalitiesPage;
class RunLibrary;
class RunPage;
class SetupPage;
class ShownRuns;
class StatusLine;
class WelcomePage;

class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    MainWindow(const Context&, JobHost*, QWidget* parent = nullptr);
    ~MainWindow() override;
    JobCenter* jobs() const { return m_jobs; }
    void openDatabase(const std::filesystem::path&);
    void openModel(const QString& folder);
    void tryDemo();       // fills Set up and starts
    void showDemoSetup(); // fills Set up only

protected:
    void closeEvent(QCloseEvent*) override;
    void dragEnterEvent(QDragEnterEvent*) override;
    void dropEvent(QDropEvent*) override;
    void resizeEvent(QResizeEvent*) override;

private:
    struct Actions; // main_window_menus.cpp
    void buildDocks();
    void buildCentre();
    void buildMenus();
    void fillFileMenu(QMenu*);
    void fillEditMenu(QMenu*);
    void fillViewMenu(QMenu*);
    void fillRunMenu(QMenu*);
    void fillHelpMenu(QMenu*);
    void connectViews();
    void connectAnalysis();
    void connectJobs();
    void showTab(QWidget* page);
    void showWelcome(bool);
    void onLibraryLoaded();
    void onRunsCreated(const std::vector<store::RunId>&);
    void onJobEnded(const Job&, const JobResult&);
    void reportFailure(const Job&, const Problem&);
    void offerResume(const store::RunRecord&);
    void evaluate(store::RunId);
    void openExport(store::RunId);
    void chooseModel();
    void chooseDatabase();
    void openPath(const QString&);
    void askBeforeClosing();
    void restoreLayout();
    void resetLayout();
    void foldDetails(); // in a window too narrow for it
    void updateTitle();
    void updateActions();
    void nextPane(int step);
    void notify(const Problem&);

    Context m_context;
    JobCenter* m_jobs;
    RunLibrary* m_library;
    DetailsView* m_details;
    MessageBar* m_messages;
    CrumbBar* m_crumbs;
    QWidget* m_top = nullptr; // crumbs and the button of the Details dock
    QStackedWidget* m_centre;
    QTabWidget* m_tabs;
    WelcomePage* m_welcome;
    SetupPage* m_setup;
    RunPage* m_run;
    LivePlots* m_live;
    ShownRuns* m_shownRuns;
    LayersPage* m_layers;
    ModalitiesPage* m_modalities;
    BenchmarksPage* m_benchmarks;
    StatusLine* m_status;
    QDockWidget *m_libraryDock, *m_detailsDock;
    QByteArray m_defaultState;
    std::unique_ptr<Actions> m_actions;
    bool m_isFirstLoad = true, m_endsOnLayers = false, m_closeWhenIdle = false, m_isNarrow = false,
         m_detailsFolded = false;
};

}
