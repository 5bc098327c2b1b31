#include "ui/plots/bench_plot.h"

#include "ui/plots/run_results.h"
#include "ui/qt_text.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace vlmptq::ui {
namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(BenchPlot)
};

using ValueOf = std::function<std::optional<MeanInterval>(const BenchmarkScore&)>;
using TotalOf = std::optional<MeanInterval> (*)(const BenchResults&, std::span<const std::string>);

void addPoint(PlotSeries& series, double x, const std::optional<MeanInterval>& value) {
    series.x.push_back(x);
    series.y.push_back(value ? value->mean : NAN);
    series.low.push_back(value ? value->low : NAN);
    series.high.push_back(value ? value->high : NAN);
}

// What all names begin with ("Demo"), which a tick need not repeat; empty where too little would remain.
QString commonBeginning(const std::vector<BenchmarkName>& names) {
    constexpr qsizetype kShortest = 2;
    if (names.size() < 2)
        return {};
    QString beginning = names.front().title;
    for (const BenchmarkName& name : names) {
        while (!name.title.startsWith(beginning))
            beginning.chop(1);
        beginning = beginning.left(std::max(qsizetype(0), name.title.size() - kShortest));
    }
    return beginning;
}

// A group of bars per benchmark, and one for the total after a gap.
void addBars(PlotData& plot, std::span<const BenchResults> results, const ValueOf& valueOf, TotalOf totalOf,
             const QString& totalName) {
    const std::vector<BenchmarkName> names = benchmarksOf(results);
    const std::vector<std::string> common = commonBenchmarks(results);
    plot.x = {.label = {}, .keepsAllTicks = true}; // the names say it
    plot.rowTitle = Tr::tr("Benchmark");
    plot.rowsAreNumbered = false;
    plot.emptySentence = Tr::tr("Not evaluated");
    plot.metadata = metadataOf(results);
    const double totalX = double(names.size()) + 0.3;
    const auto addRow = [&plot](double x, const QString& name, const QString& tick) {
        plot.rowX.push_back(x);
        plot.rowNames.push_back(name);
        plot.x.ticks.push_back({x, tick});
    };
    const qsizetype repeated = commonBeginning(names).size();
    for (std::size_t i = 0; i < names.size(); ++i)
        addRow(double(i), names[i].title, names[i].title.mid(repeated));
    const QString total =
        common.size() < names.size() ? Tr::tr("%1 of %2").arg(totalName).arg(common.size()) : totalName;
    if (!common.empty())
        addRow(totalX, total, total);
    for (const BenchResults& one : results) {
        if (one.scores.empty())
            continue;
        PlotSeries bars{.name = one.title,
                        .mark = Mark::Bars,
                        .style = styleOf(one),
                        .isOutlined = one.isFullPrecision()};
        for (std::size_t i = 0; i < names.size(); ++i) {
            const BenchmarkScore* score = one.score(names[i].benchmark);
            addPoint(bars, double(i), score ? valueOf(*score) : std::nullopt);
        }
        if (!common.empty())
            addPoint(bars, totalX, totalOf(one, common));
        plot.series.push_back(std::move(bars));
    }
    plot.summary = Tr::tr("%n series", nullptr, int(plot.series.size())) + QStringLiteral(", ") +
                   Tr::tr("%n benchmarks", nullptr, int(names.size()));
}

struct SizedScore {
    double size = 0, score = 0;
};

// The runs no other run beats in both size and score, by size.
std::vector<SizedScore> paretoFront(std::vector<SizedScore> points) {
    std::ranges::sort(points, {}, [](const SizedScore& one) { return std::pair(one.size, -one.score); });
    std::vector<SizedScore> front;
    for (const SizedScore& point : points)
        if (front.empty() || point.score > front.back().score)
            front.push_back(point);
    return front;
}

}

PlotData scorePlot(std::span<const BenchResults> results) {
    PlotData plot{.name = QStringLiteral("scores"), .title = Tr::tr("Benchmark scores with 95 % intervals")};
    const auto valueOf = [](const BenchmarkScore& score) -> std::optional<MeanInterval> {
        return MeanInterval{score.score, score.low, score.high};
    };
    addBars(plot, results, valueOf, averageScore, Tr::tr("average"));
    plot.y = {.label = Tr::tr("Score (0–100)"), .low = 0, .high = 100};
    plot.note = samplingNote(results);
    return plot;
}

PlotData answerLossPlot(std::span<const BenchResults> results) {
    PlotData plot{.name = QStringLiteral("answer-loss"), .title = Tr::tr("Loss of the reference answers")};
    const auto valueOf = [](const BenchmarkScore& score) -> std::optional<MeanInterval> {
        return MeanInterval{score.answerLoss, score.answerLossLow, score.answerLossHigh};
    };
    addBars(plot, results, valueOf, totalAnswerLoss, Tr::tr("all tokens"));
    plot.y = {.label = Tr::tr("Nats per token"), .includesZero = true};
    plot.note = Tr::tr("95 % intervals");
    return plot;
}

PlotData sizePlot(std::span<const BenchResults> results) {
    PlotData plot{.name = QStringLiteral("size-and-score"), .title = Tr::tr("Size and average score")};
    plot.rowsBy = RowsBy::Point;
    plot.rowTitle = Tr::tr("Run");
    plot.emptySentence = Tr::tr("No evaluated run with a known size.");
    plot.metadata = metadataOf(results);
    const std::vector<std::string> common = commonBenchmarks(results);
    std::uint64_t largest = 0;
    for (const BenchResults& one : results)
        largest = std::max(largest, one.bytes);
    const bool isSmall = largest < 1'000'000'000;
    const double unit = isSmall ? 1e6 : 1e9;
    plot.x = {.label = isSmall ? Tr::tr("Size of the weights (MB)") : Tr::tr("Size of the weights (GB)")};
    plot.y = {.label = Tr::tr("Average score (0–100)")};
    plot.note = Tr::tr("95 % intervals");
    std::vector<SizedScore> points;
    for (const BenchResults& one : results) {
        const auto average = common.empty() ? std::nullopt : averageScore(one, common);
        if (!average || one.bytes == 0)
            continue;
        const double size = double(one.bytes) / unit;
        PlotSeries series{.name = one.title, .mark = Mark::Points, .style = styleOf(one), .isFilled = true};
        addPoint(series, size, average);
        series.sizes = {10};
        series.labels = {one.title};
        plot.series.push_back(std::move(series));
        plot.rowNames.push_back(one.title);
        points.push_back({size, average->mean});
    }
    plot.summary = Tr::tr("%n runs", nullptr, int(points.size()));
    if (points.size() > 1) {
        PlotSeries front{.name = Tr::tr("Pareto front"), .mark = Mark::Context};
        for (const SizedScore& point : paretoFront(points)) {
            front.x.push_back(point.size);
            front.y.push_back(point.score);
        }
        plot.series.push_back(std::move(front));
    }
    return plot;
}

}
