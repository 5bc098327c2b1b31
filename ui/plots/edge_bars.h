// edge_bars.h - lying bars at the right edge of a plot: how often each y occurs. They stay at the edge when
// the plot is zoomed. Included by ui/plots sources only.
#pragma once
#include "ui/plots/plot_data.h"

class QCustomPlot;

namespace vlmptq::ui {

class EdgeBars;

// The plot owns it.
EdgeBars* addEdgeBars(QCustomPlot*, std::vector<EdgeBar>, const QColor& fill, const QColor& text);
void removeEdgeBars(EdgeBars*);

}
