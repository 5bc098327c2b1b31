#include "ui/plots/plot_scene.h"

#include "ui/plots/decimate.h"
#include "ui/plots/edge_bars.h"
#include "ui/plots/log_ticker.h"
#include "ui/plots/plot_ranges.h"
#include "ui/plots/point_labels.h"
#include "ui/plots/points_layer.h"
#include "ui/plots/swatch.h"

#include <qcustomplot.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace vlmptq::ui {
namespace {

constexpr double kMarkerGap = 14;  // px between the markers of a line
constexpr int kShortestLabel = 40; // px of an axis below which nothing can be fitted
constexpr double kPointCell = 3;   // px; of two points closer than this one is drawn

// `text` broken into lines of at most `width` px.
QString wrapped(const QString& text, const QFont& font, int width) {
    const QFontMetrics metrics(font);
    QStringList lines;
    for (const QString& word : text.split(QLatin1Char(' '))) {
        const QString longer = lines.isEmpty() ? word : lines.last() + QLatin1Char(' ') + word;
        if (lines.isEmpty() || metrics.horizontalAdvance(longer) > width)
            lines << word;
        else
            lines.last() = longer;
    }
    return lines.join(QLatin1Char('\n'));
}

QVector<double> picked(const std::vector<double>& values, const std::vector<std::size_t>& indices) {
    QVector<double> result;
    result.reserve(qsizetype(indices.size()));
    for (const std::size_t index : indices)
        result.append(values[index]);
    return result;
}

QFont smaller(QFont font, double factor) {
    if (font.pointSizeF() > 0)
        font.setPointSizeF(font.pointSizeF() * factor);
    else
        font.setPixelSize(int(font.pixelSize() * factor));
    return font;
}

}

PlotScene::PlotScene(QCustomPlot* plot) : m_plot(plot) {
    m_plot->setPlottingHints(QCP::phFastPolylines | QCP::phCacheLabels);
    m_plot->setAutoAddPlottableToLegend(false);
    m_edgeAxis = m_plot->axisRect()->addAxis(QCPAxis::atRight);
    m_edgeAxis->setVisible(false);
    m_edgeAxis->setRange(0, 1);
    if (!m_plot->layer(QStringLiteral("hover"))) {
        m_plot->addLayer(QStringLiteral("hover"), m_plot->layer(QStringLiteral("overlay")));
        m_plot->layer(QStringLiteral("hover"))->setMode(QCPLayer::lmBuffered); // replotted alone
    }
}

bool PlotScene::isHidden(const PlotSeries& one) const { return m_look.hidden.contains(one.name); }

void PlotScene::clear() {
    for (const Drawn& drawn : m_drawn)
        if (drawn.points)
            removePoints(drawn.points);
    m_drawn.clear();
    if (m_labels)
        removePointLabels(std::exchange(m_labels, nullptr));
    if (m_edgeBars)
        removeEdgeBars(std::exchange(m_edgeBars, nullptr));
    m_plot->clearItems();
    m_plot->clearPlottables();
}

void PlotScene::build(const PlotData& data, const ThemeColors& colors, const PlotLook& look,
                      bool keepsRanges) {
    clear();
    m_data = data;
    m_colors = colors;
    m_look = look;
    if (m_data.y.canToggleLog)
        m_data.y.scale = look.isLog ? AxisScale::Log : AxisScale::Linear;
    m_plot->setBackground(QBrush(colors.base));
    setUpAxis(m_plot->xAxis, m_data.x);
    setUpAxis(m_plot->yAxis, m_data.y);
    m_plot->yAxis2->setVisible(m_data.right.has_value());
    if (m_data.right)
        setUpAxis(m_plot->yAxis2, *m_data.right);

    const auto isBar = [this](const PlotSeries& one) { return one.mark == Mark::Bars && !isHidden(one); };
    const int barCount = int(std::ranges::count_if(m_data.series, isBar));
    int barIndex = 0;
    QCPBars* below = nullptr;
    for (const PlotSeries& one : m_data.series) {
        if (isHidden(one))
            continue;
        addSeries(one, barIndex, barCount, one.mark == Mark::Stacked ? below : nullptr);
        barIndex += isBar(one);
        if (one.mark == Mark::Stacked)
            below = m_drawn.back().bars;
    }
    addHeat();
    addLabels();
    addLevels();
    addEdgeMarks();
    if (look.hasTitleAndLegend)
        addTitleAndLegend();
    if (!keepsRanges)
        resetRanges();
    refresh();
}

