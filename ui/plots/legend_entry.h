// legend_entry.h - one series in a legend: its swatch and name as a button that shows and hides it.
#pragma once
#include "ui/plots/plot_data.h"

#include <QAbstractButton>

namespace vlmptq::ui {

class Theme;

class LegendEntry : public QAbstractButton {
    Q_OBJECT
public:
    LegendEntry(Theme*, PlotSeries, QWidget* parent); // of the series only its looks
    const PlotSeries& series() const { return m_series; }
    QSize sizeHint() const override;

Q_SIGNALS:
    void isolated();

protected:
    void paintEvent(QPaintEvent*) override;
    void mouseDoubleClickEvent(QMouseEvent*) override;
    void keyPressEvent(QKeyEvent*) override;

private:
    int swatchWidth() const;
    int gap() const;

    Theme* m_theme;
    PlotSeries m_series;
};

}
