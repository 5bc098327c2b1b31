#include "ui/plots/cost_plot.h"

#include "ui/qt_text.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>

namespace vlmptq::ui {
namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(CostPlot)
};

constexpr double kGigabyte = 1e9;

struct Part {
    const char* name;
    double ModuleResult::*seconds;
    double lightShade, darkShade; // of the sequential map, readable on white and on the dark base
};

const std::array kParts{
    Part{QT_TRANSLATE_NOOP("CostPlot", "capture"), &ModuleResult::captureSeconds, 0.0, 0.42},
    Part{QT_TRANSLATE_NOOP("CostPlot", "μ search"), &ModuleResult::muSearchSeconds, 0.22, 0.62},
    Part{QT_TRANSLATE_NOOP("CostPlot", "solve"), &ModuleResult::solveSeconds, 0.42, 0.80},
    Part{QT_TRANSLATE_NOOP("CostPlot", "pack"), &ModuleResult::packSeconds, 0.56, 1.0},
};

StyleOf styleOf(const Part& part) {
    return [part](const ThemeColors& colors) {
        return SeriesStyle{
            colors.sequential(colors.isDark ? part.darkShade : part.lightShade), Symbol::Square, {}};
    };
}

double secondsOf(const ModuleResult& module) {
    double sum = 0;
    for (const Part& part : kParts)
        sum += module.*part.seconds;
    return sum;
}

}

PlotData costPlot(const RunResults& run, SeriesFilter filter, const QString& kind) {
    PlotData plot{.name = QStringLiteral("time-and-memory"),
                  .title = Tr::tr("Time and memory by layer: %1").arg(run.title)};
    plot.emptySentence = Tr::tr("This run has no finished module of this kind.");
    plot.y = {.label = Tr::tr("Time (s)"), .includesZero = true};
    plot.right = PlotAxis{.label = Tr::tr("Peak memory (GB)"), .includesZero = true};
    plot.metadata = metadataOf(std::span(&run, 1));
    const std::vector<const ModuleResult*> modules = modulesOf(run, filter, kind);
    setModuleAxis(plot, modules);
    for (const Part& part : kParts) {
        PlotSeries one{.name = Tr::tr(part.name), .mark = Mark::Stacked, .style = styleOf(part)};
        for (const ModuleResult* module : modules) {
            one.x.push_back(module->index);
            one.y.push_back(module->*part.seconds);
            one.keys.push_back(module->index);
        }
        plot.series.push_back(std::move(one));
    }
    PlotSeries memory{.name = Tr::tr("peak memory"), .onRightAxis = true};
    memory.style = [](const ThemeColors& colors) { return SeriesStyle{colors.text, Symbol::Circle, {4, 3}}; };
    for (const ModuleResult* module : modules) {
        memory.x.push_back(module->index);
        memory.y.push_back(double(module->peakBytes) / kGigabyte);
        memory.keys.push_back(module->index);
    }
    plot.series.push_back(std::move(memory));
    if (modules.empty())
        return plot;
    const ModuleResult& slowest =
        *std::ranges::max_element(modules, {}, [](const auto* m) { return secondsOf(*m); }).operator*();
    double total = 0;
    for (const ModuleResult* module : modules)
        total += secondsOf(*module);
    //: total time, slowest module, its time
    plot.note =
        Tr::tr("%1 in all; slowest %2 with %3")
            .arg(durationText(total), shortModuleName(slowest.name), durationText(secondsOf(slowest)));
    plot.summary = Tr::tr("%n modules", nullptr, int(modules.size())) + QStringLiteral(", ") + plot.note;
    return plot;
}

}
