// layer_error_plot.h - reconstruction error by layer, several runs overlaid (interface.md 6): held-out or
// calibration samples, token sets, weight error, sums over a decoder layer, difference to a baseline run,
// sorted by size. Also what the Run page shows while modules finish. Pure.
#pragma once
#include "ui/plots/run_results.h"

namespace vlmptq::ui {

enum class ErrorOf { Heldout, Calibration, Weights };
enum class TokenSet { All, Vision, Text, Answer };

struct LayerErrorOptions {
    ErrorOf error = ErrorOf::Heldout;
    TokenSet tokens = TokenSet::All;
    SeriesFilter filter = SeriesFilter::All;
    QString kind;                         // empty: all
    bool sumsLayers = false;              // one point per decoder layer
    bool isSorted = false;                // by the first run's error, largest first
    std::optional<store::RunId> baseline; // difference to that run in per cent
};

std::optional<double> errorOf(const ModuleResult&, ErrorOf, TokenSet);
QString tokenSetText(TokenSet); // "vision tokens"
PlotData layerErrorPlot(std::span<const RunResults>, const LayerErrorOptions&);

}
