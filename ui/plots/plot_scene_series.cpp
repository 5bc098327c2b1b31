// How each kind of series becomes a plottable.
#include "ui/plots/decimate.h"
#include "ui/plots/edge_bars.h"
#include "ui/plots/heat_map.h"
#include "ui/plots/plot_scene.h"
#include "ui/plots/point_labels.h"
#include "ui/plots/points_layer.h"
#include "ui/plots/swatch.h"

#include <qcustomplot.h>

#include <algorithm>

namespace vlmptq::ui {
namespace {

constexpr double kBarsShare = 0.8, kStackShare = 0.86; // of the distance between two x
constexpr double kEdgePosition = 0.965;
constexpr std::size_t kThickUpTo = 120; // points; a denser thick line hides the others

// Many symbols are drawn small, so that the shape of the cloud is seen.
double symbolSizeFor(std::size_t points) {
    return points > kDecimateAbove ? 3.0 : points > kDecimateAbove / 4 ? 4.5 : 7.0;
}

}

void PlotScene::addSeries(const PlotSeries& one, int barIndex, int barCount, QCPBars* below) {
    const SeriesStyle style = one.style ? one.style(m_colors) : SeriesStyle{m_colors.muted};
    m_drawn.push_back({.series = &one, .yAxis = one.onRightAxis ? m_plot->yAxis2 : m_plot->yAxis});
    Drawn& drawn = m_drawn.back();
    switch (one.mark) {
    case Mark::Line:
    case Mark::Context:
        addLine(drawn, style);
        break;
    case Mark::Heat: // all rows at once, addHeat
        break;
    case Mark::Bars:
    case Mark::Stacked:
        addBars(drawn, style, barIndex, barCount, below);
        break;
    case Mark::Points:
        drawn.points = addPoints(m_plot, one, m_data.x, m_plot->xAxis, drawn.yAxis,
                                 {.style = style,
                                  .text = m_colors.text,
                                  .base = m_colors.base,
                                  .symbolSize = symbolSizeFor(one.y.size())});
        break;
    }
}

void PlotScene::addLine(Drawn& drawn, const SeriesStyle& style) {
    const PlotSeries& one = *drawn.series;
    const bool isContext = one.mark == Mark::Context;
    drawn.graph = m_plot->addGraph(m_plot->xAxis, drawn.yAxis);
    const bool isThick = one.isEmphasised && one.y.size() <= kThickUpTo;
    QColor faint = m_colors.muted;
    faint.setAlphaF(0.45F);
    drawn.graph->setPen(isContext ? QPen(faint, 1) : linePen(style, isThick ? 2 : 1));
    drawn.graph->setName(one.name);
    if (!isContext && m_look.hasMarkers)
        drawn.graph->setScatterStyle(symbolOf(style, one.isFilled, m_colors.base, 6.5));
    if (one.low.empty() || one.high.empty())
        return;
    // The interval as a band: an invisible lower line, and an upper one that fills down to it.
    QColor fill = style.color;
    fill.setAlphaF(0.16F);
    QVector<double> x;
    for (const double value : one.x)
        x.append(toPosition(m_data.x, value));
    std::vector<QCPGraph*> bounds;
    for (const auto* bound : {&one.low, &one.high}) {
        bounds.push_back(m_plot->addGraph(m_plot->xAxis, drawn.yAxis));
        bounds.back()->setPen(Qt::NoPen);
        bounds.back()->setData(x, QVector<double>(bound->begin(), bound->end()));
    }
    bounds.back()->setBrush(fill);
    bounds.back()->setChannelFillGraph(bounds.front());
}

void PlotScene::addBars(Drawn& drawn, const SeriesStyle& style, int barIndex, int barCount, QCPBars* below) {
    const PlotSeries& one = *drawn.series;
    drawn.bars = new QCPBars(m_plot->xAxis, drawn.yAxis);
    drawn.bars->setName(one.name);
    drawn.bars->setAntialiased(false);
    drawn.bars->setStackingGap(0);
    drawn.bars->setBrush(barBrush(one, style));
    drawn.bars->setPen(barPen(one, style));
    const bool isStacked = one.mark == Mark::Stacked;
    drawn.bars->setWidth(isStacked ? kStackShare : kBarsShare / std::max(1, barCount) * 0.92);
    if (isStacked) {
        if (below)
            drawn.bars->moveAbove(below);
        return;
    }
    const double offset = kBarsShare * ((barIndex + 0.5) / std::max(1, barCount) - 0.5);
    QVector<double> x;
    for (const double value : one.x)
        x.append(value + offset);
    drawn.bars->setData(x, QVector<double>(one.y.begin(), one.y.end()), true);
    if (one.low.empty() || one.high.empty())
        return;
    auto* errors = new QCPErrorBars(m_plot->xAxis, drawn.yAxis);
    errors->setDataPlottable(drawn.bars);
    errors->setPen(QPen(m_colors.text, 1));
    errors->setWhiskerWidth(5);
    errors->setSymbolGap(0);
    QVector<double> minus, plus;
    for (std::size_t i = 0; i < one.y.size(); ++i) {
        minus.append(one.y[i] - one.low[i]);
        plus.append(one.high[i] - one.y[i]);
    }
    errors->setData(minus, plus);
}

void PlotScene::addHeat() {
    std::vector<const PlotSeries*> rows;
    for (const Drawn& drawn : m_drawn)
        if (drawn.series->mark == Mark::Heat)
            rows.push_back(drawn.series);
    if (!rows.empty())
        addHeatMap(m_plot, rows, m_colors);
}

void PlotScene::addLabels() {
    std::vector<LabelledSeries> labelled;
    for (const Drawn& drawn : m_drawn)
        if (!drawn.series->labels.empty())
            labelled.push_back({drawn.series, drawn.yAxis});
    if (!labelled.empty())
        m_labels = addPointLabels(m_plot, std::move(labelled), m_data.x, m_colors.text, m_colors.muted);
}

void PlotScene::addLevels() {
    for (const double level : m_data.levels) {
        auto* line = new QCPItemStraightLine(m_plot);
        line->setPen(QPen(m_colors.muted, 1));
        line->point1->setCoords(0, level);
        line->point2->setCoords(1, level);
    }
}

void PlotScene::addEdgeMarks() {
    if (!m_data.edgeBars.empty())
        m_edgeBars = addEdgeBars(m_plot, m_data.edgeBars, m_colors.border, m_colors.muted);
    if (m_data.edgeMarks.empty())
        return;
    QCPGraph* marks = m_plot->addGraph(m_plot->xAxis, m_edgeAxis);
    marks->setLineStyle(QCPGraph::lsNone);
    marks->setScatterStyle(
        QCPScatterStyle(QCPScatterStyle::ssTriangle, QPen(m_colors.warning, 1), QBrush(m_colors.warning), 9));
    for (const EdgeMark& mark : m_data.edgeMarks)
        marks->addData(toPosition(m_data.x, mark.x), kEdgePosition);
}

}
