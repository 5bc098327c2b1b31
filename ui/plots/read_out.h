// read_out.h - the text of the hover box: all series at one x, or one point of a scatter. Pure; tested by its
// text.
#pragma once
#include "ui/plots/plot_data.h"

#include <set>

namespace vlmptq::ui {

// A place of the plot that the cursor can stand on.
struct PlotPlace {
    double x = 0;
    int series = -1; // emphasised (RowsBy::X, by arrow keys) or hit (RowsBy::Point)
    int point = -1;  // of that series, RowsBy::Point only
    bool operator==(const PlotPlace&) const = default;
};

// Key of the place (PlotSeries::keys): of its series, else of the first visible series with one; -1: none.
int keyAt(const PlotData&, const PlotPlace&, const std::set<QString>& hidden);
QString readOutHtml(const PlotData&, const PlotPlace&, const std::set<QString>& hidden, const ThemeColors&);
QString readOutText(const PlotData&, const PlotPlace&,
                    const std::set<QString>& hidden); // one line, for screen readers

}
