// magnitude_plot.h - mean diag(H) per channel and token of vision and text tokens by layer, and their ratio
// (the paper's Fig. 3). Pure.
#pragma once
#include "ui/plots/run_results.h"

namespace vlmptq::ui {

bool hasMagnitudes(const RunResults&); // false: it collected no activation statistics (RTN)
PlotData magnitudePlot(const RunResults&, SeriesFilter = SeriesFilter::All);

}
