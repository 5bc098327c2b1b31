#include "ui/analysis/page_plots.h"

#include "ui/plots/activation_plot.h"
#include "ui/plots/bench_plot.h"
#include "ui/plots/channel_plot.h"
#include "ui/plots/correction_plot.h"
#include "ui/plots/cost_plot.h"
#include "ui/plots/magnitude_plot.h"
#include "ui/plots/mu_plot.h"

#include <QCoreApplication>

#include <array>

namespace vlmptq::ui {
namespace {

using Room = PlotGrid::Room;
using Layers = LayersShown;
using Modalities = ModalitiesShown;
using Scores = BenchmarksShown;

// A new plot is one line here and its own file in ui/plots/.
const std::array kLayers{
    PlotEntry<Layers>{.name = "layerErrorPlot",
                      .of = PlotOf::Modules,
                      .build = [](const Layers& shown) { return layerErrorPlot(shown.runs, shown.options); },
                      .tab = QT_TRANSLATE_NOOP("PagePlots", "Error by layer")},
    PlotEntry<Layers>{
        .name = "activationPlot",
        .of = PlotOf::Modules,
        .build = [](const Layers& shown) { return activationPlot(shown.runs, shown.options.tokens); },
        .tab = QT_TRANSLATE_NOOP("PagePlots", "Activation error")},
    PlotEntry<Layers>{.name = "costPlot",
                      .of = PlotOf::Modules,
                      .build =
                          [](const Layers& shown) {
                              return costPlot(shown.runs.front(), shown.options.filter, shown.options.kind);
                          },
                      .tab = QT_TRANSLATE_NOOP("PagePlots", "Time and memory")},
};

const std::array kModalities{
    PlotEntry<Modalities>{
        .name = "magnitudePlot",
        .of = PlotOf::Modules,
        .build = [](const Modalities& shown) { return magnitudePlot(shown.run, shown.filter); }},
    PlotEntry<Modalities>{
        .name = "awarenessPlot",
        .of = PlotOf::Modules,
        .build = [](const Modalities& shown) { return awarenessPlot(shown.run, shown.filter); }},
    PlotEntry<Modalities>{
        .name = "muCurvePlot",
        .of = PlotOf::Module,
        .build = [](const Modalities& shown) { return muCurvePlot(shown.run, shown.module); }},
    PlotEntry<Modalities>{
        .name = "correctionPlot",
        .of = PlotOf::Channels,
        .build =
            [](const Modalities& shown) { return correctionPlot(shown.run, shown.channels, shown.chosen); }},
    PlotEntry<Modalities>{
        .name = "channelPlot",
        .of = PlotOf::Channels,
        .build = [](const Modalities& shown) { return channelPlot(shown.run, shown.channels, shown.chosen); },
        .room = Room::Low},
};

const std::array kBenchmarks{
    PlotEntry<Scores>{.name = "scorePlot",
                      .of = PlotOf::Scores,
                      .build = [](const Scores& shown) { return scorePlot(shown); },
                      .room = Room::Wide},
    PlotEntry<Scores>{.name = "answerLossPlot",
                      .of = PlotOf::Scores,
                      .build = [](const Scores& shown) { return answerLossPlot(shown); }},
    PlotEntry<Scores>{.name = "sizePlot",
                      .of = PlotOf::Scores,
                      .build = [](const Scores& shown) { return sizePlot(shown); }},
};

}

std::span<const PlotEntry<LayersShown>> layersPlots() { return kLayers; }
std::span<const PlotEntry<ModalitiesShown>> modalitiesPlots() { return kModalities; }
std::span<const PlotEntry<BenchmarksShown>> benchmarksPlots() { return kBenchmarks; }

QString tabTitle(const char* tab) { return QCoreApplication::translate("PagePlots", tab); }

}
