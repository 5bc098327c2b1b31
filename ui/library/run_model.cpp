#include "ui/library/run_model.h"

#include "ui/qt_text.h"
#include "ui/selection.h"
#include "ui/theme/icons.h"

#include <QStringList>

#include <algorithm>

namespace vlmptq::ui {

RunModel::RunModel(Selection* selection, QObject* parent)
    : QAbstractListModel(parent), m_selection(selection) {
    connect(selection, &Selection::comparedRunsChanged, this, &RunModel::refreshMarks);
    connect(selection, &Selection::activeRunChanged, this, &RunModel::refreshMarks);
}

void RunModel::setRuns(std::vector<store::RunRecord> runs) {
    const bool sameRows = std::ranges::equal(runs, m_runs, {}, &store::RunRecord::id, &store::RunRecord::id);
    if (sameRows) {
        m_runs = std::move(runs);
        if (!m_runs.empty())
            Q_EMIT dataChanged(index(0), index(int(m_runs.size()) - 1));
        return;
    }
    for (int row = int(m_runs.size()) - 1; row >= 0; --row) {
        if (std::ranges::count(runs, m_runs[std::size_t(row)].id, &store::RunRecord::id))
            continue;
        beginRemoveRows({}, row, row);
        m_runs.erase(m_runs.begin() + row);
        endRemoveRows();
    }
    const auto known = std::ssize(m_runs);
    const bool newOnTop = std::ssize(runs) >= known &&
                          std::ranges::equal(std::ranges::subrange(runs.end() - known, runs.end()), m_runs,
                                             {}, &store::RunRecord::id, &store::RunRecord::id);
    if (newOnTop) {
        const int added = int(std::ssize(runs) - known);
        if (added > 0) {
            beginInsertRows({}, 0, added - 1);
            m_runs = std::move(runs);
            endInsertRows();
        } else {
            m_runs = std::move(runs);
        }
        if (known > 0)
            Q_EMIT dataChanged(index(added), index(int(m_runs.size()) - 1));
        return;
    }
    beginResetModel();
    m_runs = std::move(runs);
    endResetModel();
}

const store::RunRecord* RunModel::run(store::RunId id) const {
    const auto found = std::ranges::find(m_runs, id, &store::RunRecord::id);
    return found == m_runs.end() ? nullptr : &*found;
}

const store::RunRecord* RunModel::run(const QModelIndex& index) const {
    return index.isValid() ? &m_runs[std::size_t(index.row())] : nullptr;
}

QModelIndex RunModel::indexOf(store::RunId id) const {
    const auto found = std::ranges::find(m_runs, id, &store::RunRecord::id);
    return found == m_runs.end() ? QModelIndex() : index(int(found - m_runs.begin()));
}

int RunModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : int(m_runs.size()); }

QVariant RunModel::data(const QModelIndex& index, int role) const {
    const store::RunRecord* run = this->run(index);
    if (!run)
        return {};
    switch (role) {
    case Qt::DisplayRole:
        return runTitle(*run);
    case Qt::EditRole:
        return text(run->name);
    case Qt::DecorationRole:
        return runStateIcon(run->state);
    case Qt::CheckStateRole:
        return m_selection->isCompared(run->id) ? Qt::Checked : Qt::Unchecked;
    case Qt::ToolTipRole:
        return QStringList{runTitle(*run), runSubtitle(*run), text(run->model), text(run->error)}
            .filter(QRegularExpression(QStringLiteral(".")))
            .join(QLatin1Char('\n'));
    case Qt::AccessibleTextRole:
        return QString(runTitle(*run) + QStringLiteral(", ") + runSubtitle(*run));
    case RunIdRole:
        return qlonglong(run->id);
    case StateRole:
        return int(run->state);
    case SubtitleRole:
        return runSubtitle(*run);
    case MethodRole:
        return text(run->method);
    case ColorRole:
        return text(run->color);
    case ActiveRole:
        return m_selection->activeRun() == run->id;
    default:
        return {};
    }
}

bool RunModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    const store::RunRecord* run = this->run(index);
    if (!run)
        return false;
    if (role == Qt::CheckStateRole) {
        const bool done = m_selection->setCompared(run->id, value.toInt() == Qt::Checked);
        if (!done)
            Q_EMIT comparedTooMany();
        return done;
    }
    const QString name = value.toString().trimmed();
    if (role != Qt::EditRole || name.isEmpty() || name == text(run->name))
        return false;
    m_runs[std::size_t(index.row())].name = utf8(name); // shown at once; the database follows
    Q_EMIT dataChanged(index, index);
    Q_EMIT renameRequested(run->id, name);
    return true;
}

Qt::ItemFlags RunModel::flags(const QModelIndex& index) const {
    if (!index.isValid())
        return QAbstractListModel::flags(index);
    return QAbstractListModel::flags(index) | Qt::ItemIsEditable | Qt::ItemIsUserCheckable |
           Qt::ItemNeverHasChildren;
}

void RunModel::refreshMarks() {
    if (!m_runs.empty())
        Q_EMIT dataChanged(index(0), index(int(m_runs.size()) - 1), {Qt::CheckStateRole, ActiveRole});
}

void RunFilter::setQuery(const QString& line) {
    m_query = RunQuery(line);
    invalidateRowsFilter();
}

bool RunFilter::filterAcceptsRow(int row, const QModelIndex& parent) const {
    const auto* runs = qobject_cast<const RunModel*>(sourceModel());
    const store::RunRecord* run = runs ? runs->run(runs->index(row, 0, parent)) : nullptr;
    return run && m_query.matches(*run);
}

QString runSubtitle(const store::RunRecord& run) {
    QStringList parts{methodTitle(run.method), text(run.scheme), stateText(run.state)};
    if (run.state == store::RunState::Running && run.layers > 0)
        parts.last() += QStringLiteral(" %1/%2").arg(run.layersDone).arg(run.layers);
    if (run.averageScore)
        parts << fixedText(*run.averageScore, 1);
    return parts.join(QStringLiteral(" \u00b7 "));
}

}
