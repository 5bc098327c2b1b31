#include "ui/plots/plot_data.h"

#include <algorithm>
#include <cmath>

namespace vlmptq::ui {

int indexOf(const std::vector<double>& values, double wanted) {
    const auto sorted = std::ranges::lower_bound(values, wanted);
    if (sorted != values.end() && *sorted == wanted)
        return int(sorted - values.begin());
    const auto found = std::ranges::find(values, wanted);
    return found == values.end() ? -1 : int(found - values.begin());
}

bool PlotData::isEmpty() const {
    return std::ranges::none_of(series, [](const PlotSeries& one) {
        return std::ranges::any_of(one.y, [](double value) { return std::isfinite(value); });
    });
}

double PlotData::drawnY(const PlotSeries& one, std::size_t point) const {
    if (one.mark != Mark::Heat)
        return one.y[point];
    const auto isRow = [](const PlotSeries& other) { return other.mark == Mark::Heat; };
    return double(std::count_if(series.data(), &one, isRow));
}

QString PlotData::rowName(double at) const {
    const int index = indexOf(rowX, at);
    return index >= 0 && index < int(rowNames.size()) ? rowNames[std::size_t(index)] : QString();
}

std::vector<double> PlotData::xValues() const {
    std::vector<double> values;
    for (const PlotSeries& one : series)
        if (one.mark != Mark::Context)
            std::ranges::copy_if(one.x, std::back_inserter(values),
                                 [](double value) { return std::isfinite(value); });
    std::ranges::sort(values);
    const auto repeated = std::ranges::unique(values);
    values.erase(repeated.begin(), repeated.end());
    return values;
}

double toPosition(const PlotAxis& axis, double value) {
    if (axis.scale != AxisScale::SymLog)
        return value;
    return std::copysign(std::log10(1 + std::abs(value) / axis.linearBelow), value);
}

double toValue(const PlotAxis& axis, double position) {
    if (axis.scale != AxisScale::SymLog)
        return position;
    return std::copysign((std::pow(10.0, std::abs(position)) - 1) * axis.linearBelow, position);
}

}
