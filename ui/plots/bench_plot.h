// bench_plot.h - the plots of Benchmarks: scores and answer losses as grouped bars with 95 % intervals, and
// size against score. Pure.
#pragma once
#include "ui/plots/bench_results.h"

namespace vlmptq::ui {

PlotData scorePlot(std::span<const BenchResults>);      // 0..100 per benchmark, then the average
PlotData answerLossPlot(std::span<const BenchResults>); // nats per token per benchmark, then over all tokens
PlotData sizePlot(std::span<const BenchResults>); // size of the weights, average score; with the Pareto front

}
