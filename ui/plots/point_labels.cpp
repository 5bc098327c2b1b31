#include "ui/plots/point_labels.h"

#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

namespace vlmptq::ui {
namespace {

constexpr double kSymbolReach = 10; // px from the centre of a symbol to its label
constexpr int kMostLinesAside = 4;  // how far up or down a label may move
constexpr double kLeaderFrom = 0.6; // line heights off its point from which a label gets a line to it

// Places to try, best first: right of the point, left of it, then ever further up and down on both sides.
std::vector<QRectF> candidatesOf(const LabelWish& wish) {
    std::vector<QRectF> places;
    const auto add = [&](double lines) {
        const double top = wish.at.y() - wish.size.height() / 2 + lines * wish.size.height();
        places.emplace_back(QPointF(wish.at.x() + wish.reach, top), wish.size);
        places.emplace_back(QPointF(wish.at.x() - wish.reach - wish.size.width(), top), wish.size);
    };
    add(0);
    for (int half = 1; half <= 2 * kMostLinesAside; ++half) {
        add(-half / 2.0);
        add(half / 2.0);
    }
    return places;
}

}

std::vector<std::optional<QRectF>> placeLabels(std::span<const LabelWish> wishes, const QRectF& area) {
    std::vector<std::optional<QRectF>> placed(wishes.size());
    const auto isFree = [&](const QRectF& box) {
        const auto covers = [&box](const LabelWish& other) {
            const double half = other.reach / 2;
            return box.intersects(QRectF(other.at.x() - half, other.at.y() - half, 2 * half, 2 * half));
        };
        const auto isCut = [&box](const std::optional<QRectF>& other) {
            return other && box.intersects(*other);
        };
        return area.contains(box) && std::ranges::none_of(wishes, covers) &&
               std::ranges::none_of(placed, isCut);
    };
    for (std::size_t i = 0; i < wishes.size(); ++i) {
        const std::vector<QRectF> places = candidatesOf(wishes[i]);
        if (const auto found = std::ranges::find_if(places, isFree); found != places.end())
            placed[i] = *found;
    }
    return placed;
}

class PointLabels : public QCPLayerable {
public:
    PointLabels(QCustomPlot* plot, std::vector<LabelledSeries> series, const PlotAxis& x, QColor text,
                QColor leader)
        : QCPLayerable(plot, QStringLiteral("main")), m_series(std::move(series)), m_x(x),
          m_text(std::move(text)), m_leader(std::move(leader)) {}

protected:
    QRect clipRect() const override { return parentPlot()->axisRect()->rect(); }

    void applyDefaultAntialiasingHint(QCPPainter* painter) const override { painter->setAntialiasing(true); }

    void draw(QCPPainter* painter) override {
        painter->setFont(parentPlot()->font());
        const QFontMetricsF metrics(painter->font());
        std::vector<LabelWish> wishes;
        std::vector<QString> texts;
        for (const LabelledSeries& one : m_series)
            for (std::size_t i = 0; i < one.series->labels.size(); ++i) {
                const QPointF at(parentPlot()->xAxis->coordToPixel(toPosition(m_x, one.series->x[i])),
                                 one.yAxis->coordToPixel(one.series->y[i]));
                if (!std::isfinite(at.x()) || !std::isfinite(at.y()) || !clipRect().contains(at.toPoint()))
                    continue;
                texts.push_back(one.series->labels[i]);
                wishes.push_back(
                    {at, kSymbolReach, {metrics.horizontalAdvance(texts.back()) + 1, metrics.height()}});
            }
        const auto boxes = placeLabels(wishes, clipRect());
        for (std::size_t i = 0; i < boxes.size(); ++i)
            if (boxes[i])
                drawOne(painter, wishes[i], *boxes[i], texts[i]);
    }

private:
    void drawOne(QCPPainter* painter, const LabelWish& wish, const QRectF& box, const QString& text) const {
        if (std::abs(box.center().y() - wish.at.y()) > kLeaderFrom * box.height()) {
            const bool isRight = box.left() > wish.at.x();
            painter->setPen(QPen(m_leader, 1));
            painter->drawLine(
                QLineF(wish.at, {isRight ? box.left() - 2 : box.right() + 2, box.center().y()}));
        }
        painter->setPen(m_text);
        painter->drawText(box, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextDontClip, text);
    }

    std::vector<LabelledSeries> m_series;
    const PlotAxis& m_x;
    QColor m_text, m_leader;
};

PointLabels* addPointLabels(QCustomPlot* plot, std::vector<LabelledSeries> series, const PlotAxis& x,
                            const QColor& text, const QColor& leader) {
    return new PointLabels(plot, std::move(series), x, text, leader);
}

void removePointLabels(PointLabels* labels) { delete labels; }

}
