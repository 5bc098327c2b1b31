#include "ui/analysis/modalities_page.h"

#include "ui/analysis/shown_runs.h"
#include "ui/plots/magnitude_plot.h"
#include "ui/qt_text.h"
#include "ui/store_reader.h"
#include "ui/widgets/empty_state.h"

#include <QStackedLayout>
#include <QVBoxLayout>

#include <algorithm>

namespace vlmptq::ui {

ModalitiesPage::ModalitiesPage(const Context& context, ShownRuns* runs, QWidget* parent)
    : QWidget(parent), m_context(context), m_runs(runs), m_stack(new QStackedLayout(this)),
      m_empty(new EmptyState({}, {}, this)), m_plots(modalitiesPlots(), context, this) {
    setObjectName(QStringLiteral("modalitiesPage"));
    auto* grid = new PlotGrid(this);
    m_plots.addTo(grid);
    auto* page = new QWidget(this);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(16, 12, 16, 12);
    column->addWidget(grid);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(page);

    Selection* selection = context.selection;
    m_plots.forEach([this](const auto& entry, PlotView* plot) {
        if (entry.of != PlotOf::Channels)
            return;
        connect(plot, &PlotView::keyChosen, this, [this](int channel) { chooseChannels({channel}); });
        connect(plot, &PlotView::keysChosen, this, &ModalitiesPage::chooseChannels);
    });
    connect(selection, &Selection::moduleChanged, this, &ModalitiesPage::showModule);
    connect(selection, &Selection::filterChanged, this, &ModalitiesPage::refresh);
    connect(selection, &Selection::activeRunChanged, this, [this](std::optional<store::RunId> run) {
        if (!run)
            refresh();
    });
    connect(runs, &ShownRuns::changed, this, &ModalitiesPage::refresh);
    refresh();
}

void ModalitiesPage::refresh() {
    const bool hasRun = m_context.selection->activeRun().has_value();
    const RunResults* active = m_runs->active();
    const bool hasLayers = active && !active->layers.empty();
    const bool hasStatistics = hasLayers && hasMagnitudes(*active);
    m_stack->setCurrentIndex(hasStatistics ? 1 : 0);
    if (!hasStatistics) {
        m_empty->setSentence(!hasRun      ? tr("No run is open")
                             : !active    ? tr("Reading the run…")
                             : !hasLayers ? tr("This run has no finished layer yet")
                                          //: method
                                          : tr("This run collected no activation statistics (%1)")
                                                .arg(methodTitle(active->run.method)));
        m_empty->setHint(hasLayers ? tr("Methods that calibrate, such as GPTQ or VLM-PTQ, collect them.")
                                   : QString());
        return;
    }
    showPlots(PlotOf::Modules);
    showModule();
}

int ModalitiesPage::shownModule() const {
    const RunResults* active = m_runs->active();
    if (m_context.selection->module() >= 0 || !active)
        return m_context.selection->module();
    const std::vector<const ModuleResult*> modules = modulesOf(*active, m_context.selection->filter());
    const auto error = [](const ModuleResult* module) { return module->heldoutError.all.value_or(0); };
    const auto worst = std::ranges::max_element(modules, {}, error);
    return worst == modules.end() ? -1 : (*worst)->index;
}

void ModalitiesPage::showModule() {
    if (!m_runs->active())
        return;
    showPlots(PlotOf::Module);
    readChannels();
}

void ModalitiesPage::readChannels() {
    const RunResults& active = *m_runs->active();
    const int index = shownModule();
    if (!m_module || m_module->index != index)
        m_chosen.clear();
    if (index < 0) {
        m_module.reset();
        return showPlots(PlotOf::Channels);
    }
    m_context.reader->request(
        this, QStringLiteral("channels"),
        [run = active.run.id, index](store::RunStore& store) { return store.module(run, index); },
        [this](const std::optional<ModuleResult>& module) {
            m_module = module;
            showPlots(PlotOf::Channels);
        });
}

void ModalitiesPage::chooseChannels(const std::vector<int>& channels) {
    m_chosen = {channels.begin(), channels.end()};
    showPlots(PlotOf::Channels);
}

void ModalitiesPage::showPlots(PlotOf of) {
    if (const RunResults* active = m_runs->active())
        m_plots.show({*active, m_context.selection->filter(), shownModule(), m_module, m_chosen}, of);
}

}
