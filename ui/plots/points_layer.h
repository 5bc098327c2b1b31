// points_layer.h - symbols with their own size, outline, ring and interval, which QCPGraph cannot
// draw. Included by ui/plots sources only. On the screen thousands of equal symbols are stamped from one
// picture; exports get shapes.
#pragma once
#include "ui/plots/plot_data.h"

#include <memory>

class QCPAxis;
class QCustomPlot;

namespace vlmptq::ui {

class PointsLayer;

struct PointsLook {
    SeriesStyle style;
    QColor text, base;
    double symbolSize = 7;
};

// `series` must outlive the layer. Points whose index is not in `shown` are left out (empty: all). The plot
// owns it.
PointsLayer* addPoints(QCustomPlot*, const PlotSeries& series, const PlotAxis& x, QCPAxis* xAxis,
                       QCPAxis* yAxis, const PointsLook&);
void setShownPoints(PointsLayer*, std::vector<std::size_t> shown);
void removePoints(PointsLayer*);

}
