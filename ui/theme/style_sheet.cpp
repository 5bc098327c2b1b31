#include "ui/theme/style_sheet.h"

namespace vlmptq::ui {
namespace {

// Lengths in em follow the text size; names in %…% are replaced by colours.
constexpr const char* kRules = R"(
QToolTip { color: %text%; background: %card%; border: 1px solid %border%; padding: 0.3em; }
QTabWidget::pane { border: none; border-top: 1px solid %border%; }
QTabBar::tab { color: %muted%; padding: 0.55em 1em 0.45em 1em; border: none; border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: %text%; }
QTabBar::tab:selected { color: %text%; border-bottom: 2px solid %accent%; }
QTabBar::tab:focus { color: %accent%; border-bottom: 3px solid %accent%; }
QTabBar::tab:disabled { color: %border%; }
QDockWidget { font-weight: 600; }
QDockWidget::title { padding: 0.5em 0.6em; background: %window%; border-bottom: 1px solid %border%; text-align: left; }
QHeaderView::section { color: %muted%; background: %window%; border: none; border-bottom: 1px solid %border%;
                       border-right: 1px solid %border%; padding: 0.3em 0.5em; }
QStatusBar::item { border: none; }
QToolButton:checked { background: %selection%; border: 1px solid %border%; border-radius: 3px; }
QPushButton[primary="true"] { color: %onAccent%; background: %accent%; border: 1px solid %accent%;
                              border-radius: 4px; padding: 0.4em 1.1em; font-weight: 600; }
QPushButton[primary="true"]:hover { background: %accentHover%; }
QPushButton[primary="true"]:pressed { background: %accentPressed%; }
QPushButton[primary="true"]:focus { border: 2px solid %text%; }
QPushButton[primary="true"]:disabled { color: %muted%; background: %window%; border-color: %border%; }
QLabel[muted="true"] { color: %muted%; }
QLabel[heading="true"] { font-weight: 600; }
QLabel[severity="error"] { color: %error%; }
QLabel[severity="warning"] { color: %warning%; }
QLabel[severity="note"] { color: %muted%; }
QMainWindow::separator { background: %window%; width: 5px; height: 5px; }
QMainWindow::separator:hover { background: %border%; }
)";

}

QString styleSheet(const ThemeColors& colors) {
    QString rules = QString::fromLatin1(kRules);
    const auto set = [&rules](const char* name, const QColor& color) {
        rules.replace(QLatin1Char('%') + QLatin1String(name) + QLatin1Char('%'), color.name());
    };
    set("text", colors.text);
    set("muted", colors.muted);
    set("border", colors.border);
    set("accent", colors.accent);
    set("accentHover", colors.accent.lighter(112));
    set("accentPressed", colors.accent.darker(115));
    set("onAccent", colors.onAccent);
    set("card", colors.card);
    set("window", colors.window);
    set("selection", colors.selection);
    set("error", colors.error);
    set("warning", colors.warning);
    return rules;
}

}
