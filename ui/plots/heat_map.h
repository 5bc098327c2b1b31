// heat_map.h - the rows of Mark::Heat as one picture of coloured cells, logarithmic where all values are
// positive. Included by ui/plots sources only.
#pragma once
#include "ui/plots/plot_data.h"

#include <span>

class QCustomPlot;

namespace vlmptq::ui {

inline constexpr int kMostHeatColumns = 2'000; // wider rows show the largest value of neighbours

// The value of each drawn column of a row: largest of those that share it. NaN: nothing there.
std::vector<double> heatColumns(std::span<const double> values, int columns);
// A plottable of `plot`; `rows` from bottom to top.
void addHeatMap(QCustomPlot* plot, std::span<const PlotSeries* const> rows, const ThemeColors&);

}
