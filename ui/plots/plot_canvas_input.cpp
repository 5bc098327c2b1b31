// Mouse and keyboard of the drawing area (interface.md 6).
#include "ui/plots/plot_canvas.h"

#include <qcustomplot.h>

#include <algorithm>

namespace vlmptq::ui {
namespace {

bool isDrag(const QPoint& a, const QPoint& b) {
    return (a - b).manhattanLength() >= QApplication::startDragDistance();
}

}

bool PlotCanvas::eventFilter(QObject* watched, QEvent* event) {
    if (watched != m_plot)
        return QWidget::eventFilter(watched, event);
    switch (event->type()) {
    case QEvent::MouseButtonPress:
        return onMousePress(static_cast<QMouseEvent*>(event));
    case QEvent::MouseMove:
        return onMouseMove(static_cast<QMouseEvent*>(event));
    case QEvent::MouseButtonRelease:
        return onMouseRelease(static_cast<QMouseEvent*>(event));
    case QEvent::MouseButtonDblClick:
        resetView();
        return true;
    case QEvent::Wheel:
        m_isZoomed = true;
        m_plot->axisRect()->setRangeZoom(static_cast<QWheelEvent*>(event)->modifiers() & Qt::ShiftModifier
                                             ? Qt::Vertical
                                             : Qt::Horizontal);
        return false;
    case QEvent::Leave:
        if (!hasFocus())
            moveTo(std::nullopt);
        return false;
    default:
        return false;
    }
}

bool PlotCanvas::onMousePress(QMouseEvent* event) {
    setFocus(Qt::MouseFocusReason);
    m_pressed = event->pos();
    if (beginsLasso(event)) {
        drawLasso(event->position());
        return true;
    }
    return event->button() == Qt::RightButton;
}

bool PlotCanvas::onMouseMove(QMouseEvent* event) {
    if (event->buttons() & Qt::RightButton) {
        m_band->setGeometry(QRect(m_pressed, event->pos()).normalized());
        m_band->setVisible(isDrag(m_pressed, event->pos()));
        return true;
    }
    if (!m_loop.isEmpty()) {
        drawLasso(event->position());
        return true;
    }
    if (event->buttons() & Qt::LeftButton) {
        m_isZoomed |= isDrag(m_pressed, event->pos());
        moveTo(std::nullopt);
        return false; // the plot pans
    }
    hover(event->position());
    return false;
}

bool PlotCanvas::onMouseRelease(QMouseEvent* event) {
    const bool wasDrag = isDrag(m_pressed, event->pos());
    if (event->button() == Qt::RightButton) {
        const QRect box = m_band->geometry();
        m_band->hide();
        if (wasDrag)
            zoomToBox(box);
        else
            Q_EMIT menuRequested(event->globalPosition().toPoint());
        return true;
    }
    if (!m_loop.isEmpty() && wasDrag) {
        endLasso();
        return true;
    }
    m_loop.clear();
    if (event->button() == Qt::LeftButton && !wasDrag) {
        hover(event->position());
        choose();
    }
    return false;
}

void PlotCanvas::setLasso(bool on) {
    m_isLasso = on;
    m_plot->setCursor(on ? Qt::CrossCursor : Qt::ArrowCursor);
}

bool PlotCanvas::beginsLasso(const QMouseEvent* event) const {
    return m_scene->data().canLasso && event->button() == Qt::LeftButton &&
           (m_isLasso || event->modifiers() & Qt::ShiftModifier);
}

void PlotCanvas::drawLasso(const QPointF& position) {
    moveTo(std::nullopt);
    m_loop << position;
    QVector<double> order, x, y;
    for (const QPointF& at : m_loop) {
        order.append(double(order.size()));
        x.append(m_plot->xAxis->pixelToCoord(at.x()));
        y.append(m_plot->yAxis->pixelToCoord(at.y()));
    }
    m_lasso->setData(order, x, y, true);
    m_plot->layer(QStringLiteral("hover"))->replot();
}

void PlotCanvas::endLasso() {
    const QPolygonF loop = std::exchange(m_loop, {});
    std::vector<int> keys;
    const PlotData& content = m_scene->data();
    for (int series = 0; series < int(content.series.size()); ++series) {
        const PlotSeries& one = content.series[std::size_t(series)];
        for (int i = 0; i < int(one.keys.size()) && !m_scene->isHidden(one); ++i)
            if (loop.containsPoint(pixelOf({one.x[std::size_t(i)], series, i}), Qt::OddEvenFill))
                keys.push_back(one.keys[std::size_t(i)]);
    }
    m_lasso->setData({}, {}, {});
    m_plot->layer(QStringLiteral("hover"))->replot();
    Q_EMIT keysChosen(keys);
}

void PlotCanvas::zoomToBox(const QRect& box) {
    if (box.width() < 3 || box.height() < 3)
        return;
    m_isZoomed = true;
    m_plot->xAxis->setRange(m_plot->xAxis->pixelToCoord(box.left()),
                            m_plot->xAxis->pixelToCoord(box.right()));
    for (QCPAxis* axis : {m_plot->yAxis, m_plot->yAxis2})
        axis->setRange(axis->pixelToCoord(box.bottom()), axis->pixelToCoord(box.top()));
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void PlotCanvas::step(int columns, int series) {
    const PlotData& content = m_scene->data();
    if (content.rowsBy == RowsBy::Point || m_xValues.empty())
        return;
    PlotPlace place = m_place.value_or(PlotPlace{.x = m_xValues.front()});
    if (m_place) {
        const auto now = std::ranges::lower_bound(m_xValues, place.x) - m_xValues.begin();
        place.x =
            m_xValues[std::size_t(std::clamp<std::ptrdiff_t>(now + columns, 0, std::ssize(m_xValues) - 1))];
    }
    for (int tried = 0; series != 0 && tried < int(content.series.size()); ++tried) {
        const int count = int(content.series.size());
        place.series =
            place.series < 0 ? (series > 0 ? 0 : count - 1) : (place.series + series + count) % count;
        const PlotSeries& one = content.series[std::size_t(place.series)];
        if (!m_scene->isHidden(one) && one.mark != Mark::Context)
            break;
    }
    moveTo(place);
}

void PlotCanvas::choose() {
    const int key = m_place ? keyAt(m_scene->data(), *m_place, m_look.hidden) : -1;
    if (key >= 0)
        Q_EMIT keyChosen(key);
}

void PlotCanvas::keyPressEvent(QKeyEvent* event) {
    m_isFocusShown = true;
    update();
    switch (event->key()) {
    case Qt::Key_Left:
        return step(-1, 0);
    case Qt::Key_Right:
        return step(1, 0);
    case Qt::Key_Up:
        return step(0, -1);
    case Qt::Key_Down:
        return step(0, 1);
    case Qt::Key_Home:
        return step(-int(m_xValues.size()), 0);
    case Qt::Key_End:
        return step(int(m_xValues.size()), 0);
    case Qt::Key_Return:
    case Qt::Key_Enter:
        return choose();
    case Qt::Key_0:
        return resetView();
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        return zoom(kZoomStep);
    case Qt::Key_Minus:
        return zoom(1 / kZoomStep);
    case Qt::Key_L:
    case Qt::Key_G:
    case Qt::Key_M:
    case Qt::Key_T:
        return Q_EMIT lookKeyPressed(event->key());
    case Qt::Key_Escape:
        if (m_place)
            return moveTo(std::nullopt);
        if (m_scene->data().canLasso)
            Q_EMIT keysChosen({});
        break;
    case Qt::Key_Menu:
        return Q_EMIT menuRequested(mapToGlobal(rect().center()));
    default:
        break;
    }
    QWidget::keyPressEvent(event);
}

void PlotCanvas::focusInEvent(QFocusEvent* event) {
    const Qt::FocusReason reason = event->reason();
    m_isFocusShown =
        reason == Qt::TabFocusReason || reason == Qt::BacktabFocusReason || reason == Qt::ShortcutFocusReason;
    QWidget::focusInEvent(event);
    update();
}

void PlotCanvas::focusOutEvent(QFocusEvent* event) {
    QWidget::focusOutEvent(event);
    update();
    if (!underMouse())
        moveTo(std::nullopt);
}

}
