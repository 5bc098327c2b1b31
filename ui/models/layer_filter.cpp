#include "ui/models/layer_filter.h"

#include "ui/models/layer_model.h"

#include <algorithm>

namespace vlmptq::ui {

LayerFilter::LayerFilter(LayerModel* model, QObject* parent) : QSortFilterProxyModel(parent), m_model(model) {
    setSortRole(LayerModel::kSortRole);
    setSourceModel(model);
    const auto refresh = [this] {
        if (m_isWorstOnly) {
            findWorst();
            invalidateFilter();
        }
    };
    connect(model, &QAbstractItemModel::rowsInserted, this, refresh);
    connect(model, &QAbstractItemModel::dataChanged, this, refresh);
    connect(model, &QAbstractItemModel::modelReset, this, refresh);
}

void LayerFilter::setQuery(const QString& line) {
    m_query = LayerQuery(line);
    findWorst();
    invalidateFilter();
}

void LayerFilter::setWorstOnly(bool on) {
    m_isWorstOnly = on;
    findWorst();
    invalidateFilter();
}

void LayerFilter::findWorst() {
    std::vector<double> errors;
    for (int row = 0; row < m_model->rowCount(); ++row)
        if (const auto error = shownError(m_model->module(row));
            error && m_query.matches(m_model->module(row)))
            errors.push_back(*error);
    const auto count = std::min<std::size_t>(kWorst, errors.size());
    std::ranges::partial_sort(errors, errors.begin() + std::ptrdiff_t(count), std::greater());
    m_worstFrom = count ? errors[count - 1] : 0;
}

bool LayerFilter::filterAcceptsRow(int row, const QModelIndex&) const {
    const ModuleResult& module = m_model->module(row);
    if (!m_query.matches(module))
        return false;
    return !m_isWorstOnly || shownError(module).value_or(-1) >= m_worstFrom;
}

bool LayerFilter::lessThan(const QModelIndex& left, const QModelIndex& right) const {
    const QVariant a = left.data(LayerModel::kSortRole), b = right.data(LayerModel::kSortRole);
    if (!a.isValid() || !b.isValid())
        return !a.isValid() && b.isValid(); // what is missing comes first, in every column alike
    return QSortFilterProxyModel::lessThan(left, right);
}

}
