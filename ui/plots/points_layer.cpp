#include "ui/plots/points_layer.h"

#include "ui/plots/decimate.h"
#include "ui/plots/swatch.h"

#include <qcustomplot.h>

#include <cmath>
#include <numeric>

namespace vlmptq::ui {

class PointsLayer : public QCPLayerable {
public:
    PointsLayer(QCustomPlot* plot, const PlotSeries& series, const PlotAxis& x, QCPAxis* xAxis,
                QCPAxis* yAxis, PointsLook look)
        : QCPLayerable(plot, QStringLiteral("main")), m_series(series), m_x(x), m_xAxis(xAxis),
          m_yAxis(yAxis), m_look(std::move(look)) {
        m_shown.resize(series.y.size());
        std::iota(m_shown.begin(), m_shown.end(), std::size_t(0));
    }

    void setShown(std::vector<std::size_t> shown) { m_shown = std::move(shown); }

protected:
    QRect clipRect() const override { return m_xAxis->axisRect()->rect(); }

    void applyDefaultAntialiasingHint(QCPPainter* painter) const override { painter->setAntialiasing(true); }

    void draw(QCPPainter* painter) override {
        if (m_series.isJoined)
            drawLine(painter);
        const bool isStamped = m_shown.size() > kDecimateAbove / 4 && m_series.sizes.empty() &&
                               !painter->modes().testFlag(QCPPainter::pmVectorized);
        const QPixmap stamp = isStamped ? makeStamp(painter->device()->devicePixelRatioF()) : QPixmap();
        const double half = (m_look.symbolSize + 2) / 2;
        for (const std::size_t i : m_shown) {
            const QPointF at = pixel(i, m_series.y[i]);
            if (!std::isfinite(at.y()) || !std::isfinite(at.x()))
                continue;
            if (isStamped && !isHollow(i))
                painter->drawPixmap(QPointF(at.x() - half, at.y() - half), stamp);
            else
                drawOne(painter, i, at);
            drawRing(painter, i, at);
        }
    }

private:
    QPointF pixel(std::size_t i, double y) const {
        const double x = m_xAxis->coordToPixel(toPosition(m_x, m_series.x[i]));
        if (isBelowLogAxis(y) && m_series.zerosAtEdge)
            return {x, m_xAxis->axisRect()->bottom() - m_look.symbolSize / 2 - 1};
        if (!std::isfinite(y) || isBelowLogAxis(y))
            return {NAN, NAN};
        return {x, m_yAxis->coordToPixel(y)};
    }

    bool isBelowLogAxis(double y) const { return m_yAxis->scaleType() == QCPAxis::stLogarithmic && y <= 0; }

    bool isHollow(std::size_t i) const {
        return (i < m_series.hollow.size() && m_series.hollow[i]) ||
               (m_series.zerosAtEdge && isBelowLogAxis(m_series.y[i]));
    }

    QCPScatterStyle symbol(std::size_t i) const {
        const double size = i < m_series.sizes.size() ? m_series.sizes[i] : m_look.symbolSize;
        QCPScatterStyle symbol = symbolOf(m_look.style, m_series.isFilled, m_look.base, size);
        if (isHollow(i))
            symbol.setBrush(m_look.base);
        return symbol;
    }

    void drawLine(QCPPainter* painter) const {
        QPolygonF line;
        for (const std::size_t i : m_shown)
            line.append(pixel(i, m_series.y[i]));
        painter->setPen(linePen(m_look.style, m_series.isEmphasised ? 2 : 1));
        painter->drawPolyline(line);
    }

    QPixmap makeStamp(double ratio) const {
        const double side = m_look.symbolSize + 2;
        QPixmap stamp((QSizeF(side, side) * ratio).toSize());
        stamp.setDevicePixelRatio(ratio);
        stamp.fill(Qt::transparent);
        QCPPainter painter(&stamp);
        painter.setAntialiasing(true);
        const QCPScatterStyle style =
            symbolOf(m_look.style, m_series.isFilled, m_look.base, m_look.symbolSize);
        style.applyTo(&painter, QPen(m_look.style.color));
        style.drawShape(&painter, side / 2, side / 2);
        return stamp;
    }

    void drawOne(QCPPainter* painter, std::size_t i, QPointF at) const {
        if (i < m_series.low.size() && i < m_series.high.size()) {
            painter->setPen(QPen(m_look.style.color, 1.2));
            painter->drawLine(QLineF(pixel(i, m_series.low[i]), pixel(i, m_series.high[i])));
        }
        const QCPScatterStyle style = symbol(i);
        style.applyTo(painter, QPen(m_look.style.color));
        style.drawShape(painter, at);
    }

    void drawRing(QCPPainter* painter, std::size_t i, QPointF at) const {
        if (i >= m_series.ringed.size() || !m_series.ringed[i])
            return;
        const double radius = symbol(i).size() / 2 + (m_series.isJoined ? 4 : 2.5);
        painter->setPen(QPen(m_look.text, 1.5));
        painter->setBrush(Qt::NoBrush);
        painter->drawEllipse(at, radius, radius);
    }

    const PlotSeries& m_series;
    const PlotAxis& m_x;
    QCPAxis *m_xAxis, *m_yAxis;
    PointsLook m_look;
    std::vector<std::size_t> m_shown;
};

PointsLayer* addPoints(QCustomPlot* plot, const PlotSeries& series, const PlotAxis& x, QCPAxis* xAxis,
                       QCPAxis* yAxis, const PointsLook& look) {
    return new PointsLayer(plot, series, x, xAxis, yAxis, look);
}

void setShownPoints(PointsLayer* layer, std::vector<std::size_t> shown) { layer->setShown(std::move(shown)); }

void removePoints(PointsLayer* layer) { delete layer; }

}
