// layer_model.h - the modules of the active run as a table (interface.md 7.1), with the difference to a
// baseline run. Errors are the held-out ones, of calibration where nothing was held out. UI thread.
#pragma once
#include "ui/plots/run_results.h"

#include <QAbstractTableModel>

namespace vlmptq::ui {

class LayerModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column {
        Index,
        Name,
        Kind,
        Shape,
        Error,
        Difference,
        Awareness,
        Bits,
        Damping,
        Seconds,
        State,
        Columns
    };
    static constexpr int kSortRole = Qt::UserRole; // the value behind the text

    using QAbstractTableModel::QAbstractTableModel;
    void setRun(const RunResults&,
                const RunResults* baseline); // rows are kept where they stay the same modules
    void clear();
    const ModuleResult& module(int row) const { return m_modules[std::size_t(row)]; }
    int rowOf(int moduleIndex) const; // -1: not there

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex&, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation, int role = Qt::DisplayRole) const override;
    std::string csv(const std::vector<int>& rows) const; // C locale, full precision

private:
    QVariant valueOf(int row, Column) const; // number or text; invalid: none
    QString textOf(int row, Column) const;
    std::optional<double> differenceOf(int row) const;

    std::vector<ModuleResult> m_modules;
    std::vector<std::optional<double>> m_baseline; // error by row
    QString m_baselineTitle;
};

std::optional<double> shownError(const ModuleResult&);

}
