#include "ui/plots/layer_error_plot.h"

#include "ui/qt_text.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <map>

namespace vlmptq::ui {
namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(LayerErrorPlot)
};

// One point of a run: a module, or a decoder layer under its number.
struct Point {
    double value = NAN;
    int key = -1;
};
using Points = std::map<int, Point>; // by x in depth order

const ErrorByTokens& errorsOf(const ModuleResult& module, ErrorOf error) {
    return error == ErrorOf::Calibration ? module.calibrationError : module.heldoutError;
}

Points pointsOf(const RunResults& run, const LayerErrorOptions& options) {
    Points points;
    for (const ModuleResult* module : modulesOf(run, options.filter, options.kind)) {
        const auto value = errorOf(*module, options.error, options.tokens);
        Point& point = points[options.sumsLayers ? module->layer : module->index];
        if (point.key < 0)
            point.key = module->index;
        if (value)
            point.value = std::isnan(point.value) ? *value : point.value + *value;
    }
    return points;
}

void subtractBaseline(Points& points, const Points& baseline) {
    for (auto& [at, point] : points) {
        const auto other = baseline.find(at);
        const bool isKnown = other != baseline.end() && other->second.value > 0;
        point.value = isKnown ? (point.value / other->second.value - 1) * 100 : NAN;
    }
}

QString errorLabel(const LayerErrorOptions& options) {
    const bool isWeights = options.error == ErrorOf::Weights;
    if (options.baseline)
        return Tr::tr("Difference to baseline (%)");
    if (options.sumsLayers)
        return isWeights ? Tr::tr("Relative weight error, summed (1)")
                         : Tr::tr("Relative output error, summed (1)");
    return isWeights ? Tr::tr("Relative weight error (1)") : Tr::tr("Relative output error (1)");
}

QString titleOf(const LayerErrorOptions& options) {
    if (options.error == ErrorOf::Weights)
        return Tr::tr("Weight error by layer");
    const QString samples =
        options.error == ErrorOf::Heldout ? Tr::tr("held-out samples") : Tr::tr("calibration samples");
    //: samples, token set
    return Tr::tr("Reconstruction error by layer: %1, %2").arg(samples, tokenSetText(options.tokens));
}

// Where a point of depth position `at` is drawn: itself, or its rank when sorted.
class Order {
public:
    Order(const std::vector<Points>& runs, bool isSorted) {
        for (const Points& points : runs)
            for (const auto& [at, point] : points)
                m_order.push_back(at);
        std::ranges::sort(m_order);
        const auto repeated = std::ranges::unique(m_order);
        m_order.erase(repeated.begin(), repeated.end());
        if (isSorted && !runs.empty()) {
            const auto size = [&first = runs.front()](int at) {
                const auto found = first.find(at);
                return found == first.end() || std::isnan(found->second.value) ? -INFINITY
                                                                               : found->second.value;
            };
            std::ranges::stable_sort(m_order, std::greater(), size);
            for (int rank = 0; rank < int(m_order.size()); ++rank)
                m_rank[m_order[std::size_t(rank)]] = rank + 1;
        }
    }
    const std::vector<int>& order() const { return m_order; }
    double x(int at) const { return m_rank.empty() ? at : m_rank.at(at); }

private:
    std::vector<int> m_order;
    std::map<int, int> m_rank;
};

void setAxis(PlotData& plot, std::span<const RunResults> runs, const LayerErrorOptions& options,
             const Order& order) {
    std::map<int, const ModuleResult*> modules;
    for (const RunResults& run : runs)
        for (const ModuleResult* module : modulesOf(run, options.filter, options.kind))
            modules.try_emplace(options.sumsLayers ? module->layer : module->index, module);
    if (!options.sumsLayers && !options.isSorted) {
        std::vector<const ModuleResult*> inOrder;
        for (const auto& [at, module] : modules)
            inOrder.push_back(module);
        return setModuleAxis(plot, inOrder);
    }
    plot.rowTitle = options.sumsLayers ? Tr::tr("Layer") : Tr::tr("Module");
    plot.x.label =
        options.isSorted ? Tr::tr("Rank by size of the first run's error") : Tr::tr("Decoder layer");
    if (options.sumsLayers && !options.isSorted)
        return; // the numbers are the layers
    for (const int at : order.order()) {
        plot.rowX.push_back(order.x(at));
        plot.rowNames.push_back(options.sumsLayers ? Tr::tr("layer %1").arg(at)
                                                   : shortModuleName(modules[at]->name));
    }
}

