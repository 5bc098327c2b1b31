// mu_plot.h - the modality awareness: chosen mu by layer, and the search curve of one module (the paper's
// Fig. 4). Pure.
#pragma once
#include "ui/plots/run_results.h"

namespace vlmptq::ui {

bool hasAwareness(const RunResults&);
// Symbol size: gain over the neutral mu = 0.5; hollow: the module saw one modality only.
PlotData awarenessPlot(const RunResults&, SeriesFilter = SeriesFilter::All);
std::optional<double> gainOverNeutral(const ModuleResult&); // 0.012: 1.2 % less error than at mu = 0.5

// `module` in colour with the chosen mu ringed; the other modules of its layer as context, scaled to the same
// minimum.
PlotData muCurvePlot(const RunResults&, int module);
// While the search runs: the candidates tried so far.
PlotData muCurvePlot(const ModuleResult&, std::span<const ModuleResult* const> others, const StyleOf&);

}
