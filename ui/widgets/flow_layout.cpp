#include "ui/widgets/flow_layout.h"

#include <QWidget>

#include <algorithm>

namespace vlmptq::ui {

FlowLayout::FlowLayout(QWidget* parent, int gap) : QLayout(parent), m_gap(gap) {
    setContentsMargins(0, 0, 0, 0);
}

FlowLayout::~FlowLayout() { qDeleteAll(m_items); }

void FlowLayout::addItem(QLayoutItem* item) { m_items.append(item); }

QLayoutItem* FlowLayout::takeAt(int index) {
    return index >= 0 && index < m_items.size() ? m_items.takeAt(index) : nullptr;
}

int FlowLayout::heightForWidth(int width) const { return arrange(QRect(0, 0, width, 0), false); }

QSize FlowLayout::minimumSize() const {
    QSize size;
    for (const QLayoutItem* item : m_items)
        size = size.expandedTo(item->minimumSize());
    return size;
}

void FlowLayout::setGeometry(const QRect& rect) {
    QLayout::setGeometry(rect);
    arrange(rect, true);
}

int FlowLayout::arrange(const QRect& rect, bool place) const {
    int y = rect.y();
    for (qsizetype begin = 0; begin < m_items.size();) {
        qsizetype end = begin;
        int width = 0, height = 0;
        for (; end < m_items.size(); ++end) { // as many as fit; at least one
            const QSize size = m_items[end]->isEmpty() ? QSize() : m_items[end]->sizeHint();
            if (size.isEmpty())
                continue;
            if (width > 0 && width + m_gap + size.width() > rect.width())
                break;
            width += size.width() + (width > 0 ? m_gap : 0);
            height = std::max(height, size.height());
        }
        if (place)
            placeLine(begin, end, QPoint(rect.x(), y), height);
        y += height + (end < m_items.size() && height > 0 ? m_gap : 0);
        begin = end;
    }
    return y - rect.y();
}

void FlowLayout::placeLine(qsizetype begin, qsizetype end, QPoint at, int height) const {
    for (qsizetype i = begin; i < end; ++i) {
        if (m_items[i]->isEmpty())
            continue;
        const QSize size = m_items[i]->sizeHint();
        m_items[i]->setGeometry(QRect(at + QPoint(0, (height - size.height()) / 2), size));
        at.rx() += size.width() + m_gap;
    }
}

}
