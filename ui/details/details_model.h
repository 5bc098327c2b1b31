// details_model.h - facts of a run or a module as name and value, in groups; the table behind the Details
// dock.
#pragma once
#include "engine/core/records.h"
#include "engine/store/run_store.h"

#include <QAbstractTableModel>

#include <vector>

namespace vlmptq::ui {

struct Fact {
    QString name, value;
    bool isHeading = false; // a group title; no value
};

std::vector<Fact> runFacts(const store::RunRecord&);
std::vector<Fact> moduleFacts(const ModuleResult&);

class DetailsModel : public QAbstractTableModel {
    Q_OBJECT
public:
    using QAbstractTableModel::QAbstractTableModel;
    void setFacts(std::vector<Fact>);
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex&, int role) const override;
    QVariant headerData(int section, Qt::Orientation, int role) const override;

private:
    std::vector<Fact> m_facts;
};

}
