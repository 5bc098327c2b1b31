// cost_plot.h - seconds of each module by stage, stacked, and the peak memory beside them. Pure.
#pragma once
#include "ui/plots/run_results.h"

namespace vlmptq::ui {

PlotData costPlot(const RunResults&, SeriesFilter = SeriesFilter::All, const QString& kind = {});

}
