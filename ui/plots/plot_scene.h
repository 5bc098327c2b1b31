// plot_scene.h - draws one PlotData into a QCustomPlot: on the screen and, with title and legend, into
// exports. Follows the rendering rules measured for QCustomPlot (fast polylines, 1 px lines, thinning above
// 2,000 points). Included by ui/plots sources only. UI thread; the plot must outlive the scene.
#pragma once
#include "ui/plots/plot_data.h"

#include <set>

class QCPAbstractPlottable;
class QCPAxis;
class QCPBars;
class QCPGraph;
class QCustomPlot;

namespace vlmptq::ui {

class EdgeBars;
class PointLabels;
class PointsLayer;

struct PlotLook {
    bool isLog = false;
    bool hasGrid = true, hasMarkers = true;
    std::set<QString> hidden; // names of series
    bool hasTitleAndLegend = false;
};

class PlotScene {
public:
    explicit PlotScene(QCustomPlot* plot);
    PlotScene(const PlotScene&) = delete;
    PlotScene& operator=(const PlotScene&) = delete;

    // Everything anew; the visible ranges are kept when `keepsRanges`.
    void build(const PlotData&, const ThemeColors&, const PlotLook&, bool keepsRanges = false);
    void resetRanges();
    void refresh(); // after zooming or resizing: thinned data, markers and ticks
    const PlotData& data() const { return m_data; }
    bool isHidden(const PlotSeries&) const;

private:
    struct Drawn {
        const PlotSeries* series = nullptr;
        QCPAxis* yAxis = nullptr;
        QCPGraph* graph = nullptr;
        QCPBars* bars = nullptr;
        PointsLayer* points = nullptr;
    };
    void clear();
    void setUpAxis(QCPAxis*, const PlotAxis&);
    void addSeries(const PlotSeries&, int barIndex, int barCount, QCPBars* below);
    void addLine(Drawn&, const SeriesStyle&);
    void addBars(Drawn&, const SeriesStyle&, int barIndex, int barCount, QCPBars* below);
    void addHeat();
    void addLabels();
    void addLevels();
    void addEdgeMarks();
    void addTitleAndLegend();
    QCPAbstractPlottable* legendPlottable(const Drawn&);
    void thin(const Drawn&);
    void setTicks(QCPAxis*, const PlotAxis&);
    void fitLabel(QCPAxis*, const PlotAxis&);
    QPointF pixel(const Drawn&, std::size_t point) const;
    std::vector<std::size_t> keptPoints(const Drawn&) const;

    QCustomPlot* m_plot;
    PlotData m_data;
    ThemeColors m_colors;
    PlotLook m_look;
    std::vector<Drawn> m_drawn;
    PointLabels* m_labels = nullptr;
    EdgeBars* m_edgeBars = nullptr;
    QCPAxis* m_edgeAxis = nullptr; // 0..1 from bottom to top, invisible
};

}
