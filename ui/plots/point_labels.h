// point_labels.h - the names beside the points of a scatter, moved aside where they would cover one another.
// placeLabels is pure; the layer draws what it decides. Included by ui/plots sources only.
#pragma once
#include "ui/plots/plot_data.h"

#include <QRectF>

#include <optional>
#include <span>
#include <vector>

class QCPAxis;
class QCustomPlot;

namespace vlmptq::ui {

struct LabelWish {
    QPointF at;       // centre of the symbol
    double reach = 0; // its radius, and some air
    QSizeF size;      // of the text
};

// A box for each label within `area`: beside its point, else higher or lower, clear of the labels before it
// and of all points. Absent: no room; the legend still names the point.
std::vector<std::optional<QRectF>> placeLabels(std::span<const LabelWish>, const QRectF& area);

class PointLabels;

struct LabelledSeries {
    const PlotSeries* series = nullptr; // must outlive the layer
    QCPAxis* yAxis = nullptr;
};

// The plot owns the layer.
PointLabels* addPointLabels(QCustomPlot*, std::vector<LabelledSeries>, const PlotAxis& x, const QColor& text,
                            const QColor& leader);
void removePointLabels(PointLabels*);

}
