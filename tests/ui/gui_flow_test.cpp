// The real window, driven by clicks and keys, over the scripted engine and a real database.
#include "support/golden.h"
#include "ui/details/details_view.h"
#include "ui/jobs/job_center.h"
#include "ui/library/run_library.h"
#include "ui/qt_text.h"
#include "ui/run/log_view.h"
#include "ui/setup/setup_page.h"
#include "ui/studio_fixture.h"
#include "ui/widgets/empty_state.h"

#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDialog>
#include <QDockWidget>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMessageBox>
#include <QPushButton>
#include <QSpinBox>
#include <QTabWidget>
#include <QTableView>
#include <QtTest>

using namespace vlmptq;
using namespace std::chrono_literals;
using test::FakeScript;
using test::Studio;

class GuiFlowTest : public QObject {
    Q_OBJECT

    static FakeScript slow() {
        FakeScript script;
        script.moduleDelay = 15ms;
        return script;
    }
    static QString tabName(const Studio& studio) {
        const auto* tabs = studio.find<QTabWidget>("tabs");
        return tabs->tabText(tabs->currentIndex());
    }
    static void key(Studio& studio, const QKeySequence& keys) {
        QTest::keySequence(studio.window.get(), keys);
    }
    static void click(QAbstractButton* button) {
        QVERIFY(button);
        QTest::mouseClick(button, Qt::LeftButton);
    }
    static void clickIn(Studio& studio, const char* dialog, const char* button) {
        QTRY_VERIFY(studio.find<QDialog>(dialog));
        QTRY_VERIFY(studio.find<QDialog>(dialog)->isVisible());
        click(studio.find<QDialog>(dialog)->findChild<QPushButton*>(QLatin1String(button)));
    }
    // One method on the demo, without benchmarks.
    static void setUpDemo(Studio& studio, const std::vector<std::string>& also = {}) {
        studio.window->showDemoSetup();
        auto* page = studio.find<ui::SetupPage>("setupPage");
        ui::SetupState state = page->state();
        state.alsoRun = also;
        state.evaluateAfter = false;
        page->setState(state);
        QTRY_VERIFY_WITH_TIMEOUT(page->canStart(), 20'000);
    }
    static store::RunRecord run(const Studio& studio, store::RunId id) {
        return store::RunStore::open(studio.database(), true)->run(id).value();
    }
    static QModelIndex libraryRow(const Studio& studio, int row) {
        return studio.find<QListView>("runList")->model()->index(row, 0);
    }

private Q_SLOTS:
    void cleanup() {
        const QStringList complaints = test::unexpectedQtWarnings();
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints.join(QLatin1Char('\n'))));
    }

    void theFirstStartWelcomes() {
        Studio studio;
        studio.show();
        QTRY_VERIFY(studio.find<QWidget>("welcomePage")->isVisible());
        QTRY_VERIFY(studio.find<QLabel>("welcomeDevice")->text().contains(QStringLiteral("cpu")));
    }

    void noTabOfALaterReleaseIsShown() {
        Studio studio;
        const auto* tabs = studio.find<QTabWidget>("tabs");
        QStringList names;
        for (int i = 0; i < tabs->count(); ++i)
            names << tabs->tabText(i);
        for (const char* later : {"Compare", "Inspect", "Try it"})
            QVERIFY(!names.contains(QLatin1String(later)));
    }

    void fieldsAreCheckedAsTyped() {
        Studio studio;
        studio.show();
        setUpDemo(studio);
        auto* samples = studio.find<QSpinBox>("calib.samples");
        samples->setValue(400);
        const auto* message = studio.find<QLabel>("calib.samples.message");
        QTRY_VERIFY(message->isVisibleTo(studio.window.get()));
        QVERIFY(message->text().contains(QStringLiteral("400")));
        QVERIFY(!studio.find<QPushButton>("quantize")->isEnabled());
        QVERIFY(!studio.find<QLabel>("whyNot")->text().isEmpty());
        click(studio.find<QPushButton>("fix_calib.samples"));
        QTRY_COMPARE(samples->value(), 128);
        QTRY_VERIFY(studio.find<QPushButton>("quantize")->isEnabled());
    }

    void copiesTheSameRunAsACommand() {
        Studio studio;
        studio.show();
        setUpDemo(studio, {"rtn"});
        click(studio.find<QPushButton>("copyCommand"));
        const QString command = QApplication::clipboard()->text();
        QVERIFY2(command.startsWith(QStringLiteral("vlmptq quantize ")) &&
                     command.contains(QStringLiteral("--also rtn")),
                 qPrintable(command));
    }

    void quantizesFromTheKeyboardToTheDatabase() {
        Studio studio;
        studio.show();
        setUpDemo(studio, {"rtn"});
        key(studio, QKeySequence(QStringLiteral("Ctrl+R")));
        QTRY_COMPARE(tabName(studio), QStringLiteral("Run"));
        QTRY_VERIFY(studio.find<ui::RunLibrary>("runLibrary")->model()->rowCount() == 2);
        QTRY_VERIFY_WITH_TIMEOUT(!studio.window->jobs()->isBusy() && studio.window->jobs()->waiting().empty(),
                                 20'000);
        QTRY_VERIFY(run(studio, 1).state == store::RunState::Finished);
        QVERIFY(run(studio, 2).state == store::RunState::Finished);
        QTRY_VERIFY(studio.find<QLabel>("jobFinished")->text().contains(QStringLiteral("average error")));
        QCOMPARE(studio.selection.activeRun().value(), 1);
        QVERIFY(studio.selection.isCompared(2)); // overlaid at once
    }

    void aLogWithoutMessagesSaysSo() {
        FakeScript script;
        script.warnAtLayers = {1};
        Studio studio(script);
        studio.show();
        setUpDemo(studio);
        const auto* log = studio.find<ui::LogView>("logView");
        const auto* table = studio.find<QTableView>("logTable");
        const auto* empty = log->findChild<ui::EmptyState*>();
        QCOMPARE(empty->accessibleName(), QStringLiteral("No messages"));
        key(studio, QKeySequence(QStringLiteral("Ctrl+R")));
        QTRY_VERIFY_WITH_TIMEOUT(table->isVisible(), 20'000);
        QTest::keyClicks(studio.find<QLineEdit>("logFilter"), QStringLiteral("no such words"));
        QTRY_VERIFY(empty->isVisible());
        QCOMPARE(empty->accessibleName(), QStringLiteral("No message fits the filter"));
        QTRY_VERIFY_WITH_TIMEOUT(!studio.window->jobs()->isBusy(), 20'000);
    }

    void stopKeepsFinishedLayersAndResumeGoesOn() {
        Studio studio(slow());
        studio.show();
        setUpDemo(studio);
        click(studio.find<QPushButton>("quantize"));
        QTRY_VERIFY(studio.window->jobs()->progress().modulesDone() > 8);
        key(studio, QKeySequence(QStringLiteral("Ctrl+.")));
        clickIn(studio, "stopQuestion", "stopNow");
        QTRY_VERIFY_WITH_TIMEOUT(!studio.window->jobs()->isBusy(), 1000); // a stop answers within a second
        QVERIFY(run(studio, 1).state == store::RunState::Stopped);
        const int done = run(studio, 1).layersDone;
        QVERIFY(done >= 1 && done < 4);
        QTRY_VERIFY(studio.find<QPushButton>("resumeRun")->isVisible());
        click(studio.find<QPushButton>("resumeRun"));
        QTRY_VERIFY_WITH_TIMEOUT(run(studio, 1).state == store::RunState::Finished, 20'000);
        QCOMPARE(run(studio, 1).layersDone, 4);
    }

    void pauseFinishesTheLayerAndKeepsWhatWaits() {
        Studio studio(slow());
        studio.show();
        setUpDemo(studio, {"rtn"});
        click(studio.find<QPushButton>("quantize"));
        QTRY_VERIFY(studio.window->jobs()->progress().modulesDone() > 1);
        key(studio, QKeySequence(QStringLiteral("Ctrl+P")));
        QTRY_VERIFY_WITH_TIMEOUT(!studio.window->jobs()->isBusy(), 10'000);
        QVERIFY(run(studio, 1).state == store::RunState::Paused);
        QVERIFY(run(studio, 1).layersDone > 0);
        QCOMPARE(studio.window->jobs()->waiting().size(), std::size_t(1));
        click(studio.find<QPushButton>("resumeRun"));
        QTRY_VERIFY_WITH_TIMEOUT(run(studio, 1).state == store::RunState::Finished, 20'000);
        QTRY_VERIFY_WITH_TIMEOUT(run(studio, 2).state == store::RunState::Finished, 20'000);
    }

    void stopTakesWhatWaitsOffTheList() {
        Studio studio(slow());
        studio.show();
        setUpDemo(studio, {"rtn"});
        click(studio.find<QPushButton>("quantize"));
        QTRY_VERIFY(studio.window->jobs()->isBusy());
        click(studio.find<QPushButton>("stopRun"));
        clickIn(studio, "stopQuestion", "stopNow");
        QTRY_VERIFY(!studio.window->jobs()->isBusy());
        QTRY_VERIFY(run(studio, 2).state == store::RunState::Stopped);
    }

    void aFailureIsSaidWithoutBlockingAnything() {
        FakeScript script;
        script.failAtLayer = 2;
        Studio studio(script);
        studio.show();
        setUpDemo(studio);
        click(studio.find<QPushButton>("quantize"));
        QTRY_VERIFY(studio.find<QLabel>("messageText"));
        QVERIFY(studio.find<QLabel>("messageText")->text().contains(QStringLiteral("Out of memory")));
        QVERIFY(!QApplication::activeModalWidget());
        QTRY_VERIFY(run(studio, 1).state == store::RunState::Failed);
        click(studio.find<QPushButton>("messageDetails"));
        QTRY_VERIFY(studio.find<QPushButton>("messageDetails")->isChecked());
        QVERIFY(studio.find<QLabel>("jobFinished")->text().contains(QStringLiteral("Out of memory")));
    }

    void closingWhileRunningAsksAndStops() {
        Studio studio(slow());
        studio.show();
        setUpDemo(studio);
        click(studio.find<QPushButton>("quantize"));
        QTRY_VERIFY(studio.window->jobs()->progress().modulesDone() > 8);
        studio.window->close();
        QVERIFY(studio.window->isVisible());
        clickIn(studio, "closeQuestion", "quitNow");
        QTRY_VERIFY(!studio.window->isVisible());
        QVERIFY(run(studio, 1).state == store::RunState::Stopped);
    }

    void anEngineThatCannotBeOpenedIsExplained() {
        Studio studio([]() -> std::unique_ptr<api::Engine> {
            throw Error(ErrorKind::NoResource, "E-ENG-01", "LibTorch is missing.", "Install libtorch-dev.");
        });
        studio.show();
        QTRY_VERIFY(studio.find<QLabel>("messageText"));
        QCOMPARE(studio.find<QLabel>("messageText")->text(),
                 QStringLiteral("LibTorch is missing. Install libtorch-dev."));
    }

    void anInterruptedRunIsOfferedAtTheStart() {
        Studio studio;
        studio.addRun("vlmptq", store::RunState::Interrupted, 2);
        studio.show();
        QTRY_VERIFY(studio.find<QPushButton>("resumeInterrupted"));
        QVERIFY(studio.find<QLabel>("messageText")->text().contains(QStringLiteral("layer 2 of 4")));
    }

    void runsAreSearchedOpenedRenamedAndDeleted() {
        Studio studio;
        studio.addFinishedRun("rtn");
        studio.addFinishedRun("vlmptq");
        studio.show();
        auto* list = studio.find<QListView>("runList");
        QTRY_COMPARE(list->model()->rowCount(), 2);
        key(studio, QKeySequence::Find);
        QTRY_COMPARE(QApplication::focusWidget(), studio.find<QLineEdit>("runSearch"));
        QTest::keyClicks(QApplication::focusWidget(), QStringLiteral("method:rtn"));
        QTRY_COMPARE(list->model()->rowCount(), 1);
        QTest::mouseClick(list->viewport(), Qt::LeftButton, {},
                          list->visualRect(libraryRow(studio, 0)).center());
        QTRY_COMPARE(studio.selection.activeRun().value(), 1);

        list->setFocus();
        QTest::keyClick(list, Qt::Key_F2);
        QTRY_VERIFY(qobject_cast<QLineEdit*>(QApplication::focusWidget()));
        QTest::keyClicks(QApplication::focusWidget(), QStringLiteral("first try"));
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return);
        QTRY_COMPARE(run(studio, 1).name, std::string("first try"));

        list->setFocus();
        QTest::keyClick(list, Qt::Key_Delete);
        clickIn(studio, "deleteQuestion", "deleteRun");
        QTRY_VERIFY(!store::RunStore::open(studio.database(), true)->run(1));
        QTRY_VERIFY(!studio.selection.activeRun());
    }

    void aRunWrittenByAnotherProcessAppearsWithinASecond() {
        Studio studio;
        studio.addFinishedRun("rtn");
        studio.show();
        auto* library = studio.find<ui::RunLibrary>("runLibrary");
        QTRY_COMPARE(library->model()->rowCount(), 1);
        studio.addFinishedRun("gptq"); // through a connection of its own
        QTRY_COMPARE_WITH_TIMEOUT(library->model()->rowCount(), 2, 1000);
    }

    void theDetailsFollowTheSelectionAndAreCopied() {
        Studio studio;
        studio.addFinishedRun("vlmptq");
        studio.show();
        auto* details = studio.find<ui::DetailsView>("details");
        QTRY_VERIFY(details->copyText().contains(QStringLiteral("VLM-PTQ")));
        studio.selection.setModule(3);
        QTRY_VERIFY(details->copyText().contains(QStringLiteral("module 3")));
        details->setFocus();
        QTest::keyClick(details, Qt::Key_C, Qt::ControlModifier);
        QVERIFY(QApplication::clipboard()->text().contains(QLatin1Char('\t')));
    }

    void exportsWithVerification() {
        Studio studio;
        studio.addFinishedRun("vlmptq");
        studio.show();
        QTRY_VERIFY(studio.selection.activeRun());
        QTest::qWait(50);
        key(studio, QKeySequence(QStringLiteral("Ctrl+E")));
        QTRY_VERIFY(studio.find<QDialog>("exportDialog"));
        auto* dialog = studio.find<QDialog>("exportDialog");
        auto* folder = dialog->findChild<QWidget*>(QStringLiteral("exportFolder"))->findChild<QComboBox*>();
        folder->setEditText(studio.folder() + QStringLiteral("/out"));
        Q_EMIT folder->lineEdit()->editingFinished();
        click(dialog->findChild<QPushButton*>(QStringLiteral("startExport")));
        QTRY_VERIFY(dialog->findChild<QLabel*>(QStringLiteral("exportState"))
                        ->text()
                        .contains(QStringLiteral("Verified")));
        click(dialog->findChild<QPushButton*>(QStringLiteral("closeExport")));
    }

    void aDatabaseThatIsNoneIsExplained() {
        Studio studio;
        QFile file(ui::pathText(studio.database()));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("This is not a database, whatever its name says. It is a text, and long enough to be read "
                   "as one.");
        file.close();
        studio.window->show();
        studio.window->openDatabase(studio.database());
        QTRY_VERIFY(studio.find<QPushButton>("chooseDatabase"));
        QVERIFY(studio.find<QLabel>("messageText")->text().contains(QStringLiteral("runs.db")));
        QCOMPARE(studio.find<ui::RunLibrary>("runLibrary")->emptyState()->accessibleName(),
                 QStringLiteral("No run database is open"));
    }

    void aBadLayoutIsIgnoredAndResetBringsTheDocksBack() {
        Studio studio;
        studio.settings->setLayout({QByteArray("nonsense"), QByteArray("nonsense")});
        ui::MainWindow window(studio.context(), studio.host.get());
        window.resize(1400, 800);
        window.show();
        auto* dock = window.findChild<QDockWidget*>(QStringLiteral("libraryDock"));
        QVERIFY(dock->isVisible());
        dock->hide();
        window.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        QTest::keySequence(&window, QKeySequence(QStringLiteral("Ctrl+Shift+0")));
        QTRY_VERIFY(dock->isVisible());
    }

    void atTheUsualSizeTheChecksStandBesideTheForms() {
        Studio studio;
        studio.show();
        setUpDemo(studio);
        const auto* checks = studio.find<QWidget>("checks");
        const auto* samples = studio.find<QSpinBox>("calib.samples");
        const auto leftOf = [&studio](const QWidget* widget) {
            return widget->mapTo(studio.window.get(), QPoint()).x();
        };
        QTRY_VERIFY(leftOf(checks) > leftOf(samples) + samples->width());
        studio.window->resize(studio.window->minimumSize());
        QTRY_VERIFY(leftOf(checks) < leftOf(samples));
    }

    void rowsGrowWithTheText() {
        Studio studio;
        studio.addFinishedRun("vlmptq");
        studio.show();
        const auto* table = studio.find<QTableView>("layerTable");
        const int before = table->verticalHeader()->defaultSectionSize();
        studio.theme.setTextPercent(200);
        QTRY_VERIFY(table->verticalHeader()->defaultSectionSize() * 2 > before * 3);
        QVERIFY(table->verticalHeader()->defaultSectionSize() > table->fontMetrics().height());
    }

    void everyControlHasAName() {
        Studio studio;
        studio.addFinishedRun("vlmptq");
        studio.show();
        setUpDemo(studio);
        QStringList nameless;
        for (QWidget* widget : studio.window->findChildren<QWidget*>()) {
            if (!(widget->focusPolicy() & Qt::TabFocus) || !widget->isVisibleTo(studio.window.get()))
                continue;
            if (qobject_cast<QLineEdit*>(widget) && (qobject_cast<QComboBox*>(widget->parent()) ||
                                                     qobject_cast<QAbstractSpinBox*>(widget->parent())))
                continue;
            QAccessibleInterface* interface = QAccessible::queryAccessibleInterface(widget);
            const bool isNamed = interface && (!interface->text(QAccessible::Name).isEmpty() ||
                                               !interface->relations(QAccessible::Label).isEmpty());
            if (!isNamed)
                nameless << QString::fromLatin1(widget->metaObject()->className()) + QLatin1Char(' ') +
                                widget->objectName();
        }
        QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(QStringLiteral(", "))));
    }

    void panesAreWalkedWithF6() {
        Studio studio;
        studio.addFinishedRun("vlmptq");
        studio.show();
        QTRY_VERIFY(studio.selection.activeRun());
        studio.find<QLineEdit>("runSearch")->setFocus();
        key(studio, QKeySequence(Qt::Key_F6));
        QTRY_VERIFY(studio.find<QTabWidget>("tabs")->isAncestorOf(QApplication::focusWidget()));
        key(studio, QKeySequence(QStringLiteral("Shift+F6")));
        QTRY_VERIFY(studio.find<QWidget>("runLibrary")->isAncestorOf(QApplication::focusWidget()));
    }
};

QTEST_MAIN(GuiFlowTest)
#include "gui_flow_test.moc"
