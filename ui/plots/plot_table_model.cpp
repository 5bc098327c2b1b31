#include "ui/plots/plot_table_model.h"

#include "ui/qt_text.h"

#include <QLocale>

#include <cmath>

namespace vlmptq::ui {
namespace {

QString numberText(double number) {
    const bool isCount = number == std::floor(number) && std::abs(number) < 1e6;
    return isCount ? QLocale().toString(qlonglong(number)) : significantText(number, 4);
}

}

void PlotTableModel::setTable(PlotTable table) {
    beginResetModel();
    m_table = std::move(table);
    endResetModel();
}

int PlotTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(m_table.rows.size());
}

int PlotTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(m_table.columns.size());
}

QVariant PlotTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const PlotCell& cell = m_table.rows[std::size_t(index.row())][std::size_t(index.column())];
    const auto* number = std::get_if<double>(&cell);
    const auto* name = std::get_if<QString>(&cell);
    switch (role) {
    case Qt::DisplayRole:
        if (number)
            return numberText(*number);
        return name ? *name : QString();
    case Qt::ToolTipRole:
        return name ? *name : QVariant();
    case kSortRole:
        if (number)
            return *number;
        return name ? QVariant(*name) : QVariant();
    case Qt::TextAlignmentRole:
        return int((name ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    default:
        return {};
    }
}

QVariant PlotTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole) {
        const bool isName = !m_table.rows.empty() && section < int(m_table.rows.front().size()) &&
                            std::holds_alternative<QString>(m_table.rows.front()[std::size_t(section)]);
        return int((isName ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole || section >= int(m_table.columns.size()))
        return {};
    if (orientation == Qt::Vertical)
        return section + 1;
    return m_table.columns[section];
}

}
