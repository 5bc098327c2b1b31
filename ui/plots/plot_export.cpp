#include "ui/plots/plot_export.h"

#include "engine/core/error.h"
#include "ui/plots/plot_table.h"
#include "ui/qt_text.h"

#include <QBuffer>
#include <QPdfWriter>
#include <QSaveFile>
#include <QSvgGenerator>
#include <qcustomplot.h>

namespace vlmptq::ui {
namespace {

constexpr double kDotsPerInch = 96, kMillimetresPerInch = 25.4;
constexpr int kPdfResolution = 1200;

QSize pixels(const QSizeF& millimetres) {
    return (millimetres * (kDotsPerInch / kMillimetresPerInch)).toSize();
}

// A plot nobody sees, laid out at `size`.
class OffScreen {
public:
    OffScreen(const PlotData& data, const ThemeColors& colors, PlotLook look, QSize size) : m_scene(&m_plot) {
        look.hasTitleAndLegend = true;
        m_plot.setAttribute(Qt::WA_DontShowOnScreen);
        m_plot.resize(size);
        m_plot.setViewport(QRect(QPoint(0, 0), size));
        m_scene.build(data, colors, look);
        m_plot.replot(QCustomPlot::rpImmediateRefresh); // lays out; what depends on pixels follows
        m_scene.refresh();
    }
    QCustomPlot& plot() { return m_plot; }

private:
    QCustomPlot m_plot;
    PlotScene m_scene;
};

QByteArray png(const PlotData& data, const ThemeColors& colors, const PlotLook& look, const PlotExport& how) {
    QImage image = plotImage(data, colors, look, pixels(how.millimetres), how.scale);
    image.setDotsPerMeterX(int(kDotsPerInch * how.scale / kMillimetresPerInch * 1000));
    image.setDotsPerMeterY(image.dotsPerMeterX());
    image.setText(QStringLiteral("Title"), data.title);
    image.setText(QStringLiteral("Description"), data.metadata.join(QLatin1Char('\n')));
    image.setText(QStringLiteral("Software"), QStringLiteral("VLM-PTQ Studio " VLMPTQ_VERSION));
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return bytes;
}

QByteArray svg(const PlotData& data, const ThemeColors& colors, const PlotLook& look, const PlotExport& how) {
    const QSize size = pixels(how.millimetres);
    OffScreen screen(data, colors, look, size);
    QByteArray bytes;
    QBuffer buffer(&bytes);
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setResolution(int(kDotsPerInch));
    generator.setSize(size);
    generator.setViewBox(QRect(QPoint(0, 0), size));
    generator.setTitle(data.title);
    generator.setDescription(data.metadata.join(QLatin1Char('\n')));
    QCPPainter painter;
    painter.begin(&generator);
    painter.setMode(QCPPainter::pmVectorized);
    painter.setMode(QCPPainter::pmNoCaching);
    painter.setMode(QCPPainter::pmNonCosmetic);
    screen.plot().toPainter(&painter, size.width(), size.height());
    painter.end();
    return bytes;
}

QByteArray pdf(const PlotData& data, const ThemeColors& colors, const PlotLook& look, const PlotExport& how) {
    const QSize size = pixels(how.millimetres);
    OffScreen screen(data, colors, look, size);
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QPdfWriter writer(&buffer);
    writer.setResolution(kPdfResolution);
    writer.setPageSize(QPageSize(how.millimetres, QPageSize::Millimeter));
    writer.setPageMargins(QMarginsF());
    writer.setTitle(data.title);
    writer.setCreator(QStringLiteral("VLM-PTQ Studio " VLMPTQ_VERSION));
    writer.addFileAttachment(QStringLiteral("settings.txt"), data.metadata.join(QLatin1Char('\n')).toUtf8(),
                             QStringLiteral("text/plain"));
    QCPPainter painter;
    painter.begin(&writer);
    painter.setMode(QCPPainter::pmVectorized);
    painter.setMode(QCPPainter::pmNoCaching);
    painter.setMode(QCPPainter::pmNonCosmetic);
    painter.scale(kPdfResolution / kDotsPerInch, kPdfResolution / kDotsPerInch);
    screen.plot().toPainter(&painter, size.width(), size.height());
    painter.end();
    return bytes;
}

QByteArray bytesOf(const PlotData& data, const ThemeColors& colors, const PlotLook& look,
                   const PlotExport& how) {
    switch (how.format) {
    case PlotFormat::Png:
        return png(data, colors, look, how);
    case PlotFormat::Pdf:
        return pdf(data, colors, look, how);
    case PlotFormat::Svg:
        return svg(data, colors, look, how);
    case PlotFormat::Csv:
        return QByteArray::fromStdString(csvOf(data));
    }
    return {};
}

}

QString suffixOf(PlotFormat format) {
    switch (format) {
    case PlotFormat::Png:
        return QStringLiteral("png");
    case PlotFormat::Pdf:
        return QStringLiteral("pdf");
    case PlotFormat::Svg:
        return QStringLiteral("svg");
    case PlotFormat::Csv:
        return QStringLiteral("csv");
    }
    return {};
}

QImage plotImage(const PlotData& data, const ThemeColors& colors, PlotLook look, QSize size, double scale) {
    OffScreen screen(data, colors, std::move(look), size);
    return screen.plot().toPixmap(size.width(), size.height(), scale).toImage();
}

void exportPlot(const PlotData& data, const ThemeColors& colors, PlotLook look, const PlotExport& how,
                const QString& file) {
    const QByteArray bytes = bytesOf(data, colors, look, how);
    QSaveFile target(file);
    if (!target.open(QIODevice::WriteOnly) || target.write(bytes) != bytes.size() || !target.commit())
        throw Error(ErrorKind::NoResource, "E-PLOT-01",
                    "Cannot write " + utf8(file) + ": " + utf8(target.errorString()) + ".",
                    "Choose another folder or free some space.");
}

}
