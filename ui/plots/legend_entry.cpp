#include "ui/plots/legend_entry.h"

#include "ui/plots/swatch.h"
#include "ui/theme/theme.h"

#include <QKeyEvent>
#include <QPainter>

namespace vlmptq::ui {

LegendEntry::LegendEntry(Theme* theme, PlotSeries series, QWidget* parent)
    : QAbstractButton(parent), m_theme(theme), m_series(std::move(series)) {
    setCheckable(true);
    setChecked(true);
    setText(m_series.name);
    setAccessibleName(m_series.name);
    setToolTip(tr("Click shows or hides, double click shows alone"));
    setCursor(Qt::PointingHandCursor);
    setFocusPolicy(Qt::StrongFocus);
}

int LegendEntry::swatchWidth() const { return fontMetrics().height() * 3 / 2; }
int LegendEntry::gap() const { return fontMetrics().averageCharWidth() / 2 + 2; }

QSize LegendEntry::sizeHint() const {
    const QFontMetrics metrics = fontMetrics();
    return {swatchWidth() + 4 * gap() + metrics.horizontalAdvance(text()), metrics.height() + 6};
}

void LegendEntry::paintEvent(QPaintEvent*) {
    const ThemeColors& colors = m_theme->colors();
    SeriesStyle style = m_series.style ? m_series.style(colors) : SeriesStyle{colors.muted};
    if (!isChecked())
        style.color = colors.border;
    paintSwatch(this, QRectF(gap(), 0, swatchWidth(), height()), m_series, style, colors.base);
    QPainter painter(this);
    QFont shown = font();
    shown.setStrikeOut(!isChecked());
    painter.setFont(shown);
    painter.setPen(isChecked() ? colors.text : colors.muted);
    painter.drawText(rect().adjusted(swatchWidth() + 2 * gap(), 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft,
                     text());
    if (hasFocus()) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(colors.accent, 2));
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 3, 3);
    }
}

void LegendEntry::mouseDoubleClickEvent(QMouseEvent*) { Q_EMIT isolated(); }

void LegendEntry::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        Q_EMIT isolated();
    else
        QAbstractButton::keyPressEvent(event);
}

}
