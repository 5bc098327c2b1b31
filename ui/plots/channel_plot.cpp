#include "ui/plots/channel_plot.h"

#include "ui/qt_text.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace vlmptq::ui {
namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(ChannelPlot)
};

PlotSeries rowOf(const QString& name, const std::vector<float>& values, StyleOf style) {
    PlotSeries row{.name = name, .mark = Mark::Heat, .style = std::move(style)};
    for (std::size_t i = 0; i < values.size(); ++i) {
        row.x.push_back(double(i));
        row.y.push_back(values[i]);
        row.keys.push_back(int(i));
    }
    return row;
}

// Whole numbers, few enough to be thinned out quickly.
std::vector<AxisTick> channelTicks(std::size_t channels) {
    constexpr std::size_t kMostTicks = 100;
    std::size_t step = 1;
    while (channels / step > kMostTicks)
        step *= 10;
    std::vector<AxisTick> ticks;
    for (std::size_t channel = 0; channel < channels; channel += step)
        ticks.push_back({double(channel), QLocale().toString(qulonglong(channel))});
    return ticks;
}

QString scaleNote(const ModuleResult& module) {
    double low = INFINITY, high = 0;
    for (const auto* values : {&module.channelText, &module.channelVision})
        for (const float value : *values)
            if (value > 0) {
                low = std::min(low, double(value));
                high = std::max(high, double(value));
            }
    //: smallest and largest value of a colour scale
    return Tr::tr("diag(H) per token, dark %1 to light %2")
        .arg(significantText(low, 2), significantText(high, 2));
}

}

PlotData channelPlot(const RunResults& run, const std::optional<ModuleResult>& module,
                     const std::set<int>& chosen) {
    PlotData plot{.name = QStringLiteral("channels"), .title = Tr::tr("Channels by modality")};
    plot.rowTitle = Tr::tr("Channel");
    plot.metadata = metadataOf(std::span(&run, 1));
    if (!module) {
        plot.emptySentence = Tr::tr("Choose a module in a plot or in the table of Layers.");
        return plot;
    }
    plot.title = Tr::tr("Channels by modality: %1").arg(shortModuleName(module->name));
    const std::size_t channels = std::max(module->channelVision.size(), module->channelText.size());
    if (channels == 0) {
        plot.emptySentence =
            Tr::tr("No statistics of the channels of %1 were kept.").arg(shortModuleName(module->name));
        return plot;
    }
    plot.x = {.label = Tr::tr("Input channel"), .ticks = channelTicks(channels), .low = -0.5, .high = double(channels) - 0.5};
    plot.y = {.label = {}, .ticks = {{0, Tr::tr("text")}, {1, Tr::tr("vision")}}, .low = -0.5, .high = 1.5};
    plot.series = {rowOf(Tr::tr("text"), module->channelText,
                         [](const ThemeColors& colors) {
                             return SeriesStyle{colors.language, Symbol::Square, {}};
                         }),
                   rowOf(Tr::tr("vision"), module->channelVision, [](const ThemeColors& colors) {
                       return SeriesStyle{colors.vision, Symbol::Disc, {}};
                   })};
    for (const int channel : chosen)
        plot.edgeMarks.push_back({double(channel), Tr::tr("chosen")});
    plot.note = scaleNote(*module);
    plot.summary = Tr::tr("%n channels", nullptr, int(channels)) + QStringLiteral("; ") + plot.note;
    return plot;
}

}
