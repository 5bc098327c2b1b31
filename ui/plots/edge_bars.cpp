#include "ui/plots/edge_bars.h"

#include "ui/plots/plot_ranges.h"

#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

namespace vlmptq::ui {
namespace {

constexpr double kThickest = 14, kThinnest = 3; // px
constexpr double kAir = 12;                     // px between the outermost points and the longest bar
constexpr double kShareOfGap = 0.6;             // of the distance to the next bar

}

class EdgeBars : public QCPLayerable {
public:
    EdgeBars(QCustomPlot* plot, std::vector<EdgeBar> bars, QColor fill, QColor text)
        : QCPLayerable(plot, QStringLiteral("main")), m_bars(std::move(bars)), m_fill(std::move(fill)),
          m_text(std::move(text)) {
        for (const EdgeBar& bar : m_bars)
            m_most = std::max(m_most, bar.count);
    }

protected:
    QRect clipRect() const override { return parentPlot()->axisRect()->rect(); }

    void applyDefaultAntialiasingHint(QCPPainter* painter) const override { painter->setAntialiasing(true); }

    void draw(QCPPainter* painter) override {
        const QRectF area = clipRect();
        painter->setFont(parentPlot()->xAxis->tickLabelFont());
        const QFontMetricsF metrics(painter->font());
        const double gap = 4, texts = metrics.horizontalAdvance(QString::number(m_most)) + 2 * gap;
        const double longest = std::max(0.0, area.width() * kEdgeBarsShare - texts - kAir);
        const double thickness = thicknessWithin();
        for (const EdgeBar& bar : m_bars) {
            const double y = parentPlot()->yAxis->coordToPixel(bar.at);
            const double length = longest * bar.count / m_most, left = area.right() - texts - length;
            painter->fillRect(QRectF(left, y - thickness / 2, length, thickness), m_fill);
            painter->setPen(m_text);
            painter->drawText(
                QRectF(area.right() - texts + gap, y - metrics.height() / 2, texts, metrics.height()),
                Qt::AlignVCenter | Qt::AlignLeft, QString::number(bar.count));
        }
    }

private:
    double thicknessWithin() const {
        double nearest = kThickest / kShareOfGap;
        for (std::size_t i = 1; i < m_bars.size(); ++i)
            nearest = std::min(nearest, std::abs(parentPlot()->yAxis->coordToPixel(m_bars[i].at) -
                                                 parentPlot()->yAxis->coordToPixel(m_bars[i - 1].at)));
        return std::max(kThinnest, nearest * kShareOfGap);
    }

    std::vector<EdgeBar> m_bars; // by y
    QColor m_fill, m_text;
    int m_most = 1;
};

EdgeBars* addEdgeBars(QCustomPlot* plot, std::vector<EdgeBar> bars, const QColor& fill, const QColor& text) {
    return new EdgeBars(plot, std::move(bars), fill, text);
}

void removeEdgeBars(EdgeBars* bars) { delete bars; }

}
