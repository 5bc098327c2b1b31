// plot_canvas.h - the drawing area of a PlotView with everything one can do in it: hover, zoom, pan, choose,
// by mouse and by keyboard (interface.md 6). Emits what was chosen; knows nothing of runs. UI thread.
#pragma once
#include "ui/plots/plot_scene.h"
#include "ui/plots/read_out.h"

#include <QWidget>

#include <memory>

class QCPCurve;
class QCPItemStraightLine;
class QCPItemTracer;
class QCustomPlot;
class QKeyEvent;
class QLabel;
class QMouseEvent;
class QRubberBand;

namespace vlmptq::ui {

class PlotCanvas : public QWidget {
    Q_OBJECT
public:
    explicit PlotCanvas(QWidget* parent = nullptr);
    ~PlotCanvas() override;

    // The zoom stays while `data` is an update of what is shown (same name and axes).
    void show(const PlotData&, const ThemeColors&, const PlotLook&);
    void setSelectedKey(int key); // marks its x; -1: none
    void resetView();
    void setLasso(bool);      // the left button draws a loop instead of panning; Shift does so at any time
    void zoom(double factor); // < 1: closer, around the cursor or the middle
    QSize sizeHint() const override; // in characters and lines, so that labels fit at any text size
    QSize minimumSizeHint() const override;
    const std::optional<PlotPlace>& place() const { return m_place; }
    QString readOut() const; // of the place, one line
    QPixmap picture();       // as on the screen

Q_SIGNALS:
    void keyChosen(int key);
    void keysChosen(const std::vector<int>& keys); // by the lasso; empty: none was in it, or Escape
    void placeChanged();
    void menuRequested(const QPoint& globalPosition);
    void lookKeyPressed(int key); // L, G, M, T: the view decides

protected:
    bool eventFilter(QObject*, QEvent*) override;
    void keyPressEvent(QKeyEvent*) override;
    void paintEvent(QPaintEvent*) override;
    void focusInEvent(QFocusEvent*) override;
    void focusOutEvent(QFocusEvent*) override;
    void resizeEvent(QResizeEvent*) override;

private:
    static constexpr double kZoomStep = 0.85; // of the range, per wheel notch or key

    bool onMousePress(QMouseEvent*);
    bool onMouseMove(QMouseEvent*);
    bool onMouseRelease(QMouseEvent*);
    void zoomToBox(const QRect&);
    bool beginsLasso(const QMouseEvent*) const;
    void drawLasso(const QPointF& position);
    void endLasso();
    void hover(const QPointF& position);
    std::optional<PlotPlace> placeAt(const QPointF& position) const;
    std::optional<PlotPlace> pointNear(const QPointF& position) const;
    void moveTo(std::optional<PlotPlace>);
    void step(int columns, int series);
    void choose();
    void showPlace();
    void showSelection();
    void placeReadOut(const QPointF& anchor);
    QPointF pixelOf(const PlotPlace&) const;

    QCustomPlot* m_plot;
    std::unique_ptr<PlotScene> m_scene;
    ThemeColors m_colors;
    PlotLook m_look;
    std::vector<double> m_xValues;
    std::optional<PlotPlace> m_place;
    int m_selectedKey = -1;
    QCPItemStraightLine *m_cursor = nullptr, *m_selection = nullptr; // owned by the plot, made anew by show()
    QCPItemTracer* m_ring = nullptr;
    QLabel* m_box;
    QRubberBand* m_band;
    QPoint m_pressed;
    QPolygonF m_loop; // of the lasso being drawn; empty: none
    QCPCurve* m_lasso = nullptr;
    QSize m_laidOut;
    bool m_isLasso = false, m_isZoomed = false, m_isStale = false, m_isFocusShown = false;
};

}
