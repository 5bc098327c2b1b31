#include "ui/plots/heat_map.h"

#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

namespace vlmptq::ui {
namespace {

constexpr int kColorStops = 9;

QCPColorGradient gradientOf(const ThemeColors& colors) {
    QCPColorGradient gradient;
    gradient.clearColorStops();
    for (int i = 0; i < kColorStops; ++i) {
        const double share = double(i) / (kColorStops - 1);
        gradient.setColorStopAt(share, colors.sequential(share));
    }
    gradient.setNanHandling(QCPColorGradient::nhTransparent);
    return gradient;
}

}

std::vector<double> heatColumns(std::span<const double> values, int columns) {
    std::vector<double> drawn(std::size_t(columns), NAN);
    for (std::size_t i = 0; i < values.size(); ++i) {
        double& cell = drawn[i * std::size_t(columns) / values.size()];
        if (std::isfinite(values[i]) && !(cell >= values[i]))
            cell = values[i];
    }
    return drawn;
}

void addHeatMap(QCustomPlot* plot, std::span<const PlotSeries* const> rows, const ThemeColors& colors) {
    std::size_t longest = 1;
    for (const PlotSeries* row : rows)
        longest = std::max(longest, row->y.size());
    const int columns = std::min(int(longest), kMostHeatColumns);
    auto* map = new QCPColorMap(plot->xAxis, plot->yAxis);
    map->data()->setSize(columns, int(rows.size()));
    const double half = double(longest) / columns / 2; // ranges name the centres of the outer cells
    map->data()->setRange({half - 0.5, double(longest) - half - 0.5}, {0, double(rows.size()) - 1});
    double lowest = INFINITY;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const std::vector<double> cells = heatColumns(rows[row]->y, columns);
        for (int column = 0; column < columns; ++column) {
            const double value = cells[std::size_t(column)];
            map->data()->setCell(column, int(row), value);
            if (std::isfinite(value))
                lowest = std::min(lowest, value);
        }
    }
    map->setInterpolate(false);
    map->setAntialiased(false);
    map->setDataScaleType(lowest > 0 ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    map->setGradient(gradientOf(colors));
    map->rescaleDataRange(true);
}

}
