// bench_model.h - scores of full precision and the shown runs as a table: a row per benchmark and one for the
// average, per run the score with its interval and the difference to full precision.
#pragma once
#include "ui/plots/bench_results.h"

#include <QAbstractTableModel>

namespace vlmptq::ui {

class BenchModel : public QAbstractTableModel {
    Q_OBJECT
public:
    static constexpr int kValueRole = Qt::UserRole;
    using QAbstractTableModel::QAbstractTableModel;
    void setResults(std::span<const BenchResults>);
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex&, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation, int role = Qt::DisplayRole) const override;
    QString copyText() const; // tab-separated, with the heads

private:
    struct Cell {
        QString text, toolTip;
        std::optional<double> value;
        bool isSignificant = false;
    };
    struct Row {
        QString name;
        std::vector<Cell> cells;
        bool isTotal = false;
    };
    static Cell differenceCell(double points, const PairedScore*);
    Row makeRow(std::span<const BenchResults>, const BenchmarkName&) const;
    Row makeAverage(std::span<const BenchResults>) const;
    QStringList m_columns;
    QString m_reference; // title of what the differences are taken to
    std::vector<Row> m_rows;
};

}
