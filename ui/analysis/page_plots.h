// page_plots.h - which plots the tabs show: one table per tab (page_plots.cpp), a line per plot with its
// name, what its points are, and the builder that makes its data. A page draws whatever its table lists. UI
// thread.
#pragma once
#include "ui/analysis/plot_grid.h"
#include "ui/plots/bench_results.h"
#include "ui/plots/layer_error_plot.h"
#include "ui/plots/plot_view.h"
#include "ui/selection.h"

#include <set>

namespace vlmptq::ui {

// What the plots of a tab may be made from.
struct LayersShown {
    std::span<const RunResults> runs; // the active one first; never empty
    LayerErrorOptions options;
};
struct ModalitiesShown {
    const RunResults& run;
    SeriesFilter filter = SeriesFilter::All;
    int module = -1;                             // the chosen one, else the worst; -1: none
    const std::optional<ModuleResult>& channels; // that module with its channels, once they are read
    const std::set<int>& chosen;                 // channels of it
};
using BenchmarksShown = std::span<const BenchResults>;

// What a plot is of decides when it is drawn anew and what its points choose.
enum class PlotOf {
    Modules,  // a point chooses the module, everywhere
    Module,   // the chosen one; its points choose nothing
    Channels, // of the chosen module; points choose channels
    Scores,   // points choose nothing
};

template <class Shown>
struct PlotEntry {
    const char* name; // objectName and key of remembered choices
    PlotOf of;
    PlotData (*build)(const Shown&);
    PlotGrid::Room room = PlotGrid::Room::Half; // where the page is a grid
    const char* tab = "";                       // where the page shows one at a time
};

std::span<const PlotEntry<LayersShown>> layersPlots();
std::span<const PlotEntry<ModalitiesShown>> modalitiesPlots();
std::span<const PlotEntry<BenchmarksShown>> benchmarksPlots();
QString tabTitle(const char* tab);

// The views of a table's plots; those of modules are linked to the selection.
template <class Shown>
class PagePlots {
public:
    PagePlots(std::span<const PlotEntry<Shown>> table, const Context& context, QWidget* parent)
        : m_table(table), m_selection(context.selection) {
        for (const auto& entry : table) {
            auto* view = new PlotView(context, QLatin1String(entry.name), parent);
            m_views.push_back(view);
            if (entry.of != PlotOf::Modules)
                continue;
            QObject::connect(view, &PlotView::keyChosen, m_selection, &Selection::setModule);
            QObject::connect(m_selection, &Selection::moduleChanged, view, &PlotView::setSelectedKey);
        }
    }

    void addTo(PlotGrid* grid) const {
        forEach([grid](const auto& entry, PlotView* view) { grid->addPlot(view, entry.room); });
    }
    template <class Use>
    void forEach(Use use) const { // use(entry, view)
        for (std::size_t i = 0; i < m_views.size(); ++i)
            use(m_table[i], m_views[i]);
    }
    void show(const Shown& shown, PlotOf of) const {
        forEach([&](const auto& entry, PlotView* view) {
            if (entry.of != of)
                return;
            view->setData(entry.build(shown));
            if (of == PlotOf::Modules)
                view->setSelectedKey(m_selection->module());
        });
    }

private:
    std::span<const PlotEntry<Shown>> m_table;
    Selection* m_selection;
    std::vector<PlotView*> m_views; // by place in the table
};

}
