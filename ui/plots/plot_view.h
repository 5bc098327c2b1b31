// plot_view.h - what every plot of the Studio is shown in: title, legend, drawing area, table twin, toolbar
// and menu, export, empty state (interface.md 6). A page gives it a PlotData made by a builder
// (layer_error_plot.h, …) and connects `keyChosen`. Repaints by itself on Theme::changed. UI thread.
#pragma once
#include "ui/context.h"
#include "ui/plots/plot_export.h"

#include <QWidget>

class QLabel;
class QMenu;
class QStackedLayout;
class QTableView;
class QToolButton;

namespace vlmptq::ui {

class EmptyState;
class LegendBar;
class PlotCanvas;
class PlotTableModel;

class PlotView : public QWidget {
    Q_OBJECT
public:
    // `name` becomes the objectName and the key of remembered choices.
    PlotView(const Context&, const QString& name, QWidget* parent = nullptr);
    ~PlotView() override;

    void setData(PlotData);
    const PlotData& data() const { return m_data; }
    void setSelectedKey(int key); // PlotSeries::keys; -1: none
    void setLog(bool);
    bool isLog() const { return m_look.isLog; }
    void setTableShown(bool);

    QString dataText() const; // tab-separated, as copied
    void exportTo(const QString& file, const PlotExport&, bool inScreenColors = false);

Q_SIGNALS:
    void keyChosen(int key);
    void keysChosen(const std::vector<int>& keys); // by the lasso; empty: let go

protected:
    void contextMenuEvent(QContextMenuEvent*) override;

private:
    QWidget* buildHead();
    void buildTable();
    void rebuild();
    void fillMenu(QMenu*);
    void onLookKey(int key);
    void describe();
    void copyImage() const;
    void copyData();
    void openExport();

    Context m_context;
    PlotData m_data;
    PlotLook m_look;
    QLabel *m_title, *m_note;
    QToolButton *m_lasso, *m_log, *m_tableButton, *m_more;
    LegendBar* m_legend;
    PlotCanvas* m_canvas;
    QTableView* m_table;
    PlotTableModel* m_model;
    EmptyState* m_empty;
    QStackedLayout* m_stack;
    bool m_isTableShown = false;
};

}
