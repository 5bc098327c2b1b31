#include "ui/analysis/plot_grid.h"

#include <QGridLayout>

namespace vlmptq::ui {
namespace {

// The least in which a plot is readable; one below the other they scroll and may be higher.
constexpr int kCharactersPerPlot = 58, kLinesPerPlot = 13, kLinesPerPlotAlone = 19, kLinesPerLowPlot = 10;

}

PlotGrid::PlotGrid(QWidget* parent) : QScrollArea(parent) {
    auto* content = new QWidget(this);
    m_grid = new QGridLayout(content);
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(18);
    m_grid->setVerticalSpacing(14);
    setWidget(content);
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::NoFocus);
    viewport()->setAutoFillBackground(false);
    content->setAutoFillBackground(false);
}

void PlotGrid::addPlot(QWidget* plot, Room room) {
    m_cells.push_back({plot, room});
    m_columns = 0;
    arrange();
}

void PlotGrid::resizeEvent(QResizeEvent* event) {
    QScrollArea::resizeEvent(event);
    arrange();
}

void PlotGrid::arrange() {
    const int least = fontMetrics().averageCharWidth() * kCharactersPerPlot;
    const int columns = viewport()->width() >= 2 * least + m_grid->horizontalSpacing() ? 2 : 1;
    if (columns == m_columns)
        return;
    m_columns = columns;
    for (int old = 0; old < m_grid->rowCount(); ++old)
        m_grid->setRowStretch(old, 0); // there may be more rows than will be
    int row = 0, column = 0;
    for (const Cell& cell : m_cells) {
        const bool isWide = cell.room != Room::Half;
        if (isWide && column > 0)
            ++row, column = 0;
        m_grid->removeWidget(cell.plot);
        m_grid->addWidget(cell.plot, row, column, 1, isWide ? columns : 1);
        const int lines = cell.room == Room::Low ? kLinesPerLowPlot
                          : columns > 1          ? kLinesPerPlot
                                                 : kLinesPerPlotAlone;
        cell.plot->setMinimumHeight(
            std::max(fontMetrics().lineSpacing() * lines, cell.plot->minimumSizeHint().height()));
        m_grid->setRowStretch(row, cell.room == Room::Low ? 0 : 1);
        column += isWide ? columns : 1;
        if (column >= columns)
            ++row, column = 0;
    }
    for (int i = 0; i < 2; ++i)
        m_grid->setColumnStretch(i, i < columns ? 1 : 0);
}

}
