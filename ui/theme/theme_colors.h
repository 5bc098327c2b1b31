// theme_colors.h - every colour of the program, for light and for dark (interface.md 9: contrast 4.5:1 for
// text, 3:1 for lines and symbols; series colours told apart by protan, deutan and tritan eyes; symbol and
// dash repeat the colour). Plots and widgets take colours from here only. Values; any thread.
#pragma once
#include <QColor>
#include <QPalette>
#include <QString>

#include <string>

namespace vlmptq::ui {

enum class Symbol { Cross, Plus, Circle, Disc, Triangle, Square };

// How a series is drawn everywhere: colour, symbol and dash together.
struct SeriesStyle {
    QColor color;
    Symbol symbol = Symbol::Disc;
    QList<qreal> dashes; // in pen widths; empty: solid
};

struct ThemeColors {
    bool isDark = false;
    QColor window, base, alternate, card, text, muted, border, outline,
        grid; // base: background of plots and tables
    QColor accent, onAccent, selection;
    QColor note, warning, error, success;
    QColor vision, language; // the two modalities; ● and ■
    QColor fullPrecision;

    static const ThemeColors& light();
    static const ThemeColors& dark();

    SeriesStyle method(const std::string& method) const;
    // A run's own colour where the user chose one (kept readable on `base`), else its method's. `variant` > 0
    // tells further runs of the same method apart by lightness and dash.
    SeriesStyle run(const std::string& storedColor, const std::string& method, int variant = 0) const;
    QColor sequential(double share) const; // 0..1, perceptually even, dark to light
    QPalette palette() const;
};

double contrast(const QColor&, const QColor&); // WCAG ratio, 1..21

}
