#include "ui/plots/decimate.h"
#include "ui/plots/heat_map.h"
#include "ui/plots/log_ticker.h"
#include "ui/plots/plot_ranges.h"
#include "ui/plots/plot_table.h"
#include "ui/plots/point_labels.h"
#include "ui/plots/read_out.h"

#include <QtTest>

#include <cmath>
#include <set>

using namespace vlmptq::ui;

class PlotDataTest : public QObject {
    Q_OBJECT
    static PlotData twoSeries() {
        PlotData plot{.name = QStringLiteral("p"), .title = QStringLiteral("Title")};
        plot.x.label = QStringLiteral("x");
        plot.y.label = QStringLiteral("y");
        plot.rowTitle = QStringLiteral("Module");
        plot.rowX = {0, 1, 2};
        plot.rowNames = {QStringLiteral("a, first"), QStringLiteral("b"), QStringLiteral("c")};
        plot.series = {{.name = QStringLiteral("one"), .x = {0, 1, 2}, .y = {0.1, 1.0 / 3, NAN}},
                       {.name = QStringLiteral("two"),
                        .x = {1, 2},
                        .y = {0.5, 0.25},
                        .low = {0.4, 0.2},
                        .high = {0.6, 0.3}}};
        plot.metadata = {QStringLiteral("run 7: settings")};
        return plot;
    }

private Q_SLOTS:
    void logTicksNeverRepeatALabel_data() {
        QTest::addColumn<double>("low");
        QTest::addColumn<double>("high");
        for (const auto& [low, high] : {std::pair(1e-9, 1e9),
                                        {1e-3, 1.0},
                                        {2e-3, 9e-3},
                                        {3.1e-3, 3.3e-3},
                                        {0.0100, 0.0101},
                                        {99.9, 100.1},
                                        {1e-30, 1e-28},
                                        {0.9, 1.1}})
            QTest::addRow("%g to %g", low, high) << low << high;
    }
    void logTicksNeverRepeatALabel() {
        QFETCH(double, low);
        QFETCH(double, high);
        const LogTicks ticks = logTicks(low, high);
        QVERIFY2(ticks.major.size() >= 2, "an axis without two numbers cannot be read");
        QVERIFY(ticks.major.size() <= 12);
        std::set<QString> labels;
        for (const AxisTick& tick : ticks.major) {
            QVERIFY2(labels.insert(tick.label).second, qPrintable(tick.label));
            QVERIFY(tick.at >= low * (1 - 1e-6) && tick.at <= high * (1 + 1e-6));
        }
    }

    void writesSmallAndLargeTicksAsPowers() {
        QCOMPARE(tickLabel(0.05), QStringLiteral("0.05"));
        QCOMPARE(tickLabel(250), QStringLiteral("250"));
        QCOMPARE(tickLabel(1e-4), QStringLiteral("10⁻⁴"));
        QCOMPARE(tickLabel(2e-4), QStringLiteral("2·10⁻⁴"));
        QCOMPARE(tickLabel(-1e-4), QStringLiteral("−10⁻⁴"));
        QCOMPARE(tickLabel(0), QStringLiteral("0"));
    }

    void symLogKeepsSignAndComesBack() {
        const PlotAxis axis{.label = {}, .scale = AxisScale::SymLog, .linearBelow = 1e-3};
        QCOMPARE(toPosition(axis, 0), 0.0);
        for (const double value : {-2.0, -1e-5, 3e-4, 0.7}) {
            QCOMPARE(std::signbit(toPosition(axis, value)), std::signbit(value));
            QVERIFY(std::abs(toValue(axis, toPosition(axis, value)) / value - 1) < 1e-9);
        }
        for (const double high : {1e-4, 1e-2, 10.0}) {
            const auto ticks = symLogTicks(axis, -0.1, high);
            QVERIFY(std::ranges::is_sorted(ticks, {}, &AxisTick::at));
            QVERIFY(std::ranges::count(ticks, 0.0, &AxisTick::at) == 1);
        }
        QVERIFY2(symLogTicks(axis, 4e-3, 3e-2).size() >= 3, "less than a decade still has numbers to read");
    }

    void aLogRangeIgnoresZeroAndNan() {
        PlotData plot = twoSeries();
        plot.y.scale = AxisScale::Log;
        plot.series = {{.name = QStringLiteral("one"), .x = {0, 1, 2, 3}, .y = {0, NAN, 1e-3, 1e-1}}};
        const PlotRange range = yRange(plot, plot.y, [](const PlotSeries&) { return true; });
        QVERIFY(range.low > 1e-4 && range.low < 1e-3);
        QVERIFY(range.high > 1e-1 && range.high < 1);
    }

