#include "ui/run/run_progress.h"
#include "ui/run/time_text.h"

#include <QtTest>

using namespace vlmptq;
using ui::RunProgress;
using ui::StageState;

class RunProgressTest : public QObject {
    Q_OBJECT
    static std::vector<Stage> stages() {
        return {Stage::Load, Stage::Calibrate, Stage::Quantize, Stage::Save, Stage::Evaluate};
    }
    static event::Started twoSmallOneLarge(int firstLayer = 0) {
        event::Started started;
        started.layers = 3;
        started.firstLayer = firstLayer;
        started.modules = {
            {"a", "q_proj", 0, 10, 10}, {"b", "q_proj", 1, 10, 10}, {"c", "down_proj", 2, 10, 30}};
        return started;
    }
    static event::ModuleFinished finished(std::int64_t rows, std::int64_t columns) {
        event::ModuleFinished event;
        event.result.rows = rows;
        event.result.columns = columns;
        return event;
    }
    static std::vector<ModuleShape> equalModules(int count) {
        std::vector<ModuleShape> shapes;
        for (int i = 0; i < count; ++i)
            shapes.push_back({"m", "q_proj", i, 8, 8});
        return shapes;
    }
private Q_SLOTS:
    void weighsModulesByRowsTimesColumnsSquared() {
        RunProgress progress(stages(), {}, 0);
        progress.apply(twoSmallOneLarge(), 0);
        progress.apply(event::StageChanged{Stage::Quantize}, 0);
        progress.apply(finished(10, 10), 1);
        QCOMPARE(progress.stageShare(Stage::Quantize).value(), 1.0 / 11);
        progress.apply(finished(10, 10), 2);
        progress.apply(finished(10, 30), 11);
        QCOMPARE(progress.stageShare(Stage::Quantize).value(), 1.0);
    }
    void countsTheLayersOfAnEarlierStartAsDone() {
        RunProgress progress(stages(), {}, 0);
        progress.apply(twoSmallOneLarge(2), 0);
        QCOMPARE(progress.modulesDone(), 2);
        QCOMPARE(progress.stageShare(Stage::Quantize).value(), 2.0 / 11);
    }
    void isIndeterminateOnlyUntilTheFirstNumber() {
        RunProgress progress(stages(), {}, 0);
        progress.apply(event::StageChanged{Stage::Calibrate}, 0);
        QVERIFY(!progress.stageShare(Stage::Calibrate));
        progress.apply(event::Progress{Stage::Calibrate, 32, 128, "32 of 128"}, 1);
        QCOMPARE(progress.stageShare(Stage::Calibrate).value(), 0.25);
        QCOMPARE(progress.samplesDone(), 32);
        QCOMPARE(progress.samples(), 128);
        QCOMPARE(progress.state(Stage::Load), StageState::Done);
        QCOMPARE(progress.state(Stage::Quantize), StageState::Waiting);
    }
    void neverGoesBack() {
        RunProgress progress(stages(), {}, 0);
        progress.apply(twoSmallOneLarge(), 0);
        double last = 0;
        const auto check = [&](const Event& event) {
            progress.apply(event, 1);
            QVERIFY(progress.share() >= last);
            last = progress.share();
        };
        check(event::StageChanged{Stage::Quantize});
        check(finished(10, 10));
        check(event::StageChanged{Stage::Load}); // the evaluation loads the model again
        check(event::Progress{Stage::Evaluate, 1, 10, {}});
        check(event::Progress{Stage::Evaluate, 10, 10, {}});
    }
    void usesTheSecondsOfEarlierRunsAsWeights() {
        RunProgress progress({Stage::Quantize, Stage::Evaluate},
                             {{Stage::Quantize, 30}, {Stage::Evaluate, 10}}, 0);
        progress.apply(event::Progress{Stage::Evaluate, 0, 10, {}}, 0);
        QCOMPARE(progress.share(), 0.75);
    }
    void saysTheTimeLeftAfterThreeModules() {
        RunProgress progress(stages(), {}, 0);
        event::Started started;
        started.modules = equalModules(10);
        progress.apply(started, 0);
        progress.apply(event::StageChanged{Stage::Quantize}, 0);
        for (int i = 1; i <= 2; ++i)
            progress.apply(finished(8, 8), i * 10);
        QVERIFY(!progress.timeLeft(20));
        progress.apply(finished(8, 8), 30);
        QCOMPARE(progress.timeLeft(30).value().seconds, 70.0);
    }
    void theTimeLeftDoesNotJump() {
        RunProgress progress(stages(), {}, 0);
        event::Started started;
        started.modules = equalModules(10);
        progress.apply(started, 0);
        progress.apply(event::StageChanged{Stage::Quantize}, 0);
        for (int i = 1; i <= 3; ++i)
            progress.apply(finished(8, 8), i);
        const double before = progress.timeLeft(3)->seconds;
        for (int i = 0; i < 4; ++i)
            progress.apply(finished(8, 8), 4 + i * 50); // suddenly fifty times slower
        const double after = progress.timeLeft(4)->seconds;
        QVERIFY(after <= (before - 1) + 0.2 * before + 1e-9);
    }
    void measuresTheStagesForTheNextRun() {
        RunProgress progress(stages(), {}, 0);
        progress.apply(event::StageChanged{Stage::Load}, 0);
        progress.apply(event::StageChanged{Stage::Calibrate}, 3);
        progress.apply(event::StageChanged{Stage::Quantize}, 8);
        const auto seconds = progress.measured(20);
        QCOMPARE(seconds.at(Stage::Load), 3.0);
        QCOMPARE(seconds.at(Stage::Calibrate), 5.0);
        QCOMPARE(seconds.at(Stage::Quantize), 12.0);
    }
    void roundsTimesAsPeopleSayThem_data() {
        QTest::addColumn<double>("seconds");
        QTest::addColumn<double>("spread");
        QTest::addColumn<QString>("text");
        QTest::newRow("seconds") << 42.0 << 0.0 << QStringLiteral("less than a minute");
        QTest::newRow("minutes") << 250.0 << 10.0 << QStringLiteral("about 4 min");
        QTest::newRow("steps of five") << 740.0 << 0.0 << QStringLiteral("about 10 min");
        QTest::newRow("with spread") << 2100.0 << 130.0 << QStringLiteral("about 35 min (±2)");
        QTest::newRow("hours") << 9000.0 << 0.0 << QStringLiteral("about 2.5 h");
    }
    void roundsTimesAsPeopleSayThem() {
        QLocale::setDefault(QLocale::c());
        QFETCH(double, seconds);
        QFETCH(double, spread);
        QFETCH(QString, text);
        QCOMPARE(ui::timeLeftText(seconds, spread), text);
    }
};

QTEST_GUILESS_MAIN(RunProgressTest)
#include "run_progress_test.moc"
