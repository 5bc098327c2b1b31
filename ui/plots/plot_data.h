// plot_data.h - what a plot shows, as a plain value: axes, series, ticks, texts. Builders
// (layer_error_plot.h, …) make it from records; PlotView draws, exports and tabulates it. No QCustomPlot, no
// widgets: a plot is tested by its data. Colours are looked up while drawing, so the same value serves both
// themes and the export.
#pragma once
#include "ui/theme/theme_colors.h"

#include <QString>
#include <QStringList>

#include <functional>
#include <optional>
#include <vector>

namespace vlmptq::ui {

using StyleOf = std::function<SeriesStyle(const ThemeColors&)>;

enum class AxisScale { Linear, Log, SymLog }; // SymLog: linear within ±linearBelow, logarithmic beyond

struct AxisTick {
    double at = 0;
    QString label;
};

struct PlotAxis {
    QString label; // with its unit
    AxisScale scale = AxisScale::Linear;
    double linearBelow = 1;          // SymLog only
    std::vector<AxisTick> ticks{};   // empty: by value
    std::optional<double> low, high; // fixed limits; absent: from the data
    bool keepsAllTicks = false;      // names that are turned rather than thinned out
    bool includesZero = false;
    bool canToggleLog = false; // L switches between linear and logarithmic
};

enum class Mark {
    Line,    // points joined, with markers while there is room for them
    Points,  // symbols only, sized by `sizes` where given
    Bars,    // side by side with the other Bars series
    Stacked, // on top of the Stacked series before it
    Context, // thin muted line without legend entry
    Heat,    // a row of coloured cells, one above the other; dark: low (heat_map.h)
};

struct PlotSeries {
    QString name;
    Mark mark = Mark::Line;
    StyleOf style{};
    std::vector<double> x, y;      // NaN: missing
    std::vector<double> low, high; // intervals; empty: none
    std::vector<double> sizes;     // symbol diameters in px; empty: the usual one
    std::vector<bool> hollow;      // points drawn as outline; empty: none
    std::vector<int> keys;         // what choosing a point chooses (module index); empty: nothing
    std::vector<QString> labels;   // written beside the points; empty: none
    std::vector<bool> ringed;      // points with a ring; empty: none
    bool onRightAxis = false;
    bool isJoined = false;     // Points with a line through them
    bool zerosAtEdge = false;  // points at 0 stand hollow on the lower edge of a logarithmic axis
    bool isFilled = false;     // symbols filled even where the style's is hollow
    bool isOutlined = false;   // bars as a thick outline (full precision)
    bool isEmphasised = false; // a thicker line (the active run)
};

// A ▲ at the upper edge: something to know about that x which has no value.
struct EdgeMark {
    double x = 0;
    QString text;
};

// A bar at the right edge, lying: how many points have this y.
struct EdgeBar {
    double at = 0;
    int count = 0;
};

// How rows of the table twin and the hover box come about.
enum class RowsBy {
    X,     // one row per x with all series in it
    Point, // one row per point (scatter)
};

struct PlotData {
    QString name; // file name and object name, "layer-error"
    QString title;
    QString note;    // one muted line under the title; may be empty
    QString summary; // one sentence for screen readers
    QString emptySentence;
    PlotAxis x, y;
    std::optional<PlotAxis> right;
    std::vector<PlotSeries> series;
    std::vector<EdgeMark> edgeMarks;
    std::vector<EdgeBar> edgeBars; // the x axis leaves room for them
    std::vector<double> levels;    // thin horizontal lines (zero line)
    RowsBy rowsBy = RowsBy::X;
    QString rowTitle; // heading of the row names, "Module"
    std::vector<QString>
        rowNames;             // RowsBy::X: by position of x in rowX(); RowsBy::Point: by point of all series
    std::vector<double> rowX; // RowsBy::X: the x of each row name; empty: rows have numbers only
    bool rowsAreNumbered = true;  // false: the x of a named row is only where it is drawn
    bool canLasso = false;        // scatter: a drawn loop chooses the points in it
    bool comparesToFirst = false; // hover adds (+38 %) to the series after the first
    QStringList metadata;         // "run 7: VLM-PTQ W3A16 …", written into exports

    bool isEmpty() const;
    QString rowName(double at) const;    // empty: none
    std::vector<double> xValues() const; // of all series, sorted, each once; context lines left out
    double drawnY(const PlotSeries&, std::size_t point) const; // Heat: the place of its row
    const PlotAxis& yAxisOf(const PlotSeries& one) const { return one.onRightAxis && right ? *right : y; }
};

// Position of exactly this value; quick where the values ascend. -1: none.
int indexOf(const std::vector<double>& values, double wanted);

// Position along a drawn axis (SymLog is drawn on a linear one) and back.
double toPosition(const PlotAxis&, double value);
double toValue(const PlotAxis&, double position);

}