void addTrouble(PlotData& plot, const RunResults& run, const LayerErrorOptions& options, const Order& order) {
    for (const ModuleResult* module : modulesOf(run, options.filter, options.kind)) {
        if (!module->fellBackToRtn && module->dampRetries == 0)
            continue;
        const QString what =
            module->fellBackToRtn
                ? Tr::tr("%1 failed here and fell back to RTN").arg(run.title)
                : Tr::tr("%1: damping raised to %2").arg(run.title, significantText(module->dampUsed));
        plot.edgeMarks.push_back({order.x(options.sumsLayers ? module->layer : module->index), what});
    }
}

QString summaryOf(const PlotData& plot) {
    std::map<double, std::pair<double, QString>> lowest; // x -> value, series
    for (const PlotSeries& one : plot.series)
        for (std::size_t i = 0; i < one.y.size(); ++i) {
            const auto [found, isNew] = lowest.try_emplace(one.x[i], INFINITY, QString());
            if (one.y[i] < found->second.first)
                found->second = {one.y[i], one.name};
        }
    std::map<QString, int> wins;
    for (const auto& [x, best] : lowest)
        if (!best.second.isEmpty())
            ++wins[best.second];
    const QString extent = Tr::tr("%n series", nullptr, int(plot.series.size())) + QStringLiteral(", ") +
                           Tr::tr("%n points each", nullptr, int(lowest.size()));
    const auto winner = std::ranges::max_element(wins, {}, [](const auto& one) { return one.second; });
    if (winner == wins.end() || plot.series.size() < 2)
        return extent;
    //: summary of a plot: extent, series, count
    return Tr::tr("%1, %2 lowest in %3").arg(extent, winner->first).arg(winner->second);
}

}

std::optional<double> errorOf(const ModuleResult& module, ErrorOf error, TokenSet tokens) {
    if (error == ErrorOf::Weights)
        return module.weightError;
    const ErrorByTokens& errors = errorsOf(module, error);
    switch (tokens) {
    case TokenSet::All:
        return errors.all;
    case TokenSet::Vision:
        return errors.vision;
    case TokenSet::Text:
        return errors.text;
    case TokenSet::Answer:
        return errors.answer;
    }
    return std::nullopt;
}

QString tokenSetText(TokenSet tokens) {
    switch (tokens) {
    case TokenSet::All:
        return Tr::tr("all tokens");
    case TokenSet::Vision:
        return Tr::tr("vision tokens");
    case TokenSet::Text:
        return Tr::tr("text tokens");
    case TokenSet::Answer:
        return Tr::tr("answer tokens");
    }
    return {};
}

PlotData layerErrorPlot(std::span<const RunResults> runs, const LayerErrorOptions& options) {
    PlotData plot{.name = QStringLiteral("layer-error"), .title = titleOf(options)};
    plot.emptySentence = Tr::tr("No module has an error of this kind.");
    plot.y = {.label = errorLabel(options), .canToggleLog = !options.baseline};
    plot.comparesToFirst = !options.baseline;
    plot.metadata = metadataOf(runs);
    std::vector<Points> all;
    const Points* baseline = nullptr;
    for (const RunResults& run : runs)
        all.push_back(pointsOf(run, options));
    for (std::size_t i = 0; i < runs.size(); ++i)
        if (runs[i].run.id == options.baseline)
            baseline = &all[i];
    if (options.baseline && baseline) {
        const Points reference = *baseline;
        for (Points& points : all)
            subtractBaseline(points, reference);
        plot.levels.push_back(0);
    }
    const Order order(all, options.isSorted);
    setAxis(plot, runs, options, order);
    for (std::size_t i = 0; i < runs.size(); ++i) {
        PlotSeries one{.name = runs[i].title, .style = styleOf(runs[i]), .isEmphasised = i == 0};
        for (const int at : order.order()) {
            const auto found = all[i].find(at);
            if (found == all[i].end())
                continue;
            one.x.push_back(order.x(at));
            one.y.push_back(found->second.value);
            one.keys.push_back(found->second.key);
        }
        plot.series.push_back(std::move(one));
        addTrouble(plot, runs[i], options, order);
    }
    plot.summary = summaryOf(plot);
    return plot;
}

}