    void oneAndNoPointGiveAUsableRange() {
        const auto all = [](const PlotSeries&) { return true; };
        PlotData plot;
        QVERIFY(xRange(plot, all).low < xRange(plot, all).high);
        QVERIFY(yRange(plot, plot.y, all).low < yRange(plot, plot.y, all).high);
        plot.series = {{.name = QStringLiteral("one"), .x = {5}, .y = {0}}};
        QVERIFY(xRange(plot, all).low < 5 && xRange(plot, all).high > 5);
        QVERIFY(yRange(plot, plot.y, all).low < 0 && yRange(plot, plot.y, all).high > 0);
    }

    void stackedBarsReachToTheirSum() {
        PlotData plot;
        plot.y.includesZero = true;
        plot.series = {{.name = QStringLiteral("a"), .mark = Mark::Stacked, .x = {0, 1}, .y = {1, 2}},
                       {.name = QStringLiteral("b"), .mark = Mark::Stacked, .x = {0, 1}, .y = {3, 4}}};
        const PlotRange range = yRange(plot, plot.y, [](const PlotSeries&) { return true; });
        QCOMPARE(range.low, 0.0);
        QVERIFY(range.high >= 6 && range.high < 7);
    }

    void thinningKeepsExtremesAndGaps() {
        std::vector<double> y(10'000);
        for (std::size_t i = 0; i < y.size(); ++i)
            y[i] = std::sin(0.01 * double(i));
        y[1234] = 7;
        y[4321] = -9;
        y[7000] = NAN;
        const auto kept = decimateLine(
            y, [](std::size_t i) { return double(i) / 50; }, 200);
        QVERIFY(kept.size() <= 3 * 202);
        QVERIFY(std::ranges::is_sorted(kept));
        for (const std::size_t wanted : {1234, 4321, 7000})
            QVERIFY(std::ranges::count(kept, wanted) == 1);
    }

    void wideHeatRowsKeepTheLargestOfNeighbours() {
        const std::vector<double> cells = heatColumns(std::vector<double>{1, 5, NAN, 2, NAN, NAN}, 3);
        QCOMPARE(cells[0], 5.0);
        QCOMPARE(cells[1], 2.0);
        QVERIFY(std::isnan(cells[2]));
    }

    void labelsOfPointsInOnePlaceDoNotCoverOneAnother() {
        const LabelWish wish{{200, 100}, 10, {60, 16}};
        const std::vector<LabelWish> wishes(6, wish);
        const QRectF area(0, 0, 400, 200);
        const auto placed = placeLabels(wishes, area);
        for (std::size_t i = 0; i < placed.size(); ++i) {
            QVERIFY(placed[i] && area.contains(*placed[i]));
            for (std::size_t j = 0; j < i; ++j)
                QVERIFY(!placed[i]->intersects(*placed[j]));
        }
        QVERIFY2(!placeLabels(wishes, QRectF(150, 90, 100, 20))[0], "no room, no label");
    }

    void csvHoldsTheSameNumbers() {
        const std::string csv = csvOf(twoSeries());
        const QStringList lines =
            QString::fromStdString(csv).split(QRegularExpression(QStringLiteral("\r?\n")));
        QCOMPARE(lines[0], QStringLiteral("# Title"));
        QCOMPARE(lines[1], QStringLiteral("# run 7: settings"));
        QCOMPARE(lines[2], QStringLiteral("#,Module,one,two,\"two, low\",\"two, high\""));
        QCOMPARE(lines[3], QStringLiteral("0,\"a, first\",0.1,,,"));
        QCOMPARE(lines[4].split(QLatin1Char(','))[2].toDouble(), 1.0 / 3);
        QCOMPARE(lines[5], QStringLiteral("2,c,,0.25,0.2,0.3"));
    }

    void aScatterHasARowPerPoint() {
        PlotData plot = twoSeries();
        plot.rowsBy = RowsBy::Point;
        plot.rowNames = {QStringLiteral("p0"), QStringLiteral("p1"), QStringLiteral("p2"),
                         QStringLiteral("p3"), QStringLiteral("p4")};
        const PlotTable table = tableOf(plot);
        QCOMPARE(table.rows.size(), std::size_t(5));
        QCOMPARE(std::get<QString>(table.rows[3][0]), QStringLiteral("p3"));
        QCOMPARE(std::get<double>(table.rows[3][3]), 0.5);
    }

    void theReadOutNamesAllSeriesAtOnePlace() {
        PlotData plot = twoSeries();
        plot.comparesToFirst = true;
        QCOMPARE(readOutText(plot, {.x = 1}, {}),
                 QStringLiteral("1 · b · one 0.333 · two 0.500 (0.400 – 0.600) (+50 %)"));
        QCOMPARE(readOutText(plot, {.x = 1}, {QStringLiteral("one")}),
                 QStringLiteral("1 · b · two 0.500 (0.400 – 0.600)"));
        plot.edgeMarks = {{1, QStringLiteral("failed")}};
        QVERIFY(readOutText(plot, {.x = 1}, {}).endsWith(QStringLiteral("failed")));
    }
};

QTEST_GUILESS_MAIN(PlotDataTest)
#include "plot_data_test.moc"
