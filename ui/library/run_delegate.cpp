#include "ui/library/run_delegate.h"

#include "ui/library/run_model.h"
#include "ui/qt_text.h"

#include <QApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

namespace vlmptq::ui {
namespace {
constexpr int kPad = 6;
}

void drawSymbol(QPainter& painter, const QPointF& at, qreal r, const SeriesStyle& style) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(style.color, 1.8, Qt::SolidLine, Qt::RoundCap));
    switch (style.symbol) {
    case Symbol::Disc:
        painter.setBrush(style.color);
        painter.drawEllipse(at, r, r);
        break;
    case Symbol::Circle:
        painter.drawEllipse(at, r, r);
        break;
    case Symbol::Square:
        painter.drawRect(QRectF(at.x() - r, at.y() - r, 2 * r, 2 * r));
        break;
    case Symbol::Triangle:
        painter.drawPolygon(
            QPolygonF{{at.x(), at.y() - r}, {at.x() + r, at.y() + r}, {at.x() - r, at.y() + r}});
        break;
    case Symbol::Cross:
        painter.drawLine(at + QPointF(-r, -r), at + QPointF(r, r));
        painter.drawLine(at + QPointF(-r, r), at + QPointF(r, -r));
        break;
    case Symbol::Plus:
        painter.drawLine(at + QPointF(-r, 0), at + QPointF(r, 0));
        painter.drawLine(at + QPointF(0, -r), at + QPointF(0, r));
        break;
    }
    painter.restore();
}

RunDelegate::RunDelegate(const Theme* theme, QObject* parent) : QStyledItemDelegate(parent), m_theme(theme) {}

RunDelegate::Parts RunDelegate::parts(const QStyleOptionViewItem& option) const {
    const int line = option.fontMetrics.height();
    const QRect inner = option.rect.adjusted(kPad, kPad, -kPad, -kPad);
    Parts parts;
    parts.tick = QRect(inner.left(), inner.top() + (inner.height() - line) / 2, line, line);
    const int textLeft = parts.tick.right() + kPad + line;
    parts.symbol = QRect(parts.tick.right() + kPad, inner.top(), line, line);
    parts.name = QRect(textLeft + kPad / 2, inner.top(), inner.right() - textLeft - line - kPad, line);
    parts.state = QRect(inner.right() - line, inner.top(), line, line);
    parts.subtitle = QRect(textLeft + kPad / 2, inner.top() + line + 2, inner.right() - textLeft, line);
    return parts;
}

void RunDelegate::paint(QPainter* painter, const QStyleOptionViewItem& given,
                        const QModelIndex& index) const {
    QStyleOptionViewItem option = given;
    initStyleOption(&option, index);
    const Parts parts = this->parts(option);
    const ThemeColors& colors = m_theme->colors();
    const bool isActive = index.data(RunModel::ActiveRole).toBool();

    painter->save();
    if (isActive)
        painter->fillRect(option.rect, colors.selection);
    else if (option.state & QStyle::State_MouseOver)
        painter->fillRect(option.rect, colors.alternate);
    if (isActive)
        painter->fillRect(QRect(option.rect.topLeft(), QSize(3, option.rect.height())), colors.accent);

    QStyleOptionButton tick;
    tick.rect = parts.tick;
    tick.palette = option.palette;
    tick.state =
        QStyle::State_Enabled | (option.checkState == Qt::Checked ? QStyle::State_On : QStyle::State_Off);
    QApplication::style()->drawPrimitive(QStyle::PE_IndicatorCheckBox, &tick, painter, option.widget);

    drawSymbol(*painter, QRectF(parts.symbol).center(), parts.symbol.height() * 0.22,
               colors.run(utf8(index.data(RunModel::ColorRole).toString()),
                          utf8(index.data(RunModel::MethodRole).toString())));
    option.icon.paint(painter, parts.state);

    QFont font = option.font;
    font.setWeight(isActive ? QFont::DemiBold : QFont::Normal);
    painter->setFont(font);
    painter->setPen(colors.text);
    painter->drawText(parts.name, Qt::AlignVCenter | Qt::TextSingleLine,
                      QFontMetrics(font).elidedText(option.text, Qt::ElideMiddle, parts.name.width()));
    painter->setFont(option.font);
    painter->setPen(colors.muted);
    painter->drawText(parts.subtitle, Qt::AlignVCenter | Qt::TextSingleLine,
                      option.fontMetrics.elidedText(index.data(RunModel::SubtitleRole).toString(),
                                                    Qt::ElideRight, parts.subtitle.width()));
    if (option.state & QStyle::State_HasFocus) {
        painter->setPen(QPen(colors.accent, 2));
        painter->setBrush(Qt::NoBrush);
        painter->drawRect(option.rect.adjusted(1, 1, -1, -1));
    }
    painter->restore();
}

QSize RunDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const {
    return {option.fontMetrics.averageCharWidth() * 20, 2 * option.fontMetrics.height() + 2 + 2 * kPad};
}

void RunDelegate::updateEditorGeometry(QWidget* editor, const QStyleOptionViewItem& option,
                                       const QModelIndex&) const {
    const Parts parts = this->parts(option);
    const int height = std::max(editor->sizeHint().height(), parts.name.height());
    editor->setGeometry(QRect(parts.name.left() - kPad, option.rect.top() + 1,
                              option.rect.right() - parts.name.left(), height));
}

bool RunDelegate::editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                              const QModelIndex& index) {
    const auto toggle = [&] {
        const bool isOn = index.data(Qt::CheckStateRole).toInt() == Qt::Checked;
        model->setData(index, isOn ? Qt::Unchecked : Qt::Checked, Qt::CheckStateRole);
        return true;
    };
    if (event->type() == QEvent::KeyPress && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Space)
        return toggle();
    if (event->type() == QEvent::MouseButtonRelease) {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        const QRect target = parts(option).tick.adjusted(-kPad, -kPad, kPad, kPad);
        if (mouse->button() == Qt::LeftButton && target.contains(mouse->position().toPoint()))
            return toggle();
    }
    return false;
}

}
