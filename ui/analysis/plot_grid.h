// plot_grid.h - plots side by side where there is room for two, below each other where there is not; scrolls
// rather than squeezing them.
#pragma once
#include <QScrollArea>

#include <vector>

class QGridLayout;

namespace vlmptq::ui {

class PlotGrid : public QScrollArea {
    Q_OBJECT
public:
    explicit PlotGrid(QWidget* parent = nullptr);
    void addPlot(QWidget*, bool isWide = false); // wide: a row of its own

protected:
    void resizeEvent(QResizeEvent*) override;

private:
    void arrange();
    struct Cell {
        QWidget* plot = nullptr;
        bool isWide = false;
    };
    QGridLayout* m_grid;
    std::vector<Cell> m_cells;
    int m_columns = 0;
};

}
