// plot_ranges.h - which part of the axes shows all data: what a plot starts with and what `0` returns to.
// Pure.
#pragma once
#include "ui/plots/plot_data.h"

namespace vlmptq::ui {

struct PlotRange {
    double low = 0, high = 1; // in positions (toPosition)
};

using IsShown = std::function<bool(const PlotSeries&)>;
PlotRange xRange(const PlotData&, const IsShown&);
// Of `axis`, which is data.y or *data.right.
PlotRange yRange(const PlotData&, const PlotAxis& axis, const IsShown&);

}
