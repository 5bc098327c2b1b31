#include "ui/selection.h"

#include <QSignalSpy>
#include <QtTest>

using vlmptq::ui::Selection;

class SelectionTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void saysNothingWhenNothingChanges() {
        Selection selection;
        selection.setActiveRun(7);
        QSignalSpy spy(&selection, &Selection::activeRunChanged);
        selection.setActiveRun(7);
        QCOMPARE(spy.count(), 0);
    }
    void keepsTheModuleWhenAnotherRunIsOpened() {
        Selection selection;
        selection.setActiveRun(7);
        selection.setModule(12);
        selection.setActiveRun(8);
        QCOMPARE(selection.module(), 12);
    }
    void showsTheActiveRunFirstAndEveryRunOnce() {
        Selection selection;
        selection.setCompared(3, true);
        selection.setCompared(7, true);
        selection.setActiveRun(7);
        QCOMPARE(selection.shownRuns(), (std::vector<std::int64_t>{7, 3}));
    }
    void refusesASixthRunForTheOverlay() {
        Selection selection;
        for (int run = 1; run <= Selection::kMaxCompared; ++run)
            QVERIFY(selection.setCompared(run, true));
        QVERIFY(!selection.setCompared(99, true));
        QVERIFY(!selection.isCompared(99));
    }
    void goesBackAndForwardThroughRunsAndModules() {
        Selection selection;
        selection.setActiveRun(1);
        selection.setModule(4);
        selection.setActiveRun(2);
        selection.goBack();
        QCOMPARE(selection.activeRun().value(), 1);
        selection.goBack();
        QCOMPARE(selection.module(), -1);
        QVERIFY(!selection.canGoBack());
        selection.goForward();
        selection.goForward();
        QCOMPARE(selection.activeRun().value(), 2);
        QVERIFY(!selection.canGoForward());
    }
    void forgetsADeletedRunEverywhere() {
        Selection selection;
        selection.setActiveRun(1);
        selection.setActiveRun(2);
        selection.setCompared(2, true);
        selection.removeRun(2);
        QVERIFY(!selection.activeRun());
        QVERIFY(selection.comparedRuns().empty());
        selection.goBack();
        QCOMPARE(selection.activeRun().value(), 1);
        QVERIFY(!selection.canGoForward() || (selection.goForward(), selection.activeRun() != 2));
    }
};

QTEST_GUILESS_MAIN(SelectionTest)
#include "selection_test.moc"
