// plot_table_model.h - the table twin of a plot as an item model: numbers in the user's locale,
// right-aligned, sorted by value.
#pragma once
#include "ui/plots/plot_table.h"

#include <QAbstractTableModel>

namespace vlmptq::ui {

class PlotTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    static constexpr int kSortRole = Qt::UserRole;
    using QAbstractTableModel::QAbstractTableModel;
    void setTable(PlotTable);
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex&, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation, int role = Qt::DisplayRole) const override;

private:
    PlotTable m_table;
};

}
