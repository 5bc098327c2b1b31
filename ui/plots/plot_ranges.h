// plot_ranges.h - which part of the axes shows all data: what a plot starts with and what `0` returns to.
// Pure.
#pragma once
#include "ui/plots/plot_data.h"

namespace vlmptq::ui {

inline constexpr double kEdgeBarsShare = 0.2; // of the width that PlotData::edgeBars take

struct PlotRange {
    double low = 0, high = 1; // in positions (toPosition)
};

using IsShown = std::function<bool(const PlotSeries&)>;
PlotRange xRange(const PlotData&, const IsShown&);
// Of `axis`, which is data.y or *data.right.
PlotRange yRange(const PlotData&, const PlotAxis& axis, const IsShown&);

}
