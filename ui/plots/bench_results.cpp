#include "ui/plots/bench_results.h"

#include "ui/plots/run_results.h"
#include "ui/qt_text.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <set>

namespace vlmptq::ui {
namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(BenchResults)
};

// Weighted mean of independent values; the half-widths of their intervals add up in squares.
class WeightedMean {
public:
    void add(double weight, double value, double low, double high) {
        m_weight += weight;
        m_sum += weight * value;
        m_below += std::pow(weight * (value - low), 2);
        m_above += std::pow(weight * (high - value), 2);
    }
    std::optional<MeanInterval> get() const {
        if (m_weight <= 0)
            return std::nullopt;
        const double mean = m_sum / m_weight;
        return MeanInterval{mean, mean - std::sqrt(m_below) / m_weight, mean + std::sqrt(m_above) / m_weight};
    }

private:
    double m_weight = 0, m_sum = 0, m_below = 0, m_above = 0;
};

template <class Add>
std::optional<MeanInterval> meanOver(const BenchResults& results, std::span<const std::string> benchmarks,
                                     Add add) {
    WeightedMean mean;
    for (const std::string& benchmark : benchmarks) {
        const BenchmarkScore* score = results.score(benchmark);
        if (!score)
            return std::nullopt;
        add(mean, *score);
    }
    return mean.get();
}

// Of two answers to the question of the same id; empty: nothing.
QString whatDiffers(const EvalItem& a, const EvalItem& b) {
    if (a.promptSha256 != b.promptSha256)
        return Tr::tr("the questions differ");
    if (a.imageSha256 != b.imageSha256)
        return Tr::tr("the pictures differ");
    return a.ruleset != b.ruleset ? Tr::tr("the scoring rules differ") : QString();
}

}

const BenchmarkScore* BenchResults::score(const std::string& benchmark) const {
    const auto found =
        std::ranges::find(scores, benchmark, [](const auto& one) { return one.score.benchmark; });
    return found == scores.end() ? nullptr : &found->score;
}

const PairedScore* BenchResults::pairedWith(const std::string& benchmark) const {
    const auto found = paired.find(benchmark);
    return found == paired.end() ? nullptr : &found->second;
}

std::map<std::string, PairedScore> pairScores(std::span<const EvalItem> items,
                                              std::span<const EvalItem> reference) {
    constexpr int kResamples = 2'000;                     // read anew with every change of the database
    using Question = std::pair<std::string, std::string>; // benchmark, id
    std::map<Question, const EvalItem*> expected;
    for (const EvalItem& item : reference)
        if (item.score)
            expected[{item.benchmark, item.id}] = &item;
    std::map<std::string, PairedScore> paired;
    std::map<std::string, std::pair<std::vector<double>, std::vector<double>>> sides;
    for (const EvalItem& item : items)
        if (const auto found = expected.find({item.benchmark, item.id});
            item.score && found != expected.end()) {
            if (const QString what = whatDiffers(item, *found->second); !what.isEmpty())
                paired[item.benchmark].refusal = what;
            sides[item.benchmark].first.push_back(*item.score * 100);
            sides[item.benchmark].second.push_back(*found->second->score * 100);
        }
    for (const auto& [benchmark, scores] : sides)
        if (PairedScore& pair = paired[benchmark]; pair.refusal.isEmpty())
            pair = {stats::pairedBootstrap(scores.second, scores.first, kResamples),
                    int(scores.first.size())};
    return paired;
}

std::vector<BenchmarkName> benchmarksOf(std::span<const BenchResults> results) {
    std::vector<BenchmarkName> names;
    for (const BenchResults& one : results)
        for (const store::ScoreRecord& record : one.scores)
            if (!std::ranges::count(names, record.score.benchmark, &BenchmarkName::benchmark))
                names.push_back(
                    {record.score.benchmark,
                     text(record.score.title.empty() ? record.score.benchmark : record.score.title)});
    return names;
}

std::vector<std::string> commonBenchmarks(std::span<const BenchResults> results) {
    std::vector<std::string> common;
    for (const BenchmarkName& name : benchmarksOf(results))
        if (std::ranges::all_of(results, [&name](const BenchResults& one) {
                return one.scores.empty() || one.score(name.benchmark);
            }))
            common.push_back(name.benchmark);
    return common;
}

std::optional<MeanInterval> averageScore(const BenchResults& results,
                                         std::span<const std::string> benchmarks) {
    return meanOver(results, benchmarks, [](WeightedMean& mean, const BenchmarkScore& score) {
        mean.add(1, score.score, score.low, score.high);
    });
}

std::optional<MeanInterval> totalAnswerLoss(const BenchResults& results,
                                            std::span<const std::string> benchmarks) {
    return meanOver(results, benchmarks, [](WeightedMean& mean, const BenchmarkScore& score) {
        mean.add(double(score.answerTokens), score.answerLoss, score.answerLossLow, score.answerLossHigh);
    });
}

QString samplingNote(std::span<const BenchResults> results) {
    QStringList parts;
    std::set<QString> sizes;
    const std::vector<BenchmarkName> names = benchmarksOf(results);
    for (const BenchmarkName& name : names) {
        const BenchmarkScore* smallest = nullptr;
        for (const BenchResults& one : results)
            if (const BenchmarkScore* score = one.score(name.benchmark);
                score && score->items < score->expected && (!smallest || score->items < smallest->items))
                smallest = score;
        if (!smallest)
            continue;
        //: questions asked, questions in the file
        const QString size =
            Tr::tr("n = %1 of %2").arg(countText(smallest->items), countText(smallest->expected));
        sizes.insert(size);
        parts << name.title + QLatin1Char(' ') + size;
    }
    if (parts.isEmpty())
        return {};
    if (sizes.size() == 1 && parts.size() == qsizetype(names.size()))
        return Tr::tr("Sampled: %1 in each benchmark").arg(*sizes.begin());
    return Tr::tr("Sampled: %1").arg(parts.join(QStringLiteral(", ")));
}

StyleOf styleOf(const BenchResults& one) {
    if (one.isFullPrecision())
        return [](const ThemeColors& colors) {
            return SeriesStyle{colors.fullPrecision, Symbol::Square, {}};
        };
    return [color = one.run.color, method = one.run.method,
            variant = one.variant](const ThemeColors& colors) { return colors.run(color, method, variant); };
}

QStringList metadataOf(std::span<const BenchResults> results) {
    QStringList lines;
    for (const BenchResults& one : results)
        lines << (one.isFullPrecision() ? QStringLiteral("full precision: %1").arg(text(one.run.model))
                                        : metadataLine(one.run));
    lines << programLine();
    return lines;
}

}
