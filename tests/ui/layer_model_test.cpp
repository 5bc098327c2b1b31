#include "support/sample_runs.h"
#include "ui/models/bench_model.h"
#include "ui/models/layer_filter.h"
#include "ui/models/layer_model.h"
#include "ui/plots/layer_error_plot.h"
#include "ui/plots/plot_table_model.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QtTest>

using namespace vlmptq;
using namespace vlmptq::ui;

class LayerModelTest : public QObject {
    Q_OBJECT
    static RunResults run(const char* method, int layers = 28) {
        return {.run = test::sampleRecord(1, method, {.layers = layers}),
                .layers = test::sampleLayers(method, {.layers = layers}),
                .title = QString::fromLatin1(method)};
    }

private Q_SLOTS:
    void filtersByTerms_data() {
        QTest::addColumn<QString>("line");
        QTest::addColumn<bool>("found");
        const auto row = [](const char* line, bool found) {
            QTest::newRow(line) << QString::fromUtf8(line) << found;
        };
        row("", true);
        row("kind:down", true);
        row("kind:gate", false);
        row("DOWN_PROJ", true);
        row("layers.3", true);
        row("layers.4", false);
        row("layer:3", true);
        row("layer<3", false);
        row("error>1e-2", true);
        row("error>1e-1", false);
        row("error>big", false);
        row("mu:0.4", true);
        row("mu<0.4", false);
        row("bits:3 kind:down", true);
        row("bits:3 kind:up", false);
        row("seconds>4", true);
        row("state:raised", true);
        row("state:rtn", false);
        row("colour:red", false);
    }
    void filtersByTerms() {
        QFETCH(QString, line);
        ModuleResult module{
            .layer = 3, .name = "model.layers.3.mlp.down_proj", .kind = "down_proj", .bits = 3};
        module.heldoutError.all = 0.05;
        module.awareness = 0.4;
        module.solveSeconds = 5;
        module.dampRetries = 1;
        QTEST(LayerQuery(line).matches(module), "found");
    }

    void isAProperModelWhileARunGrows() {
        LayerModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        LayerFilter filter(&model);
        QAbstractItemModelTester filterTester(&filter,
                                              QAbstractItemModelTester::FailureReportingMode::QtTest);
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        for (const int layers : {1, 2, 28})
            model.setRun(run("vlmptq", layers), nullptr);
        QCOMPARE(model.rowCount(), 196);
        QCOMPARE(resets.size(), 0); // rows and selection stay
        model.setRun(run("gptq", 2), nullptr);
        QCOMPARE(resets.size(), 1);
        QCOMPARE(model.rowCount(), 14);
        model.clear();
        QCOMPARE(filter.rowCount(), 0);
    }

    void showsTheDifferenceToTheBaseline() {
        LayerModel model;
        const RunResults own = run("vlmptq"), baseline = run("gptq");
        model.setRun(own, &baseline);
        const double expected =
            *own.layers[0].modules[2].heldoutError.all / *baseline.layers[0].modules[2].heldoutError.all - 1;
        const QModelIndex cell = model.index(2, LayerModel::Difference);
        QCOMPARE(cell.data(LayerModel::kSortRole).toDouble(), expected);
        QVERIFY2(cell.data().toString().startsWith(QStringLiteral("−")), qPrintable(cell.data().toString()));
        QCOMPARE(model.headerData(LayerModel::Difference, Qt::Horizontal).toString(),
                 QStringLiteral("Δ to gptq"));
        model.setRun(own, nullptr);
        QCOMPARE(model.index(2, LayerModel::Difference).data().toString(), QStringLiteral("–"));
    }

    void sortsByValueNotByText() {
        LayerModel model;
        model.setRun(run("vlmptq"), nullptr);
        LayerFilter filter(&model);
        filter.sort(LayerModel::Error, Qt::DescendingOrder);
        for (int row = 1; row < filter.rowCount(); ++row)
            QVERIFY(filter.index(row - 1, LayerModel::Error).data(LayerModel::kSortRole).toDouble() >=
                    filter.index(row, LayerModel::Error).data(LayerModel::kSortRole).toDouble());
        filter.sort(LayerModel::Index, Qt::AscendingOrder);
        QCOMPARE(filter.index(100, LayerModel::Index).data().toInt(), 100);
    }

    void theWorstTenFollowTheFilter() {
        LayerModel model;
        model.setRun(run("vlmptq"), nullptr);
        LayerFilter filter(&model);
        filter.setWorstOnly(true);
        QCOMPARE(filter.rowCount(), LayerFilter::kWorst);
        double least = INFINITY;
        for (int row = 0; row < filter.rowCount(); ++row)
            least =
                std::min(least, filter.index(row, LayerModel::Error).data(LayerModel::kSortRole).toDouble());
        int larger = 0;
        for (int row = 0; row < model.rowCount(); ++row)
            larger += model.index(row, LayerModel::Error).data(LayerModel::kSortRole).toDouble() > least;
        QCOMPARE(larger, LayerFilter::kWorst - 1);
        filter.setQuery(QStringLiteral("kind:q_proj"));
        QCOMPARE(filter.rowCount(), LayerFilter::kWorst);
        QCOMPARE(filter.index(0, LayerModel::Kind).data().toString(), QStringLiteral("q_proj"));
        filter.setWorstOnly(false);
        QCOMPARE(filter.rowCount(), 28);
    }

