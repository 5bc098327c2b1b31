// plot_table.h - the same data as rows and columns: for the table twin, "Copy data" and CSV. Pure.
#pragma once
#include "ui/plots/plot_data.h"

#include <variant>

namespace vlmptq::ui {

using PlotCell = std::variant<std::monostate, double, QString>; // nothing, a number, a name

struct PlotTable {
    QStringList columns;
    std::vector<std::vector<PlotCell>> rows;
};

// RowsBy::X: x (or its name) and a column per series, with its interval where it has one.
// RowsBy::Point: name, series, x, y.
PlotTable tableOf(const PlotData&);
// RFC 4180 in the C locale with full precision; the metadata first, as lines beginning with '#'.
std::string csvOf(const PlotData&);

}
