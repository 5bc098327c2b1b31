// swatch.h - how a series looks in small: symbols and pens shared by plots, legends and exports. Included by
// ui/plots sources only.
#pragma once
#include "ui/plots/plot_data.h"

#include <QPen>

class QCPScatterStyle;
class QPainter;

namespace vlmptq::ui {

QPen linePen(const SeriesStyle&, double width);
QCPScatterStyle symbolOf(const SeriesStyle&, bool isFilled, const QColor& base, double size);
QBrush barBrush(const PlotSeries&, const SeriesStyle&);
QPen barPen(const PlotSeries&, const SeriesStyle&);
void paintSwatch(QPaintDevice*, const QRectF&, const PlotSeries&, const SeriesStyle&, const QColor& base);

}
