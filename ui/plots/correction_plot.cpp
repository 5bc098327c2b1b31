#include "ui/plots/correction_plot.h"

#include "engine/core/stats.h"
#include "ui/qt_text.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace vlmptq::ui {
namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(CorrectionPlot)
};

// The linear part of the axis reaches to the power of ten below most corrections.
double linearPart(const std::vector<float>& correction) {
    std::vector<double> sizes;
    for (const float value : correction)
        if (value != 0)
            sizes.push_back(std::abs(double(value)));
    return sizes.empty() ? 1 : std::pow(10.0, std::floor(std::log10(stats::quantile(sizes, 0.2))));
}

double rankCorrelation(const ModuleResult& module) {
    std::vector<double> sizes, losses;
    for (std::size_t i = 0; i < module.correction.size(); ++i) {
        sizes.push_back(std::abs(double(module.correction[i])));
        losses.push_back(module.extraLoss[i]);
    }
    return stats::spearman(sizes, losses);
}

// "12 channels chosen: 45 % of the extra loss"
QString chosenNote(const ModuleResult& module, const std::set<int>& chosen) {
    double all = 0, part = 0;
    int count = 0;
    for (std::size_t i = 0; i < module.extraLoss.size(); ++i) {
        const bool isChosen = chosen.contains(int(i));
        all += module.extraLoss[i];
        part += isChosen ? module.extraLoss[i] : 0;
        count += isChosen;
    }
    const QString share = all > 0 ? percentText(part / all) : QStringLiteral("–");
    return Tr::tr("%n channels chosen: %1 of the extra loss", nullptr, count).arg(share);
}

bool isVisual(const ModuleResult& module, std::size_t channel) {
    const auto at = [channel](const std::vector<float>& values) {
        return channel < values.size() ? values[channel] : 0.0F;
    };
    return at(module.channelVision) > at(module.channelText);
}

}

PlotData correctionPlot(const RunResults& run, const std::optional<ModuleResult>& module,
                        const std::set<int>& chosen) {
    PlotData plot{.name = QStringLiteral("correction"), .title = Tr::tr("Correction and channel loss")};
    plot.rowsBy = RowsBy::Point;
    plot.rowTitle = Tr::tr("Channel");
    plot.metadata = metadataOf(std::span(&run, 1));
    if (!module) {
        plot.emptySentence = Tr::tr("Choose a module in a plot or in the table of Layers.");
        return plot;
    }
    if (module->correction.empty() || module->correction.size() != module->extraLoss.size()) {
        plot.emptySentence =
            Tr::tr("%1 has no correction: the method of this run does not propagate residuals.")
                .arg(shortModuleName(module->name));
        return plot;
    }
    //: rank correlation of |C| and the extra loss
    plot.title =
        Tr::tr("Correction and channel loss: Spearman ρ = %1").arg(fixedText(rankCorrelation(*module), 2));
    plot.canLasso = true;
    plot.x = {.label = Tr::tr("Correction C of the channel"),
              .scale = AxisScale::SymLog,
              .linearBelow = linearPart(module->correction)};
    plot.y = {.label = Tr::tr("Extra loss of the channel"), .canToggleLog = true};
    PlotSeries vision{
        .name = Tr::tr("vision dominates"), .mark = Mark::Points, .zerosAtEdge = true, .isFilled = true};
    vision.style = [](const ThemeColors& colors) { return SeriesStyle{colors.vision, Symbol::Disc, {}}; };
    PlotSeries language{
        .name = Tr::tr("text dominates"), .mark = Mark::Points, .zerosAtEdge = true, .isFilled = true};
    language.style = [](const ThemeColors& colors) {
        return SeriesStyle{colors.language, Symbol::Square, {}};
    };
    std::vector<QString> languageNames;
    for (std::size_t i = 0; i < module->correction.size(); ++i) {
        const bool isVision = isVisual(*module, i);
        PlotSeries& series = isVision ? vision : language;
        series.x.push_back(module->correction[i]);
        series.y.push_back(module->extraLoss[i]);
        series.keys.push_back(int(i));
        series.ringed.push_back(chosen.contains(int(i)));
        (isVision ? plot.rowNames : languageNames).push_back(Tr::tr("channel %1").arg(i));
    }
    plot.rowNames.insert(plot.rowNames.end(), languageNames.begin(), languageNames.end());
    plot.summary = Tr::tr("%n channels, vision dominates %1", nullptr, int(module->correction.size()))
                       .arg(vision.x.size()) +
                   QStringLiteral("; ") + plot.title;
    plot.note = chosen.empty()
                    ? Tr::tr("%1; vision dominates %2 of %n", nullptr, int(module->correction.size()))
                          .arg(shortModuleName(module->name))
                          .arg(vision.x.size())
                    : chosenNote(*module, chosen);
    plot.series.push_back(std::move(vision));
    plot.series.push_back(std::move(language));
    std::erase_if(plot.series, [](const PlotSeries& one) { return one.x.empty(); });
    return plot;
}

}
