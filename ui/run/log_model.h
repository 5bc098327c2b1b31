// log_model.h - the log of one run as it grows, and its filter by severity and words. UI thread.
#pragma once
#include "engine/store/run_store.h"

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>

#include <vector>

namespace vlmptq::ui {

class LogModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { TimeColumn, SeverityColumn, TextColumn, ColumnCount };
    enum Role { SeverityRole = Qt::UserRole };
    using QAbstractTableModel::QAbstractTableModel;

    void clear();
    void append(const std::vector<store::LogEntry>&);
    std::int64_t lastId() const { return m_entries.empty() ? 0 : m_entries.back().id; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex&, int role) const override;
    QVariant headerData(int section, Qt::Orientation, int role) const override;

private:
    std::vector<store::LogEntry> m_entries;
};

class LogFilter : public QSortFilterProxyModel {
    Q_OBJECT
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;
    void setWarningsOnly(bool);
    void setWords(const QString&);

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    bool m_warningsOnly = false;
    QString m_words;
};

}
