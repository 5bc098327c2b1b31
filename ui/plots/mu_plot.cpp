#include "ui/plots/mu_plot.h"

#include "engine/core/stats.h"
#include "ui/qt_text.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <map>

namespace vlmptq::ui {
namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(MuPlot)
};

constexpr double kNeutral = 0.5;
constexpr double kFlat = 0.01; // relative spread of a curve that decides nothing
constexpr double kSmallestDot = 5, kLargestDot = 16, kGainOfLargestDot = 0.10;

double dotSize(const std::optional<double>& gain) {
    const double share = std::clamp(gain.value_or(0) / kGainOfLargestDot, 0.0, 1.0);
    return kSmallestDot + (kLargestDot - kSmallestDot) * std::sqrt(share); // by area
}

std::vector<AxisTick> muTicks() {
    std::vector<AxisTick> ticks;
    for (int tenths = 0; tenths <= 10; tenths += 2)
        ticks.push_back({tenths / 10.0, QLocale().toString(tenths / 10.0)});
    return ticks;
}

std::vector<MuPoint> sortedCurve(const ModuleResult& module) {
    std::vector<MuPoint> curve = module.muCurve;
    std::ranges::stable_sort(curve, {}, &MuPoint::mu);
    return curve;
}

double minimumOf(const std::vector<MuPoint>& curve) {
    const auto best = std::ranges::min_element(curve, {}, &MuPoint::relative);
    return best == curve.end() ? NAN : best->relative;
}

PlotSeries contextOf(const ModuleResult& module, double minimum) {
    PlotSeries one{.name = shortModuleName(module.name), .mark = Mark::Context};
    const std::vector<MuPoint> curve = sortedCurve(module);
    const double scale = minimum / minimumOf(curve);
    for (const MuPoint& point : curve) {
        one.x.push_back(point.mu);
        one.y.push_back(point.relative * scale);
    }
    return one;
}

QString curveNote(const ModuleResult& module, bool hasContext) {
    QStringList parts;
    if (module.awareness)
        parts << Tr::tr("chosen %1").arg(significantText(*module.awareness));
    const auto [low, high] = std::ranges::minmax(module.muCurve, {}, &MuPoint::relative);
    if (module.muCurve.size() > 1 && high.relative <= low.relative * (1 + kFlat))
        parts << Tr::tr("differences below 1 %");
    if (hasContext)
        parts << Tr::tr("grey: other modules of the layer, scaled");
    return parts.join(QStringLiteral("; "));
}

}

bool hasAwareness(const RunResults& run) {
    return std::ranges::any_of(modulesOf(run),
                               [](const ModuleResult* module) { return module->awareness.has_value(); });
}

std::optional<double> gainOverNeutral(const ModuleResult& module) {
    std::optional<double> neutral, chosen;
    for (const MuPoint& point : module.muCurve) {
        if (point.mu == kNeutral)
            neutral = point.relative;
        if (point.isCandidate && point.mu == module.awareness)
            chosen = point.relative;
    }
    if (!neutral || !chosen || *neutral <= 0)
        return std::nullopt;
    return 1 - *chosen / *neutral;
}

PlotData awarenessPlot(const RunResults& run, SeriesFilter filter) {
    PlotData plot{.name = QStringLiteral("awareness"),
                  .title = Tr::tr("Modality awareness μ*: %1").arg(run.title)};
    plot.emptySentence =
        Tr::tr("This run searched no μ. Methods with modality-weighted ranges (VLM-PTQ) do.");
    //: 0: text only, 1: vision only
    plot.y = {.label = Tr::tr("μ* (0: text, 1: vision)"), .ticks = muTicks(), .low = -0.08, .high = 1.08};
    plot.metadata = metadataOf(std::span(&run, 1));
    plot.levels = {kNeutral};
    const std::vector<const ModuleResult*> modules = modulesOf(run, filter);
    setModuleAxis(plot, modules);
    PlotSeries dots{.name = Tr::tr("μ*"), .mark = Mark::Points, .style = styleOf(run), .isFilled = true};
    std::map<double, int> counts;
    std::vector<double> gains;
    for (const ModuleResult* module : modules) {
        if (!module->awareness)
            continue;
        const auto gain = gainOverNeutral(*module);
        dots.x.push_back(module->index);
        dots.y.push_back(*module->awareness);
        dots.keys.push_back(module->index);
        dots.sizes.push_back(dotSize(gain));
        dots.hollow.push_back(module->visionTokens == 0 || module->textTokens == 0);
        ++counts[*module->awareness];
        if (gain)
            gains.push_back(*gain);
    }
    if (const auto most = std::ranges::max_element(counts, {}, [](const auto& one) { return one.second; });
        most != counts.end()) {
        //: the most frequent value, how often, of how many
        plot.note = Tr::tr("Most often %1 (%2 of %3)")
                        .arg(significantText(most->first))
                        .arg(most->second)
                        .arg(dots.y.size());
        if (!gains.empty())
            plot.note += QStringLiteral("; ") +
                         Tr::tr("size: gain, median %1").arg(percentText(stats::quantile(gains, 0.5), 1));
        plot.summary = plot.note;
        for (const auto& [at, count] : counts)
            plot.edgeBars.push_back({at, count});
    }
    plot.series.push_back(std::move(dots));
    return plot;
}

PlotData muCurvePlot(const ModuleResult& module, std::span<const ModuleResult* const> others,
                     const StyleOf& style) {
    PlotData plot{.name = QStringLiteral("mu-curve"),
                  .title = Tr::tr("μ search: %1").arg(shortModuleName(module.name))};
    plot.emptySentence = Tr::tr("No μ was searched for %1.").arg(shortModuleName(module.name));
    plot.x = {.label = Tr::tr("μ (0: text only, 1: vision only)")};
    plot.y = {.label = Tr::tr("Relative output error (1)")};
    plot.rowTitle = QStringLiteral("μ");
    const std::vector<MuPoint> curve = sortedCurve(module);
    if (curve.empty())
        return plot;
    for (const ModuleResult* other : others)
        if (!other->muCurve.empty())
            plot.series.push_back(contextOf(*other, minimumOf(curve)));
    const bool hasContext = !plot.series.empty();
    PlotSeries line{.name = Tr::tr("error"), .mark = Mark::Points, .style = style};
    line.isJoined = line.isFilled = line.isEmphasised = true;
    for (const MuPoint& point : curve) {
        line.x.push_back(point.mu);
        line.y.push_back(point.relative);
        line.hollow.push_back(!point.isCandidate);
        line.ringed.push_back(point.isCandidate && point.mu == module.awareness);
    }
    plot.series.push_back(std::move(line));
    plot.note = curveNote(module, hasContext);
    plot.summary = Tr::tr("%n candidates", nullptr, int(curve.size())) + QStringLiteral("; ") + plot.note;
    return plot;
}

PlotData muCurvePlot(const RunResults& run, int index) {
    const std::vector<const ModuleResult*> modules = modulesOf(run);
    const auto found = std::ranges::find(modules, index, &ModuleResult::index);
    if (found == modules.end()) {
        PlotData plot{.name = QStringLiteral("mu-curve"), .title = Tr::tr("μ search")};
        plot.emptySentence = Tr::tr("Choose a module in a plot or in the table of Layers.");
        return plot;
    }
    std::vector<const ModuleResult*> others;
    for (const ModuleResult* module : modules)
        if (module->layer == (*found)->layer && module != *found)
            others.push_back(module);
    PlotData plot = muCurvePlot(**found, others, styleOf(run));
    plot.metadata = metadataOf(std::span(&run, 1));
    return plot;
}

}
