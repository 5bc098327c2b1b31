#include "ui/theme/theme_colors.h"

#include "engine/core/method_colors.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace vlmptq::ui {
namespace {

struct MethodMark {
    Symbol symbol;
    std::initializer_list<double> dashes;
};

constexpr std::initializer_list<double> kSolid{}, kDotted{1, 2}, kDashed{4, 3}, kDashDot{6, 2, 1, 2},
    kLongDash{8, 3}, kDashDotDot{6, 2, 1, 2, 1, 2};

// By MethodColors::place; beyond the last they begin anew.
const std::array kMarks{MethodMark{Symbol::Disc, kSolid},        MethodMark{Symbol::Cross, kDotted},
                        MethodMark{Symbol::Plus, kDashed},       MethodMark{Symbol::Circle, kDashDot},
                        MethodMark{Symbol::Triangle, kLongDash}, MethodMark{Symbol::Square, kDashDotDot}};

double linear(double channel) {
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

double luminance(const QColor& color) {
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

QColor mixed(const QColor& a, const QColor& b, double share) {
    const auto mix = [share](double x, double y) { return float(x + (y - x) * share); };
    return QColor::fromRgbF(mix(a.redF(), b.redF()), mix(a.greenF(), b.greenF()), mix(a.blueF(), b.blueF()));
}

QColor readableOn(const QColor& background, QColor color, const QColor& towards) {
    for (int step = 0; step < 12 && contrast(color, background) < 3.0; ++step)
        color = mixed(color, towards, 0.15);
    return color;
}

QColor along(std::span<const QRgb> stops, double share) {
    const double position =
        std::clamp(std::isfinite(share) ? share : 0.0, 0.0, 1.0) * double(stops.size() - 1);
    const auto index = std::min(std::size_t(position), stops.size() - 2);
    return mixed(QColor(stops[index]), QColor(stops[index + 1]), position - double(index));
}

}

double contrast(const QColor& a, const QColor& b) {
    const auto [low, high] = std::minmax({luminance(a), luminance(b)});
    return (high + 0.05) / (low + 0.05);
}

const ThemeColors& ThemeColors::light() {
    static const ThemeColors colors{.isDark = false,
                                    .window = QColor(0xf2f4f7),
                                    .base = QColor(0xffffff),
                                    .alternate = QColor(0xf6f8fa),
                                    .card = QColor(0xffffff),
                                    .text = QColor(0x1b1f24),
                                    .muted = QColor(0x57606b),
                                    .border = QColor(0xcdd3db),
                                    .outline = QColor(0x868f9b),
                                    .grid = QColor(0xe3e7ec),
                                    .accent = QColor(0x1f5fbf),
                                    .onAccent = QColor(0xffffff),
                                    .selection = QColor(0xd6e4f8),
                                    .note = QColor(0x1f5fbf),
                                    .warning = QColor(0x8a5a00),
                                    .error = QColor(0xb3261e),
                                    .success = QColor(0x1a7240),
                                    .vision = QColor(0x0072b2),
                                    .language = QColor(0xc04f00),
                                    .fullPrecision = QColor(0x1b1f24)};
    return colors;
}

const ThemeColors& ThemeColors::dark() {
    static const ThemeColors colors{.isDark = true,
                                    .window = QColor(0x1f2227),
                                    .base = QColor(0x17191d),
                                    .alternate = QColor(0x1c1f24),
                                    .card = QColor(0x262a30),
                                    .text = QColor(0xe7eaee),
                                    .muted = QColor(0xa7afb9),
                                    .border = QColor(0x434a54),
                                    .outline = QColor(0x727b87),
                                    .grid = QColor(0x2d323a),
                                    .accent = QColor(0x7db0f7),
                                    .onAccent = QColor(0x0f1318),
                                    .selection = QColor(0x27405f),
                                    .note = QColor(0x7db0f7),
                                    .warning = QColor(0xf0c040),
                                    .error = QColor(0xff8f86),
                                    .success = QColor(0x55d08d),
                                    .vision = QColor(0x56b4e9),
                                    .language = QColor(0xff8a3d),
                                    .fullPrecision = QColor(0xe7eaee)};
    return colors;
}

SeriesStyle ThemeColors::method(const std::string& method) const {
    const MethodColors colors = methodColors(method);
    const MethodMark& mark = kMarks[std::size_t(colors.place) % kMarks.size()];
    return {QColor(isDark ? colors.dark : colors.light), mark.symbol,
            QList<qreal>(mark.dashes.begin(), mark.dashes.end())};
}

SeriesStyle ThemeColors::run(const std::string& storedColor, const std::string& method, int variant) const {
    SeriesStyle style = this->method(method);
    const QColor own(QString::fromStdString(storedColor));
    const bool isOfMethod =
        storedColor == colorText(methodColors(method).light) || isMethodColor(own.rgb() & RGB_MASK);
    if (own.isValid() && !isOfMethod)
        style.color = own;
    static const std::array<QList<qreal>, 3> dashes{QList<qreal>{2, 2}, QList<qreal>{7, 2},
                                                    QList<qreal>{5, 2, 1, 2}};
    if (variant > 0) {
        style.color = mixed(style.color, variant % 2 ? text : muted, 0.35);
        style.dashes = dashes[std::size_t(variant - 1) % dashes.size()];
    }
    style.color = readableOn(base, style.color, text);
    return style;
}

QColor ThemeColors::sequential(double share) const {
    static constexpr std::array<QRgb, 9> stops{0xff440154, 0xff472d7b, 0xff3b528b, 0xff2c728e, 0xff21918c,
                                               0xff28ae80, 0xff5ec962, 0xffaddc30, 0xfffde725};
    return along(stops, share);
}

QPalette ThemeColors::palette() const {
    QPalette palette;
    const auto set = [&palette](QPalette::ColorRole role, const QColor& color) {
        palette.setColor(role, color);
    };
    set(QPalette::Window, window);
    set(QPalette::WindowText, text);
    set(QPalette::Base, base);
    set(QPalette::AlternateBase, alternate);
    set(QPalette::Text, text);
    set(QPalette::PlaceholderText, muted);
    set(QPalette::Button, isDark ? QColor(0x2d3239) : QColor(0xf7f8fa));
    set(QPalette::ButtonText, text);
    set(QPalette::BrightText, error);
    set(QPalette::ToolTipBase, isDark ? QColor(0x30353d) : QColor(0xfffbe8));
    set(QPalette::ToolTipText, text);
    set(QPalette::Highlight, isDark ? QColor(0x2f5f9e) : accent);
    set(QPalette::HighlightedText, QColor(0xffffff));
    set(QPalette::Link, accent);
    set(QPalette::LinkVisited, accent);
    set(QPalette::Light, isDark ? QColor(0x3a4048) : QColor(0xffffff));
    set(QPalette::Midlight, isDark ? QColor(0x33383f) : QColor(0xeef1f5));
    set(QPalette::Mid, border);
    set(QPalette::Dark, isDark ? QColor(0x121417) : QColor(0xa5adb8));
    set(QPalette::Shadow, isDark ? QColor(0x0b0c0e) : QColor(0x7d8691));
    const QColor disabled = mixed(muted, window, 0.35);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, disabled);
    palette.setColor(QPalette::Disabled, QPalette::Highlight, border);
    return palette;
}

}
