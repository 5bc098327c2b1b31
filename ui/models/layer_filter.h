// layer_filter.h - the rows of the Layers table that the filter line and "worst 10" let through, sorted by
// value.
#pragma once
#include "ui/models/layer_query.h"

#include <QSortFilterProxyModel>

namespace vlmptq::ui {

class LayerModel;

class LayerFilter : public QSortFilterProxyModel {
    Q_OBJECT
public:
    static constexpr int kWorst = 10;
    explicit LayerFilter(LayerModel*, QObject* parent = nullptr);
    void setQuery(const QString& line);
    void setWorstOnly(bool); // the ten modules with the largest error among those that match

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
    bool lessThan(const QModelIndex&, const QModelIndex&) const override;

private:
    void findWorst();
    LayerModel* m_model;
    LayerQuery m_query;
    bool m_isWorstOnly = false;
    double m_worstFrom = 0; // error of the tenth
};

}
