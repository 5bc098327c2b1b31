// channel_plot.h - the importance of every input channel of a module for vision and for text tokens
// (interface.md 6, channel x modality): the diagonals h_v and h_l of the Hessian as a heat map.
#pragma once
#include "ui/plots/run_results.h"

#include <set>

namespace vlmptq::ui {

// `module` with its channels, as RunStore::module reads it; `chosen` channels are marked at the upper edge.
PlotData channelPlot(const RunResults&, const std::optional<ModuleResult>& module,
                     const std::set<int>& chosen = {});

}
