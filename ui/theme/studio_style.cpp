#include "ui/theme/studio_style.h"

#include "ui/theme/icons.h"
#include "ui/theme/theme_colors.h"

#include <QApplication>
#include <QFontMetrics>
#include <QPainter>
#include <QStyleFactory>
#include <QStyleOption>

namespace vlmptq::ui {
namespace {

constexpr int kFusionDarkens = 140; // Fusion's outline is the window colour darkened by this

const ThemeColors& colorsOf(const QPalette& palette) {
    const bool isDark =
        palette.color(QPalette::WindowText).lightness() > palette.color(QPalette::Window).lightness();
    return isDark ? ThemeColors::dark() : ThemeColors::light();
}

// Fusion takes outlines from Window only; frames and boxes are given one that leads to ours.
template <class Option>
Option outlined(const QStyleOption* option) {
    Option changed = *qstyleoption_cast<const Option*>(option);
    changed.palette.setColor(QPalette::Window, colorsOf(option->palette).outline.lighter(kFusionDarkens));
    return changed;
}

void drawIndicator(const QStyleOption& option, QPainter& painter, bool isRound) {
    const ThemeColors& colors = colorsOf(option.palette);
    const bool isOn = option.state & QStyle::State_On, isEnabled = option.state & QStyle::State_Enabled;
    const bool isFocused = option.state & QStyle::State_HasFocus;
    const QRectF box = QRectF(option.rect).adjusted(1, 1, -1, -1);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    if (!isEnabled)
        painter.setOpacity(0.5);
    painter.setPen(QPen(isOn || isFocused ? colors.accent : colors.outline, isFocused ? 2 : 1.2));
    painter.setBrush(isOn && !isRound ? colors.accent : colors.base);
    if (isRound) {
        painter.drawEllipse(box);
        const double inset = box.width() * 0.27;
        painter.setPen(Qt::NoPen);
        painter.setBrush(colors.accent);
        if (isOn)
            painter.drawEllipse(box.adjusted(inset, inset, -inset, -inset));
    } else {
        painter.drawRoundedRect(box, 3, 3);
        const auto at = [&box](double x, double y) {
            return QPointF(box.left() + x * box.width(), box.top() + y * box.height());
        };
        painter.setPen(QPen(colors.onAccent, box.width() * 0.14, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        if (isOn)
            painter.drawPolyline(QPolygonF{at(0.22, 0.52), at(0.42, 0.72), at(0.78, 0.3)});
    }
    painter.restore();
}

}

StudioStyle::StudioStyle() : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion"))) {}

QIcon StudioStyle::standardIcon(StandardPixmap which, const QStyleOption* option,
                                const QWidget* widget) const {
    if (which == SP_TitleBarCloseButton || which == SP_DockWidgetCloseButton)
        return icon(Glyph::Close, Ink::Muted);
    return QProxyStyle::standardIcon(which, option, widget);
}

int StudioStyle::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const {
    const int line = QFontMetrics(QApplication::font()).height();
    switch (metric) {
    case PM_SmallIconSize:
    case PM_ButtonIconSize:
    case PM_TabBarIconSize:
    case PM_ListViewIconSize:
        return std::max(16, line);
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight:
        return std::max(14, line);
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

void StudioStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                                const QWidget* widget) const {
    switch (element) {
    case PE_IndicatorCheckBox:
    case PE_IndicatorRadioButton:
        drawIndicator(*option, *painter, element == PE_IndicatorRadioButton);
        return;
    case PE_FrameLineEdit:
    case PE_PanelLineEdit:
        if (qstyleoption_cast<const QStyleOptionFrame*>(option)) {
            const auto changed = outlined<QStyleOptionFrame>(option);
            QProxyStyle::drawPrimitive(element, &changed, painter, widget);
            return;
        }
        break;
    case PE_PanelButtonCommand:
        if (qstyleoption_cast<const QStyleOptionButton*>(option)) {
            const auto changed = outlined<QStyleOptionButton>(option);
            QProxyStyle::drawPrimitive(element, &changed, painter, widget);
            return;
        }
        break;
    default:
        break;
    }
    QProxyStyle::drawPrimitive(element, option, painter, widget);
}

void StudioStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option,
                                     QPainter* painter, const QWidget* widget) const {
    if (control == CC_ComboBox && qstyleoption_cast<const QStyleOptionComboBox*>(option)) {
        const auto changed = outlined<QStyleOptionComboBox>(option);
        QProxyStyle::drawComplexControl(control, &changed, painter, widget);
    } else if (control == CC_SpinBox && qstyleoption_cast<const QStyleOptionSpinBox*>(option)) {
        const auto changed = outlined<QStyleOptionSpinBox>(option);
        QProxyStyle::drawComplexControl(control, &changed, painter, widget);
    } else {
        QProxyStyle::drawComplexControl(control, option, painter, widget);
    }
}

}
