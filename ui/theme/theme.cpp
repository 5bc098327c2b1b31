#include "ui/theme/theme.h"

#include "ui/theme/studio_style.h"
#include "ui/theme/style_sheet.h"

#include <QApplication>

#include <algorithm>

namespace vlmptq::ui {

Theme::Theme(QObject* parent) : QObject(parent), m_systemFont(QApplication::font()) {
    const QPalette palette = QApplication::palette();
    // QStyleHints::colorScheme() needs Qt 6.5; a dark desktop has text lighter than its window.
    m_systemIsDark =
        palette.color(QPalette::WindowText).lightness() > palette.color(QPalette::Window).lightness();
    QApplication::setStyle(new StudioStyle);
    apply();
}

bool Theme::isDark() const {
    return m_mode == ThemeMode::System ? m_systemIsDark : m_mode == ThemeMode::Dark;
}

void Theme::setMode(ThemeMode mode) {
    if (mode == m_mode)
        return;
    m_mode = mode;
    apply();
}

void Theme::setTextPercent(int percent) {
    percent = std::clamp(percent, kSmallestText, kLargestText);
    if (percent == m_textPercent)
        return;
    m_textPercent = percent;
    apply();
}

void Theme::apply() {
    QFont font = m_systemFont;
    if (font.pointSizeF() > 0) // fonts sized in pixels have no point size
        font.setPointSizeF(m_systemFont.pointSizeF() * m_textPercent / 100.0);
    else
        font.setPixelSize(m_systemFont.pixelSize() * m_textPercent / 100);
    QApplication::setPalette(colors().palette());
    QApplication::setFont(font);
    qApp->setStyleSheet(styleSheet(colors()));
    Q_EMIT changed();
}

}