void PlotScene::setUpAxis(QCPAxis* axis, const PlotAxis& wanted) {
    const QFont font = m_plot->font();
    axis->setLabel(wanted.label);
    axis->setLabelFont(font);
    axis->setTickLabelFont(smaller(font, 0.92));
    axis->setLabelColor(m_colors.text);
    axis->setTickLabelColor(m_colors.muted);
    axis->setBasePen(QPen(m_colors.border, 1));
    axis->setTickPen(QPen(m_colors.border, 1));
    axis->setSubTickPen(QPen(m_colors.border, 1));
    axis->setLabelPadding(4);
    axis->setTickLength(0, 4);
    axis->setSubTickLength(0, 2);
    axis->setNumberFormat(QStringLiteral("gb"));
    axis->setNumberPrecision(5);
    const bool crossesBars = axis == m_plot->xAxis && wanted.keepsAllTicks;
    axis->grid()->setVisible(m_look.hasGrid && axis != m_plot->yAxis2 && !crossesBars);
    axis->grid()->setPen(QPen(m_colors.grid, 1));
    axis->grid()->setZeroLinePen(QPen(m_colors.grid, 1));
    const bool isLog = wanted.scale == AxisScale::Log;
    axis->setScaleType(isLog ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    if (isLog)
        axis->setTicker(makeLogTicker());
    else if (wanted.ticks.empty() && wanted.scale == AxisScale::Linear)
        axis->setTicker(QSharedPointer<QCPAxisTicker>::create());
}

void PlotScene::addTitleAndLegend() {
    QCPLayoutGrid* layout = m_plot->plotLayout();
    layout->setRowSpacing(0);
    int row = 0;
    const auto insertRow = [layout, &row](QCPLayoutElement* element) {
        layout->insertRow(row);
        layout->addElement(row, 0, element);
        layout->setRowStretchFactor(row++, 0.001); // as low as its content
    };
    const auto addText = [&](const QString& text, const QFont& font, const QColor& color) {
        constexpr int kMargin = 8;
        const int width = m_plot->viewport().width() - 2 * kMargin;
        auto* element = new QCPTextElement(m_plot, wrapped(text, font, width), font);
        element->setTextColor(color);
        element->setTextFlags(Qt::AlignLeft | Qt::AlignVCenter);
        element->setMargins(QMargins(kMargin, 2, kMargin, 2));
        insertRow(element);
    };
    QFont bold = m_plot->font();
    bold.setWeight(QFont::DemiBold);
    addText(m_data.title, bold, m_colors.text);
    if (!m_data.note.isEmpty())
        addText(m_data.note, smaller(m_plot->font(), 0.92), m_colors.muted);
    const auto isNamed = [](const Drawn& drawn) {
        return drawn.series->mark != Mark::Context && drawn.series->mark != Mark::Heat;
    };
    if (std::ranges::count_if(m_drawn, isNamed) < 2)
        return;
    auto* legend = new QCPLegend;
    insertRow(legend);
    legend->setLayer(QStringLiteral("legend"));
    legend->setBorderPen(Qt::NoPen);
    legend->setBrush(Qt::NoBrush);
    legend->setFont(m_plot->font());
    legend->setTextColor(m_colors.text);
    legend->setFillOrder(QCPLegend::foColumnsFirst);
    legend->setWrap(4);
    for (const Drawn& drawn : m_drawn)
        if (isNamed(drawn))
            legend->addItem(new QCPPlottableLegendItem(legend, legendPlottable(drawn)));
}

QCPAbstractPlottable* PlotScene::legendPlottable(const Drawn& drawn) {
    if (drawn.bars)
        return drawn.bars;
    if (drawn.graph)
        return drawn.graph;
    // Points have no plottable of their own: an empty graph stands for them.
    QCPGraph* graph = m_plot->addGraph();
    graph->setName(drawn.series->name);
    graph->setLineStyle(QCPGraph::lsNone);
    graph->setScatterStyle(symbolOf(drawn.series->style(m_colors), drawn.series->isFilled, m_colors.base, 7));
    return graph;
}

void PlotScene::resetRanges() {
    const auto isShown = [this](const PlotSeries& one) { return !isHidden(one); };
    const auto set = [](QCPAxis* axis, const PlotRange& range) { axis->setRange(range.low, range.high); };
    set(m_plot->xAxis, xRange(m_data, isShown));
    set(m_plot->yAxis, yRange(m_data, m_data.y, isShown));
    if (m_data.right)
        set(m_plot->yAxis2, yRange(m_data, *m_data.right, isShown));
}

void PlotScene::refresh() {
    setTicks(m_plot->xAxis, m_data.x);
    setTicks(m_plot->yAxis, m_data.y);
    fitLabel(m_plot->xAxis, m_data.x);
    fitLabel(m_plot->yAxis, m_data.y);
    if (m_data.right)
        fitLabel(m_plot->yAxis2, *m_data.right);
    for (const Drawn& drawn : m_drawn)
        thin(drawn);
}

QPointF PlotScene::pixel(const Drawn& drawn, std::size_t point) const {
    return {m_plot->xAxis->coordToPixel(toPosition(m_data.x, drawn.series->x[point])),
            drawn.yAxis->coordToPixel(m_data.drawnY(*drawn.series, point))};
}

std::vector<std::size_t> PlotScene::keptPoints(const Drawn& drawn) const {
    const PlotSeries& one = *drawn.series;
    if (one.y.size() > kDecimateAbove && drawn.points)
        return decimateCells(one.y.size(), [&](std::size_t i) {
            const QPointF at = pixel(drawn, i) / kPointCell;
            return std::pair(int(std::clamp(at.x(), -1e6, 1e6)), int(std::clamp(at.y(), -1e6, 1e6)));
        });
    if (one.y.size() > kDecimateAbove) {
        const double left = m_plot->axisRect()->left();
        return decimateLine(
            one.y, [&](std::size_t i) { return pixel(drawn, i).x() - left; }, m_plot->axisRect()->width());
    }
    std::vector<std::size_t> all(one.y.size());
    std::iota(all.begin(), all.end(), std::size_t(0));
    return all;
}

void PlotScene::thin(const Drawn& drawn) {
    const PlotSeries& one = *drawn.series;
    if (one.mark == Mark::Heat)
        return;
    if (drawn.points)
        return setShownPoints(drawn.points, keptPoints(drawn));
    if (drawn.bars && one.mark == Mark::Bars)
        return; // a few bars per benchmark
    const std::vector<std::size_t> kept = keptPoints(drawn);
    QVector<double> x = picked(one.x, kept), y = picked(one.y, kept);
    for (double& value : x)
        value = toPosition(m_data.x, value);
    if (one.mark != Mark::Stacked && drawn.yAxis->scaleType() == QCPAxis::stLogarithmic)
        for (double& value : y)
            value = value > 0 ? value : NAN;
    if (drawn.bars)
        return drawn.bars->setData(x, y, true);
    drawn.graph->setData(x, y, true);
    const double range = drawn.graph->keyAxis()->range().size();
    const double perPixel = range > 0 && x.size() > 1 ? double(x.size()) / (x.last() - x.first()) * range /
                                                            std::max(1, m_plot->axisRect()->width())
                                                      : 0;
    drawn.graph->setScatterSkip(std::max(0, int(std::ceil(kMarkerGap * perPixel)) - 1));
}

// An axis shorter than its label gets it in two lines, and what is still longer cut.
void PlotScene::fitLabel(QCPAxis* axis, const PlotAxis& wanted) {
    const bool isHorizontal = axis->orientation() == Qt::Horizontal;
    const int length = isHorizontal ? m_plot->axisRect()->width() : m_plot->axisRect()->height();
    if (length < kShortestLabel)
        return; // not laid out yet
    const QFontMetrics metrics(axis->labelFont());
    QStringList lines = wrapped(wanted.label, axis->labelFont(), length).split(QLatin1Char('\n'));
    if (lines.size() > 2)
        lines = {lines.front(), lines.mid(1).join(QLatin1Char(' '))};
    for (QString& line : lines)
        line = metrics.elidedText(line, Qt::ElideRight, length);
    axis->setLabel(lines.join(QLatin1Char('\n')));
}

void PlotScene::setTicks(QCPAxis* axis, const PlotAxis& wanted) {
    std::vector<AxisTick> ticks = wanted.ticks;
    if (wanted.scale == AxisScale::SymLog && ticks.empty()) {
        ticks =
            symLogTicks(wanted, toValue(wanted, axis->range().lower), toValue(wanted, axis->range().upper));
        for (AxisTick& tick : ticks)
            tick.at = toPosition(wanted, tick.at);
    }
    if (ticks.empty())
        return;
    const QFontMetrics metrics(axis->tickLabelFont());
    std::erase_if(ticks, [axis](const AxisTick& tick) { return !axis->range().contains(tick.at); });
    int widest = 1;
    for (const AxisTick& tick : ticks)
        widest = std::max(widest, metrics.horizontalAdvance(tick.label));
    const bool isHorizontal = axis->orientation() == Qt::Horizontal;
    const double length = isHorizontal ? m_plot->axisRect()->width() : m_plot->axisRect()->height();
    const double needed =
        double(ticks.size()) * (isHorizontal ? widest + metrics.averageCharWidth() * 1.5 : metrics.height());
    const bool isTooTight = needed > length;
    axis->setTickLabelRotation(wanted.keepsAllTicks && isTooTight ? -30 : 0);
    std::size_t step = 1;
    for (const std::size_t next : {2, 5, 10, 20, 50, 100, 200, 500, 1000})
        if (!wanted.keepsAllTicks && needed / double(step) > length)
            step = next;
    const auto ticker = QSharedPointer<QCPAxisTickerText>::create();
    for (std::size_t i = 0; i < ticks.size(); i += step)
        ticker->addTick(ticks[i].at, ticks[i].label);
    axis->setTicker(ticker);
}

}
