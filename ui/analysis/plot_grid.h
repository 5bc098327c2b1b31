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
    // How much of the page a plot gets: half a row, a row, or a row of half the height.
    enum class Room { Half, Wide, Low };
    void addPlot(QWidget*, Room = Room::Half);

protected:
    void resizeEvent(QResizeEvent*) override;

private:
    void arrange();
    struct Cell {
        QWidget* plot = nullptr;
        Room room = Room::Half;
    };
    QGridLayout* m_grid;
    std::vector<Cell> m_cells;
    int m_columns = 0;
};

}
