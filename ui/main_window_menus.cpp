// Menus and shortcuts of the main window (interface.md 12).
#include "ui/about_dialog.h"
#include "ui/details/details_view.h"
#include "ui/jobs/job_center.h"
#include "ui/library/run_library.h"
#include "ui/main_window_actions.h"
#include "ui/run/run_page.h"
#include "ui/selection.h"
#include "ui/settings/settings.h"
#include "ui/setup/setup_page.h"
#include "ui/store_reader.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

#include <QActionGroup>
#include <QDockWidget>
#include <QMenuBar>
#include <QTabWidget>

namespace vlmptq::ui {
namespace {

constexpr int kTextSizes[] = {80, 90, 100, 110, 125, 150, 175, 200};

void addThemeMenu(QMenu* menu, const Context& context) {
    auto* group = new QActionGroup(menu);
    const std::pair<QString, ThemeMode> modes[] = {{MainWindow::tr("&System"), ThemeMode::System},
                                                   {MainWindow::tr("&Light"), ThemeMode::Light},
                                                   {MainWindow::tr("&Dark"), ThemeMode::Dark}};
    for (const auto& [name, mode] : modes) {
        QAction* action = menu->addAction(name, menu, [context, chosen = mode] {
            context.theme->setMode(chosen);
            context.settings->setThemeMode(chosen);
        });
        action->setCheckable(true);
        action->setChecked(context.theme->mode() == mode);
        group->addAction(action);
    }
}

void addTextSizeMenu(QMenu* menu, const Context& context) {
    auto* group = new QActionGroup(menu);
    for (const int percent : kTextSizes) {
        QAction* action = menu->addAction(MainWindow::tr("%1 %").arg(percent), menu, [context, percent] {
            context.theme->setTextPercent(percent);
            context.settings->setTextPercent(percent);
        });
        action->setCheckable(true);
        action->setChecked(context.theme->textPercent() == percent);
        group->addAction(action);
    }
}

}

void MainWindow::buildMenus() {
    m_actions = std::make_unique<Actions>();
    fillFileMenu(menuBar()->addMenu(tr("&File")));
    fillEditMenu(menuBar()->addMenu(tr("&Edit")));
    fillViewMenu(menuBar()->addMenu(tr("&View")));
    fillRunMenu(menuBar()->addMenu(tr("&Run")));
    fillHelpMenu(menuBar()->addMenu(tr("&Help")));
}

void MainWindow::fillFileMenu(QMenu* menu) {
    menu->addAction(icon(Glyph::Folder), tr("&Open model folder…"), QKeySequence::Open, this,
                    &MainWindow::chooseModel);
    menu->addAction(icon(Glyph::Database), tr("Open run &database…"), QKeySequence(tr("Ctrl+Shift+O")), this,
                    &MainWindow::chooseDatabase);
    menu->addAction(icon(Glyph::Play), tr("&Try the built-in demo"), this, &MainWindow::tryDemo);
    menu->addSeparator();
    m_actions->exportCheckpoint = menu->addAction(icon(Glyph::Export), tr("&Export checkpoint…"),
                                                  QKeySequence(tr("Ctrl+E")), this, [this] {
                                                      if (const auto run = m_context.selection->activeRun())
                                                          openExport(*run);
                                                  });
    menu->addSeparator();
    menu->addAction(tr("&Quit"), QKeySequence(tr("Ctrl+Q")), this, &QWidget::close);
}

void MainWindow::fillEditMenu(QMenu* menu) {
    menu->addAction(icon(Glyph::Search), tr("&Find a run"), QKeySequence::Find, this, [this] {
        m_libraryDock->show();
        m_library->focusSearch();
    });
    m_actions->back = menu->addAction(icon(Glyph::Back), tr("&Back"), QKeySequence(tr("Alt+Left")),
                                      m_context.selection, &Selection::goBack);
    m_actions->forward = menu->addAction(icon(Glyph::Forward), tr("For&ward"), QKeySequence(tr("Alt+Right")),
                                         m_context.selection, &Selection::goForward);
}

void MainWindow::fillViewMenu(QMenu* menu) {
    for (int tab = 0; tab < m_tabs->count(); ++tab)
        menu->addAction(m_tabs->tabText(tab), QKeySequence(tr("Ctrl+%1").arg(tab + 1)), this,
                        [this, tab] { showTab(m_tabs->widget(tab)); });
    menu->addSeparator();
    menu->addAction(m_libraryDock->toggleViewAction());
    menu->addAction(m_detailsDock->toggleViewAction());
    menu->addAction(icon(Glyph::Refresh), tr("Re&load"), QKeySequence(Qt::Key_F5), this, [this] {
        m_setup->reload();
        m_library->reload();
    });
    menu->addSeparator();
    addThemeMenu(menu->addMenu(tr("&Theme")), m_context);
    addTextSizeMenu(menu->addMenu(tr("Text &size")), m_context);
    menu->addAction(tr("&Next pane"), QKeySequence(Qt::Key_F6), this, [this] { nextPane(1); });
    menu->addAction(tr("&Previous pane"), QKeySequence(tr("Shift+F6")), this, [this] { nextPane(-1); });
    menu->addAction(tr("F&ull screen"), QKeySequence(Qt::Key_F11), this,
                    [this] { setWindowState(windowState() ^ Qt::WindowFullScreen); });
    menu->addAction(tr("&Reset layout"), QKeySequence(tr("Ctrl+Shift+0")), this, &MainWindow::resetLayout);
}

void MainWindow::fillRunMenu(QMenu* menu) {
    m_actions->quantize = menu->addAction(icon(Glyph::Play), tr("&Quantize"), QKeySequence(tr("Ctrl+R")),
                                          m_setup, &SetupPage::start);
    m_actions->pause = menu->addAction(icon(Glyph::Pause), tr("&Pause after this layer"),
                                       QKeySequence(tr("Ctrl+P")), this, [this] {
                                           if (m_jobs->isBusy())
                                               m_jobs->pause();
                                           else if (const auto id = m_context.selection->activeRun())
                                               m_jobs->resume(*id);
                                       });
    m_actions->stop = menu->addAction(icon(Glyph::Stop), tr("&Stop…"), QKeySequence(tr("Ctrl+.")), this,
                                      [this] { askToStop(*m_jobs, this); });
    menu->addSeparator();
    m_actions->evaluate = menu->addAction(icon(Glyph::Chart), tr("&Evaluate"), this, [this] {
        if (const auto id = m_context.selection->activeRun())
            evaluate(*id);
    });
}

void MainWindow::fillHelpMenu(QMenu* menu) {
    menu->addAction(icon(Glyph::Note), tr("&About VLM-PTQ Studio"), this,
                    [this] { (new AboutDialog(m_jobs->engine(), this))->open(); });
}

void MainWindow::updateActions() {
    const auto id = m_context.selection->activeRun();
    const store::RunRecord* run = id ? m_library->model()->run(*id) : nullptr;
    const bool isBusy = m_jobs->isBusy();
    const bool isQuantization = isBusy && std::holds_alternative<QuantizeJob>(*m_jobs->current());
    m_actions->quantize->setEnabled(m_setup->canStart());
    m_actions->pause->setText(isBusy ? tr("&Pause after this layer") : tr("&Resume the selected run"));
    m_actions->pause->setEnabled(isQuantization ? m_jobs->request() == JobCenter::Request::None
                                                : !isBusy && run && canResume(*run));
    m_actions->stop->setEnabled(isBusy);
    m_actions->evaluate->setEnabled(run && run->summary);
    m_actions->exportCheckpoint->setEnabled(run && run->summary);
    m_actions->back->setEnabled(m_context.selection->canGoBack());
    m_actions->forward->setEnabled(m_context.selection->canGoForward());
}

void MainWindow::nextPane(int step) {
    std::vector<QWidget*> panes;
    for (QWidget* pane :
         {static_cast<QWidget*>(m_library), m_centre->currentWidget(), static_cast<QWidget*>(m_details)})
        if (pane->isVisible())
            panes.push_back(pane);
    if (panes.empty())
        return;
    int now = -1;
    for (int i = 0; i < int(panes.size()); ++i)
        if (panes[std::size_t(i)]->isAncestorOf(focusWidget()) || panes[std::size_t(i)] == focusWidget())
            now = i;
    QWidget* next = panes[std::size_t((now + step + int(panes.size())) % int(panes.size()))];
    for (QWidget* child : next->findChildren<QWidget*>())
        if (child->isVisible() && child->isEnabled() && (child->focusPolicy() & Qt::TabFocus))
            return child->setFocus(Qt::TabFocusReason);
    next->setFocus(Qt::TabFocusReason);
}

}
