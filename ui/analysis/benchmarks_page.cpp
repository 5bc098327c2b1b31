#include "ui/analysis/benchmarks_page.h"

#include "ui/analysis/shown_scores.h"
#include "ui/models/bench_model.h"
#include "ui/selection.h"
#include "ui/theme/icons.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/one_line_rows.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QShortcut>
#include <QStackedLayout>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace vlmptq::ui {

BenchmarksPage::BenchmarksPage(const Context& context, QWidget* parent)
    : QWidget(parent), m_context(context), m_scores(new ShownScores(context, this)),
      m_stack(new QStackedLayout(this)), m_empty(new EmptyState({}, {}, this)),
      m_evaluate(m_empty->addButton(tr("&Evaluate"), QStringLiteral("evaluateRun"))),
      m_plots(benchmarksPlots(), context, this), m_model(new BenchModel(this)),
      m_table(new QTableView(this)) {
    setObjectName(QStringLiteral("benchmarksPage"));
    m_stack->addWidget(m_empty);
    m_stack->addWidget(buildPage());
    connect(m_evaluate, &QPushButton::clicked, this, &BenchmarksPage::evaluateActive);
    connect(m_scores, &ShownScores::changed, this, &BenchmarksPage::refresh);
    connect(context.selection, &Selection::activeRunChanged, this, &BenchmarksPage::refresh);
    refresh();
}

QWidget* BenchmarksPage::buildPage() {
    auto* grid = new PlotGrid(this);
    m_plots.addTo(grid);
    m_table->setObjectName(QStringLiteral("benchTable"));
    m_table->setAccessibleName(tr("Scores"));
    m_table->setModel(m_model);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setAlternatingRowColors(true);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->verticalHeader()->hide();
    keepRowsOneLine(m_table);
    m_table->horizontalHeader()->setHighlightSections(false);
    const auto copy = [this] { QApplication::clipboard()->setText(m_model->copyText()); };
    auto* shortcut = new QShortcut(QKeySequence::Copy, m_table);
    shortcut->setContext(Qt::WidgetShortcut);
    connect(shortcut, &QShortcut::activated, this, copy);

    auto* title = new QLabel(tr("Scores (0–100) with 95 % intervals"), this);
    title->setProperty("heading", true);
    title->setWordWrap(true);
    auto* again = new QPushButton(icon(Glyph::Play), tr("&Evaluate…"), this);
    again->setObjectName(QStringLiteral("evaluateAgain"));
    auto* copyButton = new QPushButton(icon(Glyph::Copy), tr("&Copy table"), this);
    copyButton->setObjectName(QStringLiteral("copyScores"));
    connect(again, &QPushButton::clicked, this, &BenchmarksPage::evaluateActive);
    connect(copyButton, &QPushButton::clicked, this, copy);
    auto* row = new QHBoxLayout;
    row->addWidget(title, 1);
    row->addWidget(copyButton);
    row->addWidget(again);
    auto* lower = new QWidget(this);
    auto* lowerColumn = new QVBoxLayout(lower);
    lowerColumn->setContentsMargins(0, 0, 0, 0);
    lowerColumn->addLayout(row);
    lowerColumn->addWidget(m_table, 1);

    grid->addPlot(lower, PlotGrid::Room::Low);
    auto* page = new QWidget(this);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(16, 12, 16, 10);
    column->addWidget(grid);
    return page;
}

void BenchmarksPage::evaluateActive() {
    if (const auto run = m_context.selection->activeRun())
        Q_EMIT evaluateRequested(*run);
}

void BenchmarksPage::refresh() {
    const auto& results = m_scores->results();
    const auto active = m_context.selection->activeRun();
    const bool hasScores =
        active && std::ranges::any_of(results, [](const BenchResults& one) { return !one.scores.empty(); });
    m_stack->setCurrentIndex(hasScores ? 1 : 0);
    if (!hasScores) {
        m_empty->setSentence(active ? tr("Not evaluated") : tr("No run is open"));
        m_empty->setHint(active ? tr("Benchmarks and how many of their questions are chosen in Set up.")
                                : tr("Choose one in the list of runs."));
        m_evaluate->setVisible(active.has_value());
        return;
    }
    m_plots.show(results, PlotOf::Scores);
    m_model->setResults(results);
    m_table->resizeColumnsToContents();
    m_table->setMinimumHeight(tableHeight(*m_table, m_model->rowCount()));
}

}
