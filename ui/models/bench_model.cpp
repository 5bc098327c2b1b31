#include "ui/models/bench_model.h"

#include "ui/qt_text.h"

#include <QFont>

#include <cmath>

namespace vlmptq::ui {
namespace {

// Name, first result, then a result and its difference for each further one.
bool isDifference(int column) { return column > 2 && column % 2 == 1; }

QString scoreText(const MeanInterval& score) {
    //: a score with its 95 % interval
    return BenchModel::tr("%1 (%2–%3)")
        .arg(fixedText(score.mean, 1), fixedText(score.low, 1), fixedText(score.high, 1));
}

QString differenceText(double points) {
    return (points < 0 ? QStringLiteral("−") : QStringLiteral("+")) + fixedText(std::abs(points), 1);
}

// What a score alone does not say: how many were asked, and what went wrong.
QString countsText(const BenchmarkScore& score) {
    QStringList lines{BenchModel::tr("n = %1 of %2").arg(countText(score.items), countText(score.expected))};
    const std::pair<int, QString> counts[] = {{score.empty, BenchModel::tr("empty")},
                                              {score.unparsed, BenchModel::tr("not parsed")},
                                              {score.truncated, BenchModel::tr("cut off")},
                                              {score.errors, BenchModel::tr("errors")}};
    for (const auto& [count, name] : counts)
        if (count > 0)
            //: what, how many
            lines << BenchModel::tr("%1: %2").arg(name, countText(count));
    lines << BenchModel::tr("answer loss %1 nats per token").arg(significantText(score.answerLoss, 3));
    return lines.join(QLatin1Char('\n'));
}

}

void BenchModel::setResults(std::span<const BenchResults> results) {
    beginResetModel();
    m_columns = {tr("Benchmark")};
    m_rows.clear();
    m_reference = results.empty() || results.front().scores.empty() ? QString() : results.front().title;
    for (std::size_t i = 0; i < results.size(); ++i) {
        m_columns << results[i].title;
        if (i > 0)
            //: difference
            m_columns << tr("Δ");
    }
    for (const BenchmarkName& name : benchmarksOf(results))
        m_rows.push_back(makeRow(results, name));
    if (!m_rows.empty())
        m_rows.push_back(makeAverage(results));
    endResetModel();
}

BenchModel::Row BenchModel::makeRow(std::span<const BenchResults> results, const BenchmarkName& name) const {
    Row row{.name = name.title, .cells = {}};
    const BenchmarkScore* reference = results.front().score(name.benchmark);
    for (std::size_t i = 0; i < results.size(); ++i) {
        const BenchmarkScore* score = results[i].score(name.benchmark);
        Cell cell{.text = QStringLiteral("–"), .toolTip = {}, .value = {}};
        if (score)
            cell = {scoreText({score->score, score->low, score->high}), countsText(*score), score->score};
        row.cells.push_back(cell);
        if (i == 0)
            continue;
        Cell difference{.text = QStringLiteral("–"), .toolTip = {}, .value = {}};
        if (score && reference)
            difference =
                differenceCell(score->score - reference->score, results[i].pairedWith(name.benchmark));
        row.cells.push_back(difference);
    }
    return row;
}

BenchModel::Cell BenchModel::differenceCell(double points, const PairedScore* paired) {
    Cell cell{.text = differenceText(points), .toolTip = {}, .value = points};
    if (!paired)
        return cell;
    if (!paired->refusal.isEmpty()) {
        //: why, as in "the pictures differ"
        cell.toolTip = tr("Not compared question by question: %1").arg(paired->refusal);
        return cell;
    }
    cell.isSignificant = paired->isSignificant();
    //: interval of a difference, number of questions
    cell.toolTip = tr("%1 to %2 points over the same %n questions (95 %)", nullptr, paired->questions)
                       .arg(differenceText(paired->points.low), differenceText(paired->points.high));
    if (cell.isSignificant)
        cell.toolTip += QLatin1Char('\n') + tr("Bold: the interval leaves out zero");
    return cell;
}

BenchModel::Row BenchModel::makeAverage(std::span<const BenchResults> results) const {
    const std::vector<std::string> common = commonBenchmarks(results);
    Row row{.name = tr("Average"), .cells = {}, .isTotal = true};
    const auto average = [&common](const BenchResults& one) {
        return common.empty() ? std::nullopt : averageScore(one, common);
    };
    const auto reference = average(results.front());
    for (std::size_t i = 0; i < results.size(); ++i) {
        const auto value = average(results[i]);
        row.cells.push_back(value ? Cell{scoreText(*value),
                                         tr("over %n benchmarks", nullptr, int(common.size())), value->mean}
                                  : Cell{QStringLiteral("–"), {}, {}});
        if (i > 0)
            row.cells.push_back(value && reference
                                    ? differenceCell(value->mean - reference->mean, nullptr)
                                    : Cell{.text = QStringLiteral("–"), .toolTip = {}, .value = {}});
    }
    return row;
}

int BenchModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(m_rows.size());
}
int BenchModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(m_columns.size());
}

QVariant BenchModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const Row& row = m_rows[std::size_t(index.row())];
    const bool isName = index.column() == 0;
    if (role == Qt::TextAlignmentRole)
        return int((isName ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    const bool isSignificant = !isName && row.cells[std::size_t(index.column() - 1)].isSignificant;
    if (role == Qt::FontRole && (row.isTotal || isSignificant)) {
        QFont font;
        font.setWeight(QFont::DemiBold);
        return font;
    }
    if (isName)
        return role == Qt::DisplayRole ? row.name : QVariant();
    const Cell& cell = row.cells[std::size_t(index.column() - 1)];
    switch (role) {
    case Qt::DisplayRole:
        return cell.text;
    case Qt::ToolTipRole:
        return cell.toolTip;
    case kValueRole:
        return cell.value ? QVariant(*cell.value) : QVariant();
    default:
        return {};
    }
}

QVariant BenchModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int((section == 0 ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole && isDifference(section) && !m_reference.isEmpty())
        return tr("Difference to %1 in points").arg(m_reference);
    return role == Qt::DisplayRole ? m_columns.value(section) : QVariant();
}

QString BenchModel::copyText() const {
    QStringList lines{m_columns.join(QLatin1Char('\t'))};
    for (const Row& row : m_rows) {
        QStringList cells{row.name};
        for (const Cell& cell : row.cells)
            cells << cell.text;
        lines << cells.join(QLatin1Char('\t'));
    }
    return lines.join(QLatin1Char('\n'));
}

}
