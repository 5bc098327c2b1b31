// layers_page.h - the Layers tab: where a run loses accuracy. Error by layer with several runs overlaid,
// activation error by depth, time and memory, and the table of modules; choosing in one chooses everywhere.
#pragma once
#include "ui/analysis/choice_row.h"
#include "ui/analysis/page_plots.h"
#include "ui/problem.h"

#include <QWidget>

class QStackedLayout;
class QStackedWidget;
class QTabBar;

namespace vlmptq::ui {

class EmptyState;
class LayerTable;
class ShownRuns;

class LayersPage : public QWidget {
    Q_OBJECT
public:
    LayersPage(const Context&, ShownRuns*, QWidget* parent = nullptr);

Q_SIGNALS:
    void problemOccurred(const vlmptq::ui::Problem& problem);

private:
    void buildChoices();
    std::vector<ChoiceRow::Choice> moduleChoices() const;
    QWidget* buildViews();
    void connectViews();
    void onChosen();
    void refresh();
    void refreshChoices();
    LayerErrorOptions options() const;
    const RunResults* baseline() const; // of the table: the chosen one, else the first compared run

    Context m_context;
    ShownRuns* m_runs;
    QStackedLayout* m_stack;
    EmptyState* m_empty;
    ChoiceRow* m_choices;
    QTabBar* m_tabs;
    QStackedWidget* m_views;
    PagePlots<LayersShown> m_plots;
    LayerTable* m_table;
};

}
