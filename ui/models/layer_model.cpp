#include "ui/models/layer_model.h"

#include "engine/core/table.h"
#include "ui/models/layer_query.h"
#include "ui/qt_text.h"

#include <algorithm>
#include <cmath>

namespace vlmptq::ui {
namespace {

double secondsOf(const ModuleResult& module) {
    return module.captureSeconds + module.muSearchSeconds + module.solveSeconds + module.packSeconds;
}

QVariant maybe(const std::optional<double>& value) { return value ? QVariant(*value) : QVariant(); }

bool isNumber(LayerModel::Column column) {
    return column != LayerModel::Name && column != LayerModel::Kind && column != LayerModel::State;
}

}

std::optional<double> shownError(const ModuleResult& module) {
    return module.heldoutError.all ? module.heldoutError.all : module.calibrationError.all;
}

void LayerModel::setRun(const RunResults& run, const RunResults* baseline) {
    std::map<int, const ModuleResult*> others;
    if (baseline)
        for (const ModuleResult* module : modulesOf(*baseline))
            others[module->index] = module;
    std::vector<ModuleResult> modules;
    std::vector<std::optional<double>> errors;
    for (const ModuleResult* module : modulesOf(run)) {
        modules.push_back(*module);
        const auto other = others.find(module->index);
        errors.push_back(other == others.end() ? std::nullopt : shownError(*other->second));
    }
    const auto names = [](const ModuleResult& module) { return module.name; };
    const std::size_t same = std::min(modules.size(), m_modules.size());
    const bool isContinued =
        m_modules.size() <= modules.size() &&
        std::equal(m_modules.begin(), m_modules.begin() + std::ptrdiff_t(same), modules.begin(),
                   [&](const auto& a, const auto& b) { return names(a) == names(b); });
    m_baselineTitle = baseline ? baseline->title : QString();
    if (!isContinued) {
        beginResetModel();
        m_modules = std::move(modules);
        m_baseline = std::move(errors);
        endResetModel();
        return;
    }
    const int before = rowCount(), after = int(modules.size());
    if (after > before)
        beginInsertRows({}, before, after - 1);
    m_modules = std::move(modules);
    m_baseline = std::move(errors);
    if (after > before)
        endInsertRows();
    if (before > 0)
        Q_EMIT dataChanged(index(0, 0), index(before - 1, Columns - 1));
    Q_EMIT headerDataChanged(Qt::Horizontal, Difference, Difference);
}

void LayerModel::clear() {
    beginResetModel();
    m_modules.clear();
    m_baseline.clear();
    endResetModel();
}

int LayerModel::rowOf(int moduleIndex) const {
    const auto found = std::ranges::find(m_modules, moduleIndex, &ModuleResult::index);
    return found == m_modules.end() ? -1 : int(found - m_modules.begin());
}

int LayerModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(m_modules.size());
}
int LayerModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : Columns; }

std::optional<double> LayerModel::differenceOf(int row) const {
    const auto own = shownError(module(row));
    const auto& other = m_baseline[std::size_t(row)];
    return own && other && *other > 0 ? std::optional(*own / *other - 1) : std::nullopt;
}

QVariant LayerModel::valueOf(int row, Column column) const {
    const ModuleResult& one = module(row);
    switch (column) {
    case Index:
        return one.index;
    case Name:
        return text(one.name);
    case Kind:
        return text(one.kind);
    case Shape:
        return double(one.rows) * double(one.columns);
    case Error:
        return maybe(shownError(one));
    case Difference:
        return maybe(differenceOf(row));
    case Awareness:
        return maybe(one.awareness);
    case Bits:
        return one.bits;
    case Damping:
        return one.dampUsed;
    case Seconds:
        return secondsOf(one);
    case State:
        return moduleStateText(one);
    case Columns:
        break;
    }
    return {};
}

QString LayerModel::textOf(int row, Column column) const {
    const QVariant value = valueOf(row, column);
    switch (column) {
    case Name:
        return shortModuleName(module(row).name);
    case Shape:
        //: output × input channels
        return tr("%1 × %2").arg(module(row).rows).arg(module(row).columns);
    case Error:
        return value.isValid() ? significantText(value.toDouble(), 3) : QStringLiteral("–");
    case Difference: {
        if (!value.isValid())
            return QStringLiteral("–");
        const double share = value.toDouble();
        return (share < 0 ? QStringLiteral("−") : QStringLiteral("+")) + percentText(std::abs(share), 1);
    }
    case Awareness:
        return value.isValid() ? fixedText(value.toDouble(), 2) : QStringLiteral("–");
    case Damping:
        return value.toDouble() > 0 ? significantText(value.toDouble()) : QStringLiteral("–");
    case Seconds:
        return fixedText(value.toDouble(), 2);
    default:
        return value.toString();
    }
}

QVariant LayerModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const auto column = Column(index.column());
    switch (role) {
    case Qt::DisplayRole:
        return textOf(index.row(), column);
    case Qt::ToolTipRole:
        return column == Name ? text(module(index.row()).name) : QVariant();
    case kSortRole:
        return valueOf(index.row(), column);
    case Qt::TextAlignmentRole:
        return int((isNumber(column) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    default:
        return {};
    }
}

QVariant LayerModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::ToolTipRole && section == Difference)
        return m_baselineTitle.isEmpty() ? tr("Tick a second run in the list to compare with")
                                         : tr("Difference of the error to %1").arg(m_baselineTitle);
    if (role == Qt::TextAlignmentRole)
        return int((isNumber(Column(section)) && section != Index ? Qt::AlignRight : Qt::AlignLeft) |
                   Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (Column(section)) {
    case Index:
        return tr("#");
    case Name:
        return tr("Name");
    case Kind:
        return tr("Kind");
    case Shape:
        return tr("Shape");
    case Error:
        return tr("Error");
    case Difference:
        //: difference to the baseline run
        return m_baselineTitle.isEmpty() ? tr("Δ") : tr("Δ to %1").arg(m_baselineTitle);
    case Awareness:
        return tr("μ*");
    case Bits:
        return tr("Bits");
    case Damping:
        return tr("Damping");
    case Seconds:
        return tr("Seconds");
    case State:
        return tr("State");
    case Columns:
        break;
    }
    return {};
}

std::string LayerModel::csv(const std::vector<int>& rows) const {
    std::vector<vlmptq::Column> columns;
    for (int column = 0; column < Columns; ++column)
        columns.push_back({utf8(headerData(column, Qt::Horizontal).toString())});
    Table table(std::move(columns));
    for (const int row : rows) {
        std::vector<std::string> cells;
        for (int column = 0; column < Columns; ++column) {
            const QVariant value =
                column == Shape ? QVariant(textOf(row, Shape)) : valueOf(row, Column(column));
            const bool isReal = value.typeId() == QMetaType::Double;
            cells.push_back(utf8(isReal
                                     ? QString::number(value.toDouble(), 'g', QLocale::FloatingPointShortest)
                                     : value.toString()));
        }
        table.add(std::move(cells));
    }
    return table.csv();
}

}
