// modalities_page.h - the Modalities tab: how vision and text tokens differ in a run, and what the method
// made of it: magnitudes, chosen mu, the mu curve and the correction of the selected module.
#pragma once
#include "ui/context.h"
#include "ui/plots/run_results.h"

#include <QWidget>

class QStackedLayout;

namespace vlmptq::ui {

class EmptyState;
class PlotView;
class ShownRuns;

class ModalitiesPage : public QWidget {
    Q_OBJECT
public:
    ModalitiesPage(const Context&, ShownRuns*, QWidget* parent = nullptr);

private:
    void refresh();
    void showModule(); // the curve and, once read, the channels
    void readChannels();

    Context m_context;
    ShownRuns* m_runs;
    QStackedLayout* m_stack;
    EmptyState* m_empty;
    PlotView *m_magnitude, *m_awareness, *m_curve, *m_correction;
};

}
