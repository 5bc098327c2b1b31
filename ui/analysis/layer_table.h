// layer_table.h - the Layers table with its filter line, worst ten, columns to choose, copying and CSV
// (interface.md 7.1). Choosing a row chooses the module everywhere.
#pragma once
#include "ui/context.h"
#include "ui/models/layer_filter.h"
#include "ui/models/layer_model.h"
#include "ui/problem.h"

#include <QWidget>

class QLabel;
class QLineEdit;
class QTableView;

namespace vlmptq::ui {

class LayerTable : public QWidget {
    Q_OBJECT
public:
    explicit LayerTable(const Context&, QWidget* parent = nullptr);
    void setRun(const RunResults*, const RunResults* baseline); // null: none

Q_SIGNALS:
    void problemOccurred(const vlmptq::ui::Problem& problem);

private:
    void showSelection();
    void onCurrentRow();
    void copyRows() const;
    void saveCsv();
    void writeCsv(const QString& file);
    void chooseColumns(const QPoint&);
    void showCount();
    std::vector<int> shownRows(bool isSelectedOnly) const; // rows of the model, in the order shown

    Context m_context;
    LayerModel* m_model;
    LayerFilter* m_filter;
    QTableView* m_table;
    QLineEdit* m_line;
    QLabel* m_count;
    QString m_sizedFor; // what the columns were sized for
    bool m_isShowing = false;
};

}
