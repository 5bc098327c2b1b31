// run_delegate.h - draws a run in two lines: tick for the overlay, its series colour and symbol, name, state
// in icon and word. Edits the name in place.
#pragma once
#include "ui/theme/theme.h"

#include <QStyledItemDelegate>

namespace vlmptq::ui {

void drawSymbol(QPainter&, const QPointF& center, qreal radius, const SeriesStyle&);

class RunDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    explicit RunDelegate(const Theme*, QObject* parent = nullptr);
    void paint(QPainter*, const QStyleOptionViewItem&, const QModelIndex&) const override;
    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override;
    void updateEditorGeometry(QWidget*, const QStyleOptionViewItem&, const QModelIndex&) const override;
    bool editorEvent(QEvent*, QAbstractItemModel*, const QStyleOptionViewItem&, const QModelIndex&) override;

private:
    struct Parts {
        QRect tick, symbol, name, state, subtitle;
    };
    Parts parts(const QStyleOptionViewItem&) const;
    const Theme* m_theme;
};

}
