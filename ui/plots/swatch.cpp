#include "ui/plots/swatch.h"

#include <qcustomplot.h>

namespace vlmptq::ui {
namespace {

QCPScatterStyle::ScatterShape shapeOf(Symbol symbol) {
    switch (symbol) {
    case Symbol::Cross:
        return QCPScatterStyle::ssCross;
    case Symbol::Plus:
        return QCPScatterStyle::ssPlus;
    case Symbol::Circle:
    case Symbol::Disc:
        return QCPScatterStyle::ssCircle;
    case Symbol::Triangle:
        return QCPScatterStyle::ssTriangle;
    case Symbol::Square:
        return QCPScatterStyle::ssSquare;
    }
    return QCPScatterStyle::ssNone;
}

}

QPen linePen(const SeriesStyle& style, double width) {
    QPen pen(style.color, width);
    pen.setCapStyle(Qt::FlatCap);
    if (!style.dashes.isEmpty())
        pen.setDashPattern(style.dashes);
    return pen;
}

QCPScatterStyle symbolOf(const SeriesStyle& style, bool isFilled, const QColor& base, double size) {
    const bool isSolid = isFilled || style.symbol == Symbol::Disc;
    return QCPScatterStyle(shapeOf(style.symbol), QPen(style.color, 1.2), isSolid ? style.color : base, size);
}

QBrush barBrush(const PlotSeries& series, const SeriesStyle& style) {
    QColor fill = style.color;
    if (series.isOutlined)
        fill.setAlphaF(0.10F);
    return fill;
}

QPen barPen(const PlotSeries& series, const SeriesStyle& style) {
    return series.isOutlined ? QPen(style.color, 1.6) : QPen(Qt::NoPen);
}

void paintSwatch(QPaintDevice* device, const QRectF& area, const PlotSeries& series, const SeriesStyle& style,
                 const QColor& base) {
    QCPPainter painter(device);
    painter.setAntialiasing(true);
    if (series.mark == Mark::Bars || series.mark == Mark::Stacked) {
        painter.setPen(barPen(series, style));
        painter.setBrush(barBrush(series, style));
        const double side = std::min(area.width(), area.height()) * 0.7;
        QRectF box(0, 0, side, side);
        box.moveCenter(area.center());
        painter.drawRect(box);
        return;
    }
    if (series.mark == Mark::Line || series.isJoined) {
        painter.setPen(linePen(style, series.isEmphasised ? 2 : 1.4));
        painter.drawLine(QPointF(area.left(), area.center().y()), QPointF(area.right(), area.center().y()));
    }
    const QCPScatterStyle symbol = symbolOf(style, series.isFilled, base, 7);
    symbol.applyTo(&painter, QPen(style.color));
    symbol.drawShape(&painter, area.center());
}

}
