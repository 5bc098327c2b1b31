#include "ui/plots/plot_table.h"

#include "engine/core/table.h"
#include "ui/qt_text.h"

#include <QCoreApplication>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace vlmptq::ui {
namespace {

PlotCell cellAt(const std::vector<double>& values, int index) {
    if (index < 0 || index >= int(values.size()) || !std::isfinite(values[std::size_t(index)]))
        return {};
    return values[std::size_t(index)];
}

bool hasInterval(const PlotSeries& one) { return !one.low.empty() && !one.high.empty(); }

PlotTable tableByX(const PlotData& data) {
    PlotTable table;
    const bool isNamed = !data.rowNames.empty(), isNumbered = !isNamed || data.rowsAreNumbered;
    if (isNumbered)
        table.columns << (isNamed ? QStringLiteral("#") : data.x.label);
    if (isNamed)
        table.columns << data.rowTitle;
    std::vector<const PlotSeries*> shown;
    for (const PlotSeries& one : data.series) {
        if (one.mark == Mark::Context)
            continue;
        shown.push_back(&one);
        table.columns << one.name;
        if (hasInterval(one))
            table.columns << QCoreApplication::translate("PlotTable", "%1, low").arg(one.name)
                          << QCoreApplication::translate("PlotTable", "%1, high").arg(one.name);
    }
    for (const double x : data.xValues()) {
        std::vector<PlotCell> row;
        if (isNumbered)
            row.emplace_back(x);
        if (isNamed)
            row.emplace_back(data.rowName(x));
        for (const PlotSeries* one : shown) {
            const int point = indexOf(one->x, x);
            row.push_back(cellAt(one->y, point));
            if (hasInterval(*one)) {
                row.push_back(cellAt(one->low, point));
                row.push_back(cellAt(one->high, point));
            }
        }
        table.rows.push_back(std::move(row));
    }
    return table;
}

PlotTable tableByPoint(const PlotData& data) {
    PlotTable table;
    table.columns << data.rowTitle << QCoreApplication::translate("PlotTable", "Series") << data.x.label
                  << data.y.label;
    std::size_t number = 0;
    for (const PlotSeries& one : data.series)
        for (int i = 0; i < int(one.y.size()); ++i, ++number) {
            const QString name = number < data.rowNames.size() ? data.rowNames[number] : QString();
            table.rows.push_back({name, one.name, cellAt(one.x, i), cellAt(one.y, i)});
        }
    return table;
}

std::string csvCell(const PlotCell& cell) {
    if (const auto* number = std::get_if<double>(&cell)) {
        std::array<char, 32> buffer{}; // the shortest text that reads back as the same number
        const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), *number).ptr;
        return {buffer.data(), end};
    }
    const auto* name = std::get_if<QString>(&cell);
    return name ? utf8(*name) : std::string();
}

}

PlotTable tableOf(const PlotData& data) {
    return data.rowsBy == RowsBy::X ? tableByX(data) : tableByPoint(data);
}

std::string csvOf(const PlotData& data) {
    std::string csv = "# " + utf8(data.title) + '\n';
    for (const QString& line : data.metadata)
        csv += "# " + utf8(line).substr(0, utf8(line).find('\n')) + '\n';
    const PlotTable content = tableOf(data);
    std::vector<Column> columns;
    for (const QString& title : content.columns)
        columns.push_back({utf8(title)});
    Table table(std::move(columns));
    for (const auto& row : content.rows) {
        std::vector<std::string> cells;
        std::ranges::transform(row, std::back_inserter(cells), csvCell);
        table.add(std::move(cells));
    }
    return csv + table.csv();
}

}
