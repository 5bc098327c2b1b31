// run_model.h - the runs of the database as a list, and its filter by a search line. Rows keep their identity
// over reloads, so selection and editing survive. UI thread; the records come from StoreReader.
#pragma once
#include "engine/store/run_store.h"
#include "ui/library/run_query.h"

#include <QAbstractListModel>
#include <QSortFilterProxyModel>

namespace vlmptq::ui {

class Selection;

class RunModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role { RunIdRole = Qt::UserRole, StateRole, SubtitleRole, MethodRole, ColorRole, ActiveRole };

    explicit RunModel(Selection*, QObject* parent = nullptr);
    void setRuns(std::vector<store::RunRecord>);
    const std::vector<store::RunRecord>& runs() const { return m_runs; }
    const store::RunRecord* run(store::RunId) const;
    const store::RunRecord* run(const QModelIndex&) const;
    QModelIndex indexOf(store::RunId) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex&, int role) const override;
    bool setData(const QModelIndex&, const QVariant&, int role) override; // name; tick
    Qt::ItemFlags flags(const QModelIndex&) const override;

Q_SIGNALS:
    void renameRequested(vlmptq::store::RunId run, const QString& name);
    void comparedTooMany();

private:
    void refreshMarks();
    Selection* m_selection;
    std::vector<store::RunRecord> m_runs;
};

class RunFilter : public QSortFilterProxyModel {
    Q_OBJECT
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;
    void setQuery(const QString& line);

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    RunQuery m_query;
};

QString runSubtitle(const store::RunRecord&); // "VLM-PTQ · W3A16 · finished · 71.3"

}
