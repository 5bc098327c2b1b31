#include "ui/plots/plot_canvas.h"

#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

namespace vlmptq::ui {
namespace {

constexpr int kFocusFrame = 2;
// A line in pixels, over the plot, that nothing but the lasso uses.
QCPCurve* makeLasso(QCustomPlot* plot, const ThemeColors& colors) {
    auto* line = new QCPCurve(plot->xAxis, plot->yAxis);
    line->setPen(QPen(colors.accent, 1.5, Qt::DashLine));
    QColor fill = colors.accent;
    fill.setAlphaF(0.12F);
    line->setBrush(fill);
    line->setLayer(QStringLiteral("hover"));
    return line;
}

constexpr double kPointReach = 18; // px around a point of a scatter in which it is hit

}

PlotCanvas::PlotCanvas(QWidget* parent)
    : QWidget(parent), m_plot(new QCustomPlot(this)), m_scene(std::make_unique<PlotScene>(m_plot)),
      m_box(new QLabel(this)), m_band(new QRubberBand(QRubberBand::Rectangle, m_plot)) {
    setFocusPolicy(Qt::StrongFocus);
    m_plot->setFocusPolicy(Qt::NoFocus);
    m_plot->setInteractions(QCP::iRangeDrag | QCP::iRangeZoom);
    m_plot->axisRect()->setRangeDragAxes({m_plot->xAxis}, {m_plot->yAxis, m_plot->yAxis2});
    m_plot->axisRect()->setRangeZoomAxes({m_plot->xAxis}, {m_plot->yAxis, m_plot->yAxis2});
    m_plot->axisRect()->setRangeZoomFactor(kZoomStep);
    m_plot->setMouseTracking(true);
    m_plot->installEventFilter(this);
    m_box->setTextFormat(Qt::RichText);
    m_box->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_box->setObjectName(QStringLiteral("readOut"));
    m_box->hide();
    // Ticks, markers and thinning depend on what is visible and on the size: once per replot, not per change.
    for (QCPAxis* axis : {m_plot->xAxis, m_plot->yAxis})
        connect(axis, qOverload<const QCPRange&>(&QCPAxis::rangeChanged), this, [this] { m_isStale = true; });
    connect(m_plot, &QCustomPlot::beforeReplot, this, [this] {
        if (std::exchange(m_isStale, false))
            m_scene->refresh();
    });
    connect(m_plot, &QCustomPlot::afterLayout, this, [this] {
        const QSize size = m_plot->axisRect()->size();
        if (std::exchange(m_laidOut, size) == size)
            return;
        m_isStale = true;
        m_plot->replot(QCustomPlot::rpQueuedReplot);
        showPlace();
    });
}

PlotCanvas::~PlotCanvas() {
    m_plot->removeEventFilter(this);
    m_scene.reset(); // before the plot it draws into
}

void PlotCanvas::show(const PlotData& content, const ThemeColors& colors, const PlotLook& look) {
    const PlotData& before = m_scene->data();
    const bool isUpdate = before.name == content.name && before.x.label == content.x.label &&
                          before.y.label == content.y.label && m_look.isLog == look.isLog;
    m_isZoomed &= isUpdate;
    m_colors = colors;
    m_look = look;
    m_plot->setFont(font());
    m_scene->build(content, colors, look, m_isZoomed);
    m_isStale = false;
    m_xValues = content.xValues();
    const auto makeLine = [this](const QColor& color, double width) {
        auto* line = new QCPItemStraightLine(m_plot);
        line->setPen(QPen(color, width));
        line->setLayer(QStringLiteral("hover"));
        line->setVisible(false);
        return line;
    };
    m_selection = makeLine(colors.accent, 1.5);
    m_cursor = makeLine(colors.muted, 1);
    m_ring = new QCPItemTracer(m_plot);
    m_ring->setStyle(QCPItemTracer::tsCircle);
    m_ring->setPen(QPen(colors.text, 1.5));
    m_ring->setSize(13);
    m_ring->setLayer(QStringLiteral("hover"));
    m_ring->setVisible(false);
    m_lasso = makeLasso(m_plot, colors);
    m_loop.clear();
    m_box->setStyleSheet(QStringLiteral("QLabel { color: %1; background: %2; border: 1px solid %3; "
                                        "border-radius: 3px; padding: 4px 6px; }")
                             .arg(colors.text.name(), colors.card.name(), colors.border.name()));
    if (m_place && (m_place->series >= int(content.series.size()) ||
                    (content.rowsBy == RowsBy::X && !std::ranges::binary_search(m_xValues, m_place->x))))
        m_place.reset();
    if (m_place && content.rowsBy == RowsBy::Point &&
        m_place->point >= int(content.series[std::size_t(m_place->series)].x.size()))
        m_place.reset();
    showSelection();
    showPlace();
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void PlotCanvas::setSelectedKey(int key) {
    if (key == m_selectedKey)
        return;
    m_selectedKey = key;
    showSelection();
    m_plot->layer(QStringLiteral("hover"))->replot();
}

void PlotCanvas::showSelection() {
    if (!m_selection)
        return;
    const PlotData& content = m_scene->data();
    m_selection->setVisible(false);
    if (m_selectedKey < 0 || content.rowsBy != RowsBy::X)
        return;
    for (const PlotSeries& one : content.series) {
        const auto found = std::ranges::find(one.keys, m_selectedKey);
        if (found == one.keys.end())
            continue;
        const double x = toPosition(content.x, one.x[std::size_t(found - one.keys.begin())]);
        m_selection->point1->setCoords(x, 1);
        m_selection->point2->setCoords(x, 2);
        m_selection->setVisible(true);
        return;
    }
}

QSize PlotCanvas::sizeHint() const {
    const QFontMetrics metrics = fontMetrics();
    return {metrics.averageCharWidth() * 60, metrics.lineSpacing() * 13};
}

QSize PlotCanvas::minimumSizeHint() const {
    const QFontMetrics metrics = fontMetrics();
    return {metrics.averageCharWidth() * 32, metrics.lineSpacing() * 7};
}

void PlotCanvas::resetView() {
    m_isZoomed = false;
    m_scene->resetRanges();
    showPlace();
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void PlotCanvas::zoom(double factor) {
    QCPAxis* axis = m_plot->xAxis;
    axis->scaleRange(factor, m_place ? toPosition(m_scene->data().x, m_place->x) : axis->range().center());
    m_isZoomed = true;
    showPlace();
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

QString PlotCanvas::readOut() const {
    return m_place ? readOutText(m_scene->data(), *m_place, m_look.hidden) : QString();
}

QPixmap PlotCanvas::picture() {
    m_plot->replot(QCustomPlot::rpImmediateRefresh);
    return m_plot->grab();
}

void PlotCanvas::hover(const QPointF& position) {
    moveTo(m_plot->axisRect()->rect().contains(position.toPoint()) ? placeAt(position) : std::nullopt);
}

std::optional<PlotPlace> PlotCanvas::placeAt(const QPointF& position) const {
    const PlotData& content = m_scene->data();
    if (content.rowsBy == RowsBy::Point)
        return pointNear(position);
    if (m_xValues.empty())
        return std::nullopt;
    const double x = toValue(content.x, m_plot->xAxis->pixelToCoord(position.x()));
    auto next = std::ranges::lower_bound(m_xValues, x);
    if (next == m_xValues.end() || (next != m_xValues.begin() && x - *std::prev(next) < *next - x))
        --next;
    return PlotPlace{.x = *next, .series = m_place ? m_place->series : -1};
}

std::optional<PlotPlace> PlotCanvas::pointNear(const QPointF& position) const {
    const PlotData& content = m_scene->data();
    std::optional<PlotPlace> nearest;
    double reach = kPointReach;
    for (int series = 0; series < int(content.series.size()); ++series) {
        const PlotSeries& one = content.series[std::size_t(series)];
        if (m_scene->isHidden(one) || one.mark == Mark::Context)
            continue;
        for (int i = 0; i < int(one.x.size()); ++i) {
            const PlotPlace place{one.x[std::size_t(i)], series, i};
            const double distance = QLineF(pixelOf(place), position).length();
            if (distance < reach) {
                reach = distance;
                nearest = place;
            }
        }
    }
    return nearest;
}

QPointF PlotCanvas::pixelOf(const PlotPlace& place) const {
    const PlotData& content = m_scene->data();
    const double x = m_plot->xAxis->coordToPixel(toPosition(content.x, place.x));
    if (place.series < 0)
        return {x, double(m_plot->axisRect()->top())};
    const PlotSeries& one = content.series[std::size_t(place.series)];
    const int point = place.point >= 0 ? place.point : indexOf(one.x, place.x);
    const QCPAxis* axis = one.onRightAxis ? m_plot->yAxis2 : m_plot->yAxis;
    return {x, point < 0 ? NAN : axis->coordToPixel(content.drawnY(one, std::size_t(point)))};
}

void PlotCanvas::moveTo(std::optional<PlotPlace> place) {
    if (place == m_place)
        return;
    m_place = place;
    showPlace();
    m_plot->layer(QStringLiteral("hover"))->replot();
    Q_EMIT placeChanged();
}

void PlotCanvas::showPlace() {
    if (!m_cursor)
        return;
    const PlotData& content = m_scene->data();
    const QString html = m_place ? readOutHtml(content, *m_place, m_look.hidden, m_colors) : QString();
    m_cursor->setVisible(m_place && content.rowsBy == RowsBy::X);
    m_ring->setVisible(false);
    m_box->setVisible(!html.isEmpty());
    if (html.isEmpty())
        return;
    const QPointF at = pixelOf(*m_place);
    const double x = toPosition(content.x, m_place->x);
    m_cursor->point1->setCoords(x, 1);
    m_cursor->point2->setCoords(x, 2);
    if (m_place->series >= 0 && std::isfinite(at.y())) {
        m_ring->position->setType(QCPItemPosition::ptAbsolute);
        m_ring->position->setCoords(at.x(), at.y());
        m_ring->setVisible(true);
    }
    m_box->setText(html);
    m_box->adjustSize();
    placeReadOut(at);
}

void PlotCanvas::placeReadOut(const QPointF& anchor) {
    constexpr int kGap = 12;
    const QRect area = m_plot->axisRect()->rect().translated(m_plot->pos());
    const int x = int(anchor.x()) + m_plot->x();
    const bool fitsRight = x + kGap + m_box->width() <= area.right();
    m_box->move(std::max(0, fitsRight ? x + kGap : x - kGap - m_box->width()), area.top() + kGap / 2);
    m_box->raise();
}

void PlotCanvas::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), m_colors.base);
    if (!hasFocus() || !m_isFocusShown)
        return;
    painter.setPen(QPen(m_colors.accent, kFocusFrame));
    painter.drawRect(QRectF(rect()).adjusted(1, 1, -1, -1));
}

void PlotCanvas::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    const QRect inner = rect().adjusted(kFocusFrame, kFocusFrame, -kFocusFrame, -kFocusFrame);
    if (inner.isValid()) // QCustomPlot cannot paint on nothing, which a page not shown yet may be given
        m_plot->setGeometry(inner);
}

}