    void csvHasFullPrecision() {
        LayerModel model;
        const RunResults own = run("vlmptq");
        model.setRun(own, nullptr);
        const QStringList lines =
            QString::fromStdString(model.csv({3})).split(QRegularExpression(QStringLiteral("\r?\n")));
        QVERIFY(lines[0].startsWith(QStringLiteral("#,Name,Kind,Shape,Error")));
        const QStringList cells = lines[1].split(QLatin1Char(','));
        QCOMPARE(cells[0], QStringLiteral("3"));
        QCOMPARE(cells[1], QStringLiteral("model.layers.0.self_attn.o_proj"));
        QCOMPARE(cells[4].toDouble(), *own.layers[0].modules[3].heldoutError.all);
    }

    void scoresAreAProperModel() {
        BenchModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        std::vector<BenchResults> results(2);
        results[0].title = QStringLiteral("Full precision");
        results[0].scores = test::sampleScores(std::nullopt, "m", 0.7);
        results[1].run = test::sampleRecord(1, "gptq");
        results[1].title = QStringLiteral("GPTQ");
        results[1].scores = test::sampleScores(1, "m", 0.6);
        model.setResults(results);
        QCOMPARE(model.rowCount(), 9);
        QCOMPARE(model.columnCount(), 4);
        QCOMPARE(model.index(0, 3).data(BenchModel::kValueRole).toDouble(),
                 results[1].scores[0].score.score - results[0].scores[0].score.score);
        QCOMPARE(model.index(8, 0).data().toString(), QStringLiteral("Average"));
        QVERIFY(model.index(0, 1).data(Qt::ToolTipRole).toString().startsWith(QStringLiteral("n = 500 of")));
        results[0].scores.clear();
        model.setResults(results);
        QCOMPARE(model.index(0, 3).data().toString(), QStringLiteral("–"));
        model.setResults({});
        QCOMPARE(model.rowCount(), 0);
    }

    void differencesThatTheSameQuestionsBearOutAreBold() {
        std::vector<EvalItem> full, run;
        for (int row = 0; row < 40; ++row)
            for (const char* benchmark : {"ChartQA", "DocVQA"}) {
                EvalItem item;
                item.benchmark = benchmark;
                item.id = std::to_string(row);
                item.score = 1;
                full.push_back(item);
                // Half of the answers of one benchmark became wrong, a single one of the other.
                item.score = benchmark == std::string("ChartQA") ? row % 2 : row > 0;
                run.push_back(item);
            }
        std::vector<BenchResults> results(2);
        results[0].title = QStringLiteral("Full precision");
        results[0].scores = test::sampleScores(std::nullopt, "m", 0.7);
        results[1].run = test::sampleRecord(1, "gptq");
        results[1].scores = test::sampleScores(1, "m", 0.6);
        results[1].paired = pairScores(run, full);
        QCOMPARE(results[1].paired.at("ChartQA").points.meanDifference, -50.0);
        QCOMPARE(results[1].paired.at("ChartQA").questions, 40);
        BenchModel model;
        model.setResults(results);
        const auto isBold = [&model](int row) {
            return model.index(row, 3).data(Qt::FontRole).value<QFont>().weight() > QFont::Normal;
        };
        QVERIFY(isBold(0));
        QVERIFY(!isBold(1));
        QVERIFY2(
            model.index(1, 3).data(Qt::ToolTipRole).toString().contains(QStringLiteral("same 40 questions")),
            qPrintable(model.index(1, 3).data(Qt::ToolTipRole).toString()));
    }

    void otherQuestionsPicturesOrRulesAreNotCompared_data() {
        QTest::addColumn<std::string EvalItem::*>("field");
        QTest::addColumn<QString>("refusal");
        QTest::newRow("question") << &EvalItem::promptSha256 << QStringLiteral("the questions differ");
        QTest::newRow("picture") << &EvalItem::imageSha256 << QStringLiteral("the pictures differ");
        QTest::newRow("rules") << &EvalItem::ruleset << QStringLiteral("the scoring rules differ");
    }
    void otherQuestionsPicturesOrRulesAreNotCompared() {
        QFETCH(std::string EvalItem::*, field);
        QFETCH(QString, refusal);
        EvalItem item;
        item.benchmark = "ChartQA";
        item.score = 1;
        std::vector<EvalItem> full(3, item), run = full;
        for (std::size_t row = 0; row < full.size(); ++row)
            full[row].id = run[row].id = std::to_string(row);
        run[0].*field = "another";
        const PairedScore paired = pairScores(run, full).at("ChartQA");
        QCOMPARE(paired.refusal, refusal);
        QCOMPARE(paired.questions, 0);
        QVERIFY(!paired.isSignificant());
    }

    void theTableTwinIsAProperModel() {
        PlotTableModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        std::vector<RunResults> runs{run("vlmptq"), run("gptq")};
        const PlotData plot = layerErrorPlot(runs, {});
        model.setTable(tableOf(plot));
        QCOMPARE(model.rowCount(), 196);
        QCOMPARE(model.index(7, 2).data(PlotTableModel::kSortRole).toDouble(), plot.series[0].y[7]);
        QCOMPARE(model.index(7, 0).data().toString(), QStringLiteral("7"));
    }
};

QTEST_GUILESS_MAIN(LayerModelTest)
#include "layer_model_test.moc"
