#include "ui/plots/activation_plot.h"

#include <QCoreApplication>

namespace vlmptq::ui {
namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(ActivationPlot)
};

constexpr std::size_t kBands = 3; // more bands than this cover each other

using Differences = std::optional<MeanInterval> LayerResult::*;

PlotSeries seriesOf(const RunResults& run, Differences of, const QString& name, StyleOf style, bool hasBand) {
    PlotSeries one{.name = name, .style = std::move(style)};
    for (const LayerResult& layer : run.layers) {
        const auto& value = layer.*of;
        if (!value)
            continue;
        one.x.push_back(layer.layer);
        one.y.push_back(value->mean);
        one.keys.push_back(layer.modules.empty() ? -1 : layer.modules.front().index);
        if (hasBand) {
            one.low.push_back(value->low);
            one.high.push_back(value->high);
        }
    }
    return one;
}

Differences differencesOf(TokenSet tokens) {
    switch (tokens) {
    case TokenSet::Vision:
        return &LayerResult::meanAbsVision;
    case TokenSet::Text:
    case TokenSet::Answer: // answers are text
        return &LayerResult::meanAbsText;
    case TokenSet::All:
        break;
    }
    return &LayerResult::meanAbsAll;
}

StyleOf modalityStyle(TokenSet tokens) {
    return [tokens](const ThemeColors& colors) {
        if (tokens == TokenSet::Vision)
            return SeriesStyle{colors.vision, Symbol::Disc, {}};
        if (tokens == TokenSet::Text)
            return SeriesStyle{colors.language, Symbol::Square, {}};
        return SeriesStyle{colors.text, Symbol::Circle, {4, 3}};
    };
}

}

PlotData activationPlot(std::span<const RunResults> runs, TokenSet tokens) {
    PlotData plot{.name = QStringLiteral("activation-error"), .title = Tr::tr("Activation error by depth")};
    plot.emptySentence = Tr::tr("No layer has been compared between the two streams.");
    plot.x = {.label = Tr::tr("Decoder layer")};
    plot.y = {.label = Tr::tr("Mean |difference|"), .canToggleLog = true};
    plot.rowTitle = Tr::tr("Layer");
    plot.metadata = metadataOf(runs);
    if (runs.size() == 1) {
        plot.note = Tr::tr("Hidden states of held-out samples; bands: 95 %");
        for (const TokenSet set : {TokenSet::Vision, TokenSet::Text, TokenSet::All}) {
            PlotSeries one =
                seriesOf(runs.front(), differencesOf(set), tokenSetText(set), modalityStyle(set), true);
            one.isFilled = set != TokenSet::All;
            if (!one.x.empty())
                plot.series.push_back(std::move(one));
        }
    } else {
        //: token set
        plot.note = Tr::tr("Hidden states of held-out samples, %1")
                        .arg(tokenSetText(tokens == TokenSet::Answer ? TokenSet::Text : tokens));
        for (const RunResults& run : runs)
            plot.series.push_back(
                seriesOf(run, differencesOf(tokens), run.title, styleOf(run), runs.size() <= kBands));
        plot.comparesToFirst = true;
    }
    //: summary of the plot
    plot.summary = Tr::tr("%n series", nullptr, int(plot.series.size())) + QStringLiteral(", ") +
                   Tr::tr("%n layers", nullptr, int(plot.xValues().size()));
    return plot;
}

}
