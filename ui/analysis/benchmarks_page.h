// benchmarks_page.h - the Benchmarks tab: scores and answer losses of full precision and the shown runs with
// their intervals, size against score, and the table of all numbers.
#pragma once
#include "ui/analysis/page_plots.h"
#include "ui/context.h"

#include <QWidget>

class QPushButton;
class QStackedLayout;
class QTableView;

namespace vlmptq::ui {

class BenchModel;
class EmptyState;
class ShownScores;

class BenchmarksPage : public QWidget {
    Q_OBJECT
public:
    explicit BenchmarksPage(const Context&, QWidget* parent = nullptr);

Q_SIGNALS:
    void evaluateRequested(vlmptq::store::RunId run);

private:
    QWidget* buildPage();
    void refresh();
    void evaluateActive();

    Context m_context;
    ShownScores* m_scores;
    QStackedLayout* m_stack;
    EmptyState* m_empty;
    QPushButton* m_evaluate; // of the empty state
    PagePlots<BenchmarksShown> m_plots;
    BenchModel* m_model;
    QTableView* m_table;
};

}
