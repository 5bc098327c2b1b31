#include "ui/plots/plot_ranges.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace vlmptq::ui {
namespace {

struct Extent {
    double low = INFINITY, high = -INFINITY;

    void add(double value) {
        if (!std::isfinite(value))
            return;
        low = std::min(low, value);
        high = std::max(high, value);
    }
    bool isEmpty() const { return low > high; }
};

PlotRange limited(PlotRange range, const PlotAxis& axis) {
    if (axis.low)
        range.low = toPosition(axis, *axis.low);
    if (axis.high)
        range.high = toPosition(axis, *axis.high);
    return range;
}

PlotRange padded(const Extent& extent, const PlotAxis& axis, double share) {
    if (axis.scale == AxisScale::Log) {
        if (extent.isEmpty())
            return {1e-3, 1};
        const double span = std::max(std::log10(extent.high / extent.low), 0.2);
        return {std::pow(10, std::log10(extent.low) - share * span),
                std::pow(10, std::log10(extent.high) + share * span)};
    }
    if (extent.isEmpty())
        return {0, 1};
    const double size = std::max(std::abs(extent.low), std::abs(extent.high));
    const double span = std::max(extent.high - extent.low, size > 0 ? size * 0.02 : 1.0);
    const double middle = (extent.low + extent.high) / 2, half = span / 2;
    PlotRange range{middle - half - share * span, middle + half + share * span};
    if (axis.includesZero && extent.low >= 0)
        range.low = 0; // bars stand on the axis
    if (axis.includesZero && extent.high <= 0)
        range.high = 0;
    return range;
}

bool hasBars(const PlotData& data) {
    return std::ranges::any_of(data.series, [](const PlotSeries& one) {
        return one.mark == Mark::Bars || one.mark == Mark::Stacked;
    });
}

void addValues(Extent& extent, const PlotSeries& one, const PlotAxis& axis) {
    for (const auto* values : {&one.y, &one.low, &one.high})
        for (const double value : *values)
            if (axis.scale != AxisScale::Log || value > 0)
                extent.add(toPosition(axis, value));
}

}

PlotRange xRange(const PlotData& data, const IsShown& isShown) {
    Extent extent;
    for (const PlotSeries& one : data.series)
        if (isShown(one))
            for (const double x : one.x)
                if (data.x.scale != AxisScale::Log || x > 0)
                    extent.add(toPosition(data.x, x));
    for (const EdgeMark& mark : data.edgeMarks)
        extent.add(toPosition(data.x, mark.x));
    // Positions that are counted (modules, benchmarks) get half a place on both sides.
    const bool isCounted = !data.rowX.empty() || hasBars(data);
    if (!isCounted)
        return limited(padded(extent, data.x, 0.03), data.x);
    if (extent.isEmpty())
        return {-0.5, 0.5};
    const double margin = std::max(0.6, 0.01 * (extent.high - extent.low));
    PlotRange range{extent.low - margin, extent.high + margin};
    if (!data.edgeBars.empty())
        range.high += kEdgeBarsShare / (1 - kEdgeBarsShare) * (range.high - range.low);
    return limited(range, data.x);
}

PlotRange yRange(const PlotData& data, const PlotAxis& axis, const IsShown& isShown) {
    Extent extent;
    std::map<double, double> stacks; // x -> height
    for (const PlotSeries& one : data.series) {
        if (!isShown(one) || &data.yAxisOf(one) != &axis)
            continue;
        if (one.mark != Mark::Stacked) {
            addValues(extent, one, axis);
            continue;
        }
        for (std::size_t i = 0; i < one.y.size(); ++i)
            if (std::isfinite(one.y[i]))
                extent.add(stacks[one.x[i]] += one.y[i]);
    }
    if (axis.includesZero)
        extent.add(0);
    // Room above for the marks at the edge.
    PlotRange range = padded(extent, axis, 0.06);
    if (!data.edgeMarks.empty() && &axis == &data.y) {
        if (axis.scale == AxisScale::Log)
            range.high *= std::pow(range.high / range.low, 0.06);
        else
            range.high += 0.06 * (range.high - range.low);
    }
    return limited(range, axis);
}

}
