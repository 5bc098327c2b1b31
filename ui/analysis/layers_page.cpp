#include "ui/analysis/layers_page.h"

#include "ui/analysis/layer_table.h"
#include "ui/analysis/shown_runs.h"
#include "ui/qt_text.h"
#include "ui/widgets/empty_state.h"

#include <QScrollArea>
#include <QSplitter>
#include <QStackedLayout>
#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

#include <algorithm>

namespace vlmptq::ui {
namespace {

const QString kError = QStringLiteral("errorOf"), kTokens = QStringLiteral("tokens"),
              kModules = QStringLiteral("modules"), kPer = QStringLiteral("per"),
              kOrder = QStringLiteral("order"), kBaseline = QStringLiteral("baseline");
// Values of the list of modules beside the kinds.
const QString kAttention = QStringLiteral("*attention"), kMlp = QStringLiteral("*mlp");

SeriesFilter filterOf(const QString& modules) {
    return modules == kAttention ? SeriesFilter::Attention
           : modules == kMlp     ? SeriesFilter::Mlp
                                 : SeriesFilter::All;
}

}

LayersPage::LayersPage(const Context& context, ShownRuns* runs, QWidget* parent)
    : QWidget(parent), m_context(context), m_runs(runs), m_stack(new QStackedLayout(this)),
      m_empty(new EmptyState({}, {}, this)),
      m_choices(new ChoiceRow(context, QStringLiteral("layers/"), this)), m_tabs(new QTabBar(this)),
      m_views(new QStackedWidget(this)), m_plots(layersPlots(), context, this),
      m_table(new LayerTable(context, this)) {
    setObjectName(QStringLiteral("layersPage"));
    buildChoices();
    m_stack->addWidget(m_empty);
    m_stack->addWidget(buildViews());
    connectViews();
    refresh();
}

void LayersPage::buildChoices() {
    m_choices->add(kError, tr("Which error"),
                   {{tr("Held-out error"), int(ErrorOf::Heldout)},
                    {tr("Calibration error"), int(ErrorOf::Calibration)},
                    {tr("Weight error"), int(ErrorOf::Weights)}});
    std::vector<ChoiceRow::Choice> tokens;
    for (const TokenSet set : {TokenSet::All, TokenSet::Vision, TokenSet::Text, TokenSet::Answer})
        tokens.push_back({tokenSetText(set), int(set)});
    m_choices->add(kTokens, tr("Tokens"), tokens);
    m_choices->add(kModules, tr("Modules"), moduleChoices());
    m_choices->add(kPer, tr("Points"), {{tr("each module"), false}, {tr("sum over the layer"), true}});
    m_choices->add(kOrder, tr("Order"), {{tr("by depth"), false}, {tr("by size of error"), true}});
    m_choices->add(kBaseline, tr("Values or differences"), {{tr("values"), qlonglong(0)}});
}

std::vector<ChoiceRow::Choice> LayersPage::moduleChoices() const {
    std::vector<ChoiceRow::Choice> choices{
        {tr("all modules"), QString()}, {tr("attention"), kAttention}, {tr("MLP"), kMlp}};
    for (const QString& kind : kindsOf(m_runs->runs()))
        choices.push_back({kind, kind});
    return choices;
}

QWidget* LayersPage::buildViews() {
    m_tabs->setObjectName(QStringLiteral("layerViews"));
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_tabs->setAccessibleName(tr("Views of Layers"));
    m_plots.forEach([this](const auto& entry, PlotView* view) {
        m_views->addWidget(view);
        m_tabs->addTab(tabTitle(entry.tab));
    });
    connect(m_tabs, &QTabBar::currentChanged, m_views, &QStackedWidget::setCurrentIndex);
    auto* splitter = new QSplitter(Qt::Vertical, this);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(m_views);
    splitter->addWidget(m_table);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    auto* page = new QWidget(this);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(16, 10, 16, 10);
    column->setSpacing(8);
    column->addWidget(m_choices);
    column->addWidget(m_tabs);
    column->addWidget(splitter, 1);
    auto* scroll = new QScrollArea(this); // at 200 % text the page is higher than a small screen
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(page);
    return scroll;
}

void LayersPage::connectViews() {
    Selection* selection = m_context.selection;
    connect(m_choices, &ChoiceRow::chosen, this, &LayersPage::onChosen);
    connect(m_table, &LayerTable::problemOccurred, this, &LayersPage::problemOccurred);
    connect(m_runs, &ShownRuns::changed, this, &LayersPage::refresh);
    connect(selection, &Selection::filterChanged, this, &LayersPage::refresh);
    connect(selection, &Selection::activeRunChanged, this, [this](std::optional<store::RunId> run) {
        if (!run)
            refresh();
    });
    selection->setFilter(filterOf(m_choices->value(kModules).toString()));
}

void LayersPage::onChosen() {
    m_context.selection->setFilter(filterOf(m_choices->value(kModules).toString()));
    refresh();
}

LayerErrorOptions LayersPage::options() const {
    const QString modules = m_choices->value(kModules).toString();
    const auto baselineId = store::RunId(m_choices->value(kBaseline).toLongLong());
    return {.error = ErrorOf(m_choices->value(kError).toInt()),
            .tokens = TokenSet(m_choices->value(kTokens).toInt()),
            .filter = m_context.selection->filter(),
            .kind = modules.startsWith(QLatin1Char('*')) ? QString() : modules,
            .sumsLayers = m_choices->value(kPer).toBool(),
            .isSorted = m_choices->value(kOrder).toBool(),
            .baseline = baselineId > 0 ? std::optional(baselineId) : std::nullopt};
}

const RunResults* LayersPage::baseline() const {
    const auto& runs = m_runs->runs();
    const auto chosen = options().baseline;
    const auto found =
        std::ranges::find_if(runs, [&](const RunResults& one) { return one.run.id == chosen; });
    if (found != runs.end() && found != runs.begin())
        return &*found;
    return runs.size() > 1 ? &runs[1] : nullptr;
}

void LayersPage::refresh() {
    const bool hasRun = m_context.selection->activeRun().has_value();
    const RunResults* active = m_runs->active();
    const bool hasLayers = active && !active->layers.empty();
    m_stack->setCurrentIndex(hasLayers ? 1 : 0);
    if (!hasLayers) {
        m_empty->setSentence(!hasRun   ? tr("No run is open")
                             : !active ? tr("Reading the run…")
                                       : tr("This run has no finished layer yet"));
        m_empty->setHint(!hasRun ? tr("Choose one in the list of runs; tick others to compare.") : QString());
        m_table->setRun(nullptr, nullptr);
        return;
    }
    refreshChoices();
    m_plots.show({m_runs->runs(), options()}, PlotOf::Modules);
    m_table->setRun(active, baseline());
}

void LayersPage::refreshChoices() {
    m_choices->setChoices(kModules, moduleChoices());
    std::vector<ChoiceRow::Choice> baselines{{tr("values"), qlonglong(0)}};
    if (m_runs->runs().size() > 1)
        for (const RunResults& one : m_runs->runs())
            baselines.push_back({tr("Δ to %1").arg(one.title), qlonglong(one.run.id)});
    m_choices->setChoices(kBaseline, baselines);
    m_choices->setChoiceEnabled(kTokens, ErrorOf(m_choices->value(kError).toInt()) != ErrorOf::Weights);
    m_choices->setChoiceEnabled(kBaseline, baselines.size() > 1);
}

}
