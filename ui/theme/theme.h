// theme.h - the look of the running program: System, Light or Dark, and the text size. Applies palette, font
// and style sheet to the application; every view repaints from `colors()` on `changed()`. One object, made by
// main; UI thread.
#pragma once
#include "ui/theme/theme_colors.h"

#include <QFont>
#include <QObject>

namespace vlmptq::ui {

enum class ThemeMode { System, Light, Dark };

class Theme : public QObject {
    Q_OBJECT
public:
    static constexpr int kSmallestText = 80, kLargestText = 200; // per cent of the system's font

    explicit Theme(
        QObject* parent = nullptr); // sets the Fusion style; remembers the system's palette and font
    ThemeMode mode() const { return m_mode; }
    int textPercent() const { return m_textPercent; }
    bool isDark() const;
    const ThemeColors& colors() const { return isDark() ? ThemeColors::dark() : ThemeColors::light(); }
    // Exports are for paper: light unless the user asks otherwise.
    const ThemeColors& exportColors() const { return ThemeColors::light(); }

    void setMode(ThemeMode);
    void setTextPercent(int);

Q_SIGNALS:
    void changed(); // colours or text size

private:
    void apply();

    ThemeMode m_mode = ThemeMode::System;
    int m_textPercent = 100;
    bool m_systemIsDark = false;
    QFont m_systemFont;
};

}
