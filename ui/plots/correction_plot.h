// correction_plot.h - the correction C of every input channel against the loss it saves (the paper's Fig. 2),
// coloured by the modality that dominates the channel. Pure. The channel vectors are blobs: RunStore::module
// reads them.
#pragma once
#include "ui/plots/run_results.h"

#include <set>

namespace vlmptq::ui {

// The points of `chosen` channels are ringed, and the note says what part of the loss they make up.
PlotData correctionPlot(const RunResults&, const std::optional<ModuleResult>& withVectors,
                        const std::set<int>& chosen = {});

}
