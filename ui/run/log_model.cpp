#include "ui/run/log_model.h"

#include "ui/qt_text.h"
#include "ui/widgets/severity.h"

#include <QDateTime>
#include <QLocale>

namespace vlmptq::ui {
namespace {

Severity severityOf(const store::LogEntry& entry) {
    if (entry.severity == "error")
        return Severity::Error;
    return entry.severity == "warning" ? Severity::Warning : Severity::Note;
}

QString clockText(const std::string& at) {
    return QDateTime::fromString(text(at), Qt::ISODate).toLocalTime().toString(QStringLiteral("HH:mm:ss"));
}

QString lineText(const store::LogEntry& entry) {
    return entry.where.empty() ? text(entry.text)
                               : text(entry.where) + QStringLiteral(": ") + text(entry.text);
}

}

void LogModel::clear() {
    beginResetModel();
    m_entries.clear();
    endResetModel();
}

void LogModel::append(const std::vector<store::LogEntry>& entries) {
    if (entries.empty())
        return;
    const int first = int(m_entries.size());
    beginInsertRows({}, first, first + int(entries.size()) - 1);
    m_entries.insert(m_entries.end(), entries.begin(), entries.end());
    endInsertRows();
}

int LogModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(m_entries.size());
}
int LogModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant LogModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const store::LogEntry& entry = m_entries[std::size_t(index.row())];
    if (role == SeverityRole)
        return int(severityOf(entry));
    if (role == Qt::DecorationRole && index.column() == SeverityColumn)
        return severityIcon(severityOf(entry));
    if (role == Qt::ToolTipRole && index.column() == TextColumn)
        return lineText(entry);
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case TimeColumn:
        return clockText(entry.at);
    case SeverityColumn:
        return severityWord(severityOf(entry));
    default:
        return lineText(entry);
    }
}

QVariant LogModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case TimeColumn:
        return tr("Time");
    case SeverityColumn:
        return tr("Kind");
    default:
        return tr("Message");
    }
}

void LogFilter::setWarningsOnly(bool on) {
    m_warningsOnly = on;
    invalidateRowsFilter();
}

void LogFilter::setWords(const QString& words) {
    m_words = words;
    invalidateRowsFilter();
}

bool LogFilter::filterAcceptsRow(int row, const QModelIndex& parent) const {
    const QModelIndex line = sourceModel()->index(row, LogModel::TextColumn, parent);
    if (m_warningsOnly && line.data(LogModel::SeverityRole).toInt() == int(Severity::Note))
        return false;
    return m_words.isEmpty() || line.data().toString().contains(m_words, Qt::CaseInsensitive);
}

}
