#include "ui/plots/magnitude_plot.h"

#include "ui/qt_text.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace vlmptq::ui {
namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(MagnitudePlot)
};

void add(PlotSeries& series, const ModuleResult& module, const std::optional<double>& value) {
    series.x.push_back(module.index);
    series.y.push_back(value.value_or(NAN));
    series.keys.push_back(module.index);
}

}

bool hasMagnitudes(const RunResults& run) {
    return std::ranges::any_of(modulesOf(run), [](const ModuleResult* module) {
        return module->visionMagnitude || module->textMagnitude;
    });
}

PlotData magnitudePlot(const RunResults& run, SeriesFilter filter) {
    PlotData plot{.name = QStringLiteral("modality-magnitude"),
                  .title = Tr::tr("Modality magnitude: %1").arg(run.title)};
    plot.emptySentence = Tr::tr("This run collected no activation statistics.");
    plot.y = {.label = Tr::tr("Mean diag(H) per token"), .canToggleLog = true};
    plot.metadata = metadataOf(std::span(&run, 1));
    const std::vector<const ModuleResult*> modules = modulesOf(run, filter);
    setModuleAxis(plot, modules);
    //: |H_v| and |H_l| are symbols of the paper
    PlotSeries vision{.name = Tr::tr("vision |H_v|"), .isFilled = true};
    vision.style = [](const ThemeColors& colors) { return SeriesStyle{colors.vision, Symbol::Disc, {}}; };
    PlotSeries language{.name = Tr::tr("text |H_l|"), .isFilled = true};
    language.style = [](const ThemeColors& colors) {
        return SeriesStyle{colors.language, Symbol::Square, {}};
    };
    PlotSeries ratio{.name = Tr::tr("ratio vision / text"), .onRightAxis = true};
    ratio.style = [](const ThemeColors& colors) { return SeriesStyle{colors.muted, Symbol::Plus, {2, 3}}; };
    std::int64_t visionTokens = 0, textTokens = 0;
    int stronger = 0;
    for (const ModuleResult* module : modules) {
        add(vision, *module, module->visionMagnitude);
        add(language, *module, module->textMagnitude);
        std::optional<double> share;
        if (module->visionMagnitude && module->textMagnitude && *module->textMagnitude > 0)
            share = *module->visionMagnitude / *module->textMagnitude;
        add(ratio, *module, share);
        stronger += share && *share > 1;
        visionTokens += module->visionTokens;
        textTokens += module->textTokens;
    }
    const bool hasRatio = std::ranges::any_of(ratio.y, [](double value) { return std::isfinite(value); });
    plot.series = {std::move(vision), std::move(language)};
    if (hasRatio) {
        plot.right = PlotAxis{.label = Tr::tr("Ratio vision / text"), .includesZero = true};
        plot.series.push_back(std::move(ratio));
    }
    if (const auto all = visionTokens + textTokens; all > 0)
        plot.note = Tr::tr("Vision tokens: %1 of the calibration tokens")
                        .arg(percentText(double(visionTokens) / double(all)));
    plot.summary = Tr::tr("%n modules, vision stronger in %1", nullptr, int(modules.size())).arg(stronger);
    return plot;
}

}
