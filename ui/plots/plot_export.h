// plot_export.h - a plot as a file: PNG, PDF, SVG (with real text) or CSV, in the colours asked for, with run
// ids and settings inside. Draws off screen; UI thread. Throws Error naming the file when it cannot be
// written.
#pragma once
#include "ui/plots/plot_scene.h"

#include <QImage>
#include <QSizeF>

namespace vlmptq::ui {

enum class PlotFormat { Png, Pdf, Svg, Csv };

struct PlotExport {
    PlotFormat format = PlotFormat::Png;
    QSizeF millimetres{160, 100};
    double scale = 2; // PNG only: pixels per 1/96 inch
};

QString suffixOf(PlotFormat); // "png"
void exportPlot(const PlotData&, const ThemeColors&, PlotLook, const PlotExport&, const QString& file);
QImage plotImage(const PlotData&, const ThemeColors&, PlotLook, QSize size, double scale);

}
