// studio_style.h - Fusion with outlines that can be seen on both themes (3:1), and icons and indicators that
// grow with the text size.
#pragma once
#include <QProxyStyle>

namespace vlmptq::ui {

class StudioStyle : public QProxyStyle {
    Q_OBJECT
public:
    StudioStyle();
    QIcon standardIcon(StandardPixmap, const QStyleOption*, const QWidget*) const override;
    int pixelMetric(PixelMetric, const QStyleOption*, const QWidget*) const override;
    void drawPrimitive(PrimitiveElement, const QStyleOption*, QPainter*, const QWidget*) const override;
    void drawComplexControl(ComplexControl, const QStyleOptionComplex*, QPainter*,
                            const QWidget*) const override;
};

}
