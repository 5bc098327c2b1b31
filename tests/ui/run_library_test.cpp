#include "ui/library/run_model.h"
#include "ui/selection.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QtTest>

using namespace vlmptq;
using store::RunRecord;
using store::RunState;
using ui::RunQuery;

class RunLibraryTest : public QObject {
    Q_OBJECT
    static RunRecord record(store::RunId id, const char* name = "invoice run") {
        RunRecord run;
        run.id = id;
        run.name = name;
        run.method = "gptaq";
        run.scheme = "W3A16";
        run.state = RunState::Finished;
        run.config.quant.weightBits = 3;
        run.tags = {"w3", "demo"};
        run.averageScore = 71.3;
        run.createdAt = "2026-11-25T10:00:00Z";
        run.summary = RunSummary{};
        run.summary->meanModuleError = 2e-3;
        return run;
    }
    static std::vector<RunRecord> records(std::initializer_list<store::RunId> ids) {
        std::vector<RunRecord> runs;
        for (const auto id : ids)
            runs.push_back(record(id));
        return runs;
    }
private Q_SLOTS:
    void findsRunsByTerms_data() {
        QTest::addColumn<QString>("line");
        QTest::addColumn<bool>("found");
        const auto row = [](const char* line, bool found) {
            QTest::newRow(line) << QString::fromLatin1(line) << found;
        };
        row("", true);
        row("invoice", true);
        row("INVOICE gptaq", true);
        row("receipt", false);
        row("method:gptaq tag:w3", true);
        row("method:gptq", false);
        row("tag:w4", false);
        row("state:finished", true);
        row("state:failed", false);
        row("bits:3", true);
        row("bits<3", false);
        row("score>60", true);
        row("score>71.3", false);
        row("score>high", false);
        row("error<1e-2", true);
        row("error<1e-4", false);
        row("date>2026-11", true);
        row("date<2026-11", false);
        row("date:2026-11-25", true);
        row("colour:red", false);
    }
    void findsRunsByTerms() {
        QFETCH(QString, line);
        QFETCH(bool, found);
        QCOMPARE(RunQuery(line).matches(record(1)), found);
    }
    void keepsItsRowsWhenRunsComeGoAndChange() {
        ui::Selection selection;
        ui::RunModel model(&selection);
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        model.setRuns(records({2, 1}));
        const QPersistentModelIndex first = model.indexOf(1);
        model.setRuns(records({3, 2, 1}));
        QCOMPARE(first.row(), 2);
        model.setRuns(records({3, 1}));
        QCOMPARE(first.row(), 1);
        model.setRuns(records({5, 4, 3, 1}));
        QCOMPARE(first.row(), 3);
        model.setRuns({});
        QVERIFY(!first.isValid());
        QCOMPARE(resets.count(), 0);
    }
    void aTickPutsARunIntoTheOverlay() {
        ui::Selection selection;
        ui::RunModel model(&selection);
        model.setRuns(records({2, 1}));
        QVERIFY(model.setData(model.indexOf(2), Qt::Checked, Qt::CheckStateRole));
        QVERIFY(selection.isCompared(2));
        QCOMPARE(model.indexOf(2).data(Qt::CheckStateRole).toInt(), int(Qt::Checked));
    }
    void renamesOnlyToAnotherNonEmptyName() {
        ui::Selection selection;
        ui::RunModel model(&selection);
        model.setRuns(records({1}));
        QSignalSpy renamed(&model, &ui::RunModel::renameRequested);
        QVERIFY(!model.setData(model.index(0), QStringLiteral("  "), Qt::EditRole));
        QVERIFY(!model.setData(model.index(0), QStringLiteral("invoice run"), Qt::EditRole));
        QVERIFY(model.setData(model.index(0), QStringLiteral("second try"), Qt::EditRole));
        QCOMPARE(renamed.count(), 1);
        QCOMPARE(model.index(0).data().toString(), QStringLiteral("second try"));
    }
    void theFilterFollowsTheLine() {
        ui::Selection selection;
        ui::RunModel model(&selection);
        ui::RunFilter filter;
        filter.setSourceModel(&model);
        QAbstractItemModelTester tester(&filter, QAbstractItemModelTester::FailureReportingMode::Fatal);
        auto runs = records({2, 1});
        runs[0].method = "rtn";
        model.setRuns(runs);
        filter.setQuery(QStringLiteral("method:rtn"));
        QCOMPARE(filter.rowCount(), 1);
        filter.setQuery({});
        QCOMPARE(filter.rowCount(), 2);
    }
    void aThousandRunsAreShownInTime() {
        ui::Selection selection;
        ui::RunModel model(&selection);
        ui::RunFilter filter;
        filter.setSourceModel(&model);
        std::vector<RunRecord> runs;
        for (store::RunId id = 1000; id > 0; --id)
            runs.push_back(record(id));
        QElapsedTimer timer;
        timer.start();
        model.setRuns(runs);
        filter.setQuery(QStringLiteral("method:gptaq tag:w3 score>60"));
        QCOMPARE(filter.rowCount(), 1000);
        QVERIFY2(timer.elapsed() < 200, qPrintable(QString::number(timer.elapsed())));
    }
};

QTEST_GUILESS_MAIN(RunLibraryTest)
#include "run_library_test.moc"
