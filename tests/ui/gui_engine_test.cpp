// The real window with the real engine on the demo model: open, set up, quantize, stop, resume, evaluate,
// export.
#include "engine/api/load_engine.h"
#include "ui/jobs/job_center.h"
#include "ui/setup/setup_page.h"
#include "ui/studio_fixture.h"

#include <QComboBox>
#include <QDialog>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QtTest>

using namespace vlmptq;
using test::Studio;

class GuiEngineTest : public QObject {
    Q_OBJECT

    static void clickIn(Studio& studio, const char* dialog, const char* button) {
        QTRY_VERIFY(studio.find<QDialog>(dialog));
        QTRY_VERIFY(studio.find<QDialog>(dialog)->isVisible());
        auto* found = studio.find<QDialog>(dialog)->findChild<QPushButton*>(QLatin1String(button));
        QVERIFY(found);
        QTest::mouseClick(found, Qt::LeftButton);
    }
    static store::RunRecord run(const Studio& studio) {
        return store::RunStore::open(studio.database(), true)->run(1).value();
    }

private Q_SLOTS:
    void fromTheModelToTheCheckpoint() {
        Studio studio(api::loadEngine);
        studio.show();
        QTRY_VERIFY_WITH_TIMEOUT(studio.window->jobs()->isEngineReady(), 60'000);
        studio.window->showDemoSetup();
        auto* page = studio.find<ui::SetupPage>("setupPage");
        ui::SetupState state = page->state();
        state.alsoRun.clear();
        state.config.calib.samples = 16;
        state.config.calib.heldout = 4;
        state.config.quant.muSamples = 4;
        state.evaluateLimit = 1;
        page->setState(state);
        QTRY_VERIFY_WITH_TIMEOUT(page->canStart(), 60'000);

        QTest::keySequence(studio.window.get(), QKeySequence(QStringLiteral("Ctrl+R")));
        QTRY_VERIFY_WITH_TIMEOUT(studio.window->jobs()->isBusy() && run(studio).layersDone >= 1, 120'000);
        QTest::mouseClick(studio.find<QPushButton>("stopRun"), Qt::LeftButton);
        clickIn(studio, "stopQuestion", "stopNow");
        QTRY_VERIFY_WITH_TIMEOUT(!studio.window->jobs()->isBusy(), 5'000);
        QVERIFY(run(studio).state == store::RunState::Stopped);
        QVERIFY(run(studio).layersDone >= 1 && run(studio).layersDone < run(studio).layers);

        QTest::mouseClick(studio.find<QPushButton>("resumeRun"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(
            run(studio).state == store::RunState::Finished && !studio.window->jobs()->isBusy(), 240'000);
        QVERIFY(run(studio).summary->meanModuleError > 0);

        QTest::mouseClick(studio.find<QPushButton>("toBenchmarks"),
                          Qt::LeftButton); // stop took the evaluation off
        QTRY_VERIFY_WITH_TIMEOUT(store::RunStore::open(studio.database(), true)->scores(1).size() == 8,
                                 240'000);
        QTRY_VERIFY_WITH_TIMEOUT(!studio.window->jobs()->isBusy(), 240'000);

        const QString out = studio.folder() + QStringLiteral("/checkpoint");
        QTRY_VERIFY(studio.selection.activeRun());
        const auto canExport = [&] {
            for (const auto* action : studio.window->findChildren<QAction*>())
                if (action->shortcut() == QKeySequence(QStringLiteral("Ctrl+E")))
                    return action->isEnabled();
            return false;
        };
        QTRY_VERIFY_WITH_TIMEOUT(canExport(), 10'000);
        studio.window->activateWindow(); // a closed dialog may have left no window active
        QVERIFY(QTest::qWaitForWindowActive(studio.window.get()));
        QTest::keySequence(studio.window.get(), QKeySequence(QStringLiteral("Ctrl+E")));
        QTRY_VERIFY(studio.find<QDialog>("exportDialog"));
        auto* dialog = studio.find<QDialog>("exportDialog");
        auto* folder = dialog->findChild<QWidget*>(QStringLiteral("exportFolder"))->findChild<QComboBox*>();
        folder->setEditText(out);
        Q_EMIT folder->lineEdit()->editingFinished();
        QTest::mouseClick(dialog->findChild<QPushButton*>(QStringLiteral("startExport")), Qt::LeftButton);
        const auto* shown = dialog->findChild<QLabel*>(QStringLiteral("exportState"));
        QTRY_VERIFY_WITH_TIMEOUT(shown->text().contains(QStringLiteral("Verified")), 120'000);
        QVERIFY(QFile::exists(out + QStringLiteral("/config.json")));
    }
};

QTEST_MAIN(GuiEngineTest)
#include "gui_engine_test.moc"
