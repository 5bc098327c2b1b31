// modalities_page.h - the Modalities tab: how vision and text tokens differ in a run, and what the method
// made of it: magnitudes, chosen mu, the mu curve and the correction of the selected module.
#pragma once
#include "ui/analysis/page_plots.h"
#include "ui/context.h"

#include <QWidget>

#include <optional>
#include <set>

class QStackedLayout;

namespace vlmptq::ui {

class EmptyState;
class ShownRuns;

class ModalitiesPage : public QWidget {
    Q_OBJECT
public:
    ModalitiesPage(const Context&, ShownRuns*, QWidget* parent = nullptr);

private:
    void refresh();
    int shownModule() const; // the chosen one, else that with the largest error; -1: none
    void showModule();       // its own plots and, once read, the channels
    void readChannels();
    void chooseChannels(const std::vector<int>&);
    void showPlots(PlotOf);

    Context m_context;
    ShownRuns* m_runs;
    QStackedLayout* m_stack;
    EmptyState* m_empty;
    PagePlots<ModalitiesShown> m_plots;
    std::optional<ModuleResult> m_module; // the chosen one, with its channels
    std::set<int> m_chosen;               // channels of it, by lasso or click
};

}
