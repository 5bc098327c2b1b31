// activation_plot.h - mean absolute difference of the hidden states behind each decoder layer, full-precision
// against quantized stream, held-out samples, with 95 % bands (the paper's Fig. 1a). One run: vision, text
// and all tokens; several: one token set, a line per run. Pure.
#pragma once
#include "ui/plots/layer_error_plot.h"

namespace vlmptq::ui {

PlotData activationPlot(std::span<const RunResults>, TokenSet);

}
