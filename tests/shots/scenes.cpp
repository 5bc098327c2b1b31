#include "shots/scenes.h"

#include "support/golden.h"
#include "ui/jobs/job_center.h"
#include "ui/qt_text.h"
#include "ui/run/run_page.h"
#include "ui/setup/setup_page.h"

#include <QAction>
#include <QDialog>
#include <QFile>
#include <QPushButton>
#include <QTabWidget>
#include <QtTest>

#include <chrono>

namespace vlmptq::test {
namespace {

using namespace std::chrono_literals;

FakeScript slow(std::chrono::milliseconds moduleDelay = 60ms) {
    FakeScript script;
    script.moduleDelay = moduleDelay;
    script.layers = 6;
    return script;
}

void fourRuns(Studio& studio) {
    for (const char* method : {"rtn", "gptq", "gptaq", "vlmptq"})
        studio.addFinishedRun(method);
}

void everyState(Studio& studio) {
    fourRuns(studio);
    studio.addRun("vlmptq", store::RunState::Paused, 2);
    studio.addRun("vlmptq_m", store::RunState::Stopped, 1);
    studio.addRun("gptaq", store::RunState::Failed, 1);
    studio.addRun("vlmptq_c", store::RunState::Interrupted, 3);
}

QWidget* tab(Studio& studio, const QString& title) {
    auto* tabs = studio.find<QTabWidget>("tabs");
    for (int i = 0; i < tabs->count(); ++i)
        if (tabs->tabText(i) == title)
            tabs->setCurrentIndex(i);
    return studio.window.get();
}

QAction* action(Studio& studio, const QString& text) {
    for (auto* candidate : studio.window->findChildren<QAction*>())
        if (candidate->text().remove(QLatin1Char('&')) == text)
            return candidate;
    return nullptr;
}

QWidget* setupWith(Studio& studio, const std::function<void(ui::SetupState&)>& change) {
    studio.window->showDemoSetup();
    auto* page = studio.find<ui::SetupPage>("setupPage");
    ui::SetupState state = page->state();
    change(state);
    page->setState(state);
    return studio.window.get();
}

QWidget* running(Studio& studio) {
    studio.window->tryDemo();
    waitUntil([&] { return studio.window->jobs()->progress().modulesDone() > 8; });
    return studio.window.get();
}

QWidget* dialogOf(Studio& studio, const char* name) {
    waitUntil([&] { return studio.find<QDialog>(name) != nullptr; });
    return studio.find<QDialog>(name);
}

QWidget* exporting(Studio& studio) {
    waitUntil([&] { return studio.selection.activeRun().has_value(); });
    settle(studio);
    action(studio, QStringLiteral("Export checkpoint…"))->trigger();
    return dialogOf(studio, "exportDialog");
}

std::vector<Scene> setupScenes() {
    return {
        {QStringLiteral("welcome_empty"), {}, {}, [](Studio& s) { return s.window.get(); }},
        {QStringLiteral("setup_empty"),
         {},
         fourRuns,
         [](Studio& s) { return tab(s, QStringLiteral("Set up")); }},
        {QStringLiteral("setup_full"), {}, fourRuns, [](Studio& s) { return setupWith(s, [](auto&) {}); }},
        {QStringLiteral("setup_loading"), {}, fourRuns, [](Studio& s) { return setupWith(s, [](auto&) {}); }},
        {QStringLiteral("setup_error"),
         {},
         fourRuns,
         [](Studio& s) {
             return setupWith(s, [](ui::SetupState& state) {
                 state.config.calib.samples = 400;
                 state.config.quant.skip = {"*.nothing"};
                 state.config.quant.groupSize = 128;
                 state.config.quant.muSamples = 500;
                 state.config.model = (demoDir() / "calib").string();
             });
         }},
        {QStringLiteral("setup_text200"),
         {},
         fourRuns,
         [](Studio& s) { return setupWith(s, [](auto&) {}); },
         200,
         QSize(1366, 768)},
        {QStringLiteral("setup_small"),
         {},
         fourRuns,
         [](Studio& s) { return setupWith(s, [](auto&) {}); },
         100,
         QSize(1024, 700)},
    };
}

std::vector<Scene> runScenes() {
    FakeScript failing = slow(5ms);
    failing.failAtLayer = 3;
    FakeScript warning = slow(1ms);
    warning.warnAtLayers = {1, 3};
    return {
        {QStringLiteral("run_empty"), {}, fourRuns, [](Studio& s) { return tab(s, QStringLiteral("Run")); }},
        {QStringLiteral("run_running"), slow(), {}, running},
        {QStringLiteral("run_running_text200"), slow(), {}, running, 200, QSize(1366, 768)},
        {QStringLiteral("run_small"), slow(), {}, running, 100, QSize(1024, 700)},
        {QStringLiteral("run_stopping"),
         slow(),
         {},
         [](Studio& s) {
             running(s);
             ui::askToStop(*s.window->jobs(), s.window.get());
             return dialogOf(s, "stopQuestion");
         }},
        {QStringLiteral("run_error"),
         failing,
         {},
         [](Studio& s) {
             s.window->tryDemo();
             waitUntil([&] {
                 return !s.window->jobs()->isBusy() && s.window->jobs()->progress().modulesDone() > 0;
             });
             return s.window.get();
         }},
        {QStringLiteral("run_full"),
         warning,
         {},
         [](Studio& s) {
             s.window->tryDemo();
             waitUntil([&] { return s.window->jobs()->isBusy(); });
             waitUntil([&] { return !s.window->jobs()->isBusy() && s.window->jobs()->waiting().empty(); },
                       30'000);
             return tab(s, QStringLiteral("Run"));
         }},
        {QStringLiteral("close_question"),
         slow(),
         {},
         [](Studio& s) {
             running(s);
             s.window->close();
             return dialogOf(s, "closeQuestion");
         }},
    };
}

std::vector<Scene> analysisScenes() {
    std::vector<Scene> scenes;
    for (const char* title : {"Layers", "Modalities", "Benchmarks"}) {
        const QString name = QLatin1String(title).toString().toLower();
        const auto open = [title = QString(QLatin1String(title))](Studio& s) { return tab(s, title); };
        const auto openModule = [open](Studio& s) {
            s.selection.setModule(9);
            return open(s);
        };
        scenes.push_back({name + QStringLiteral("_empty"),
                          {},
                          [](Studio& s) { s.addRun("vlmptq", store::RunState::Stopped, 0); },
                          open});
        scenes.push_back({name + QStringLiteral("_loading"), slow(), {}, [open](Studio& s) {
                              running(s);
                              return open(s);
                          }});
        scenes.push_back({name + QStringLiteral("_full"), {}, fourRuns, [openModule](Studio& s) {
                              waitUntil([&] { return s.selection.activeRun().has_value(); });
                              for (store::RunId run = 1; run <= 3; ++run)
                                  s.selection.setCompared(run, true);
                              return openModule(s);
                          }});
        scenes.push_back({name + QStringLiteral("_error"),
                          {},
                          [](Studio& s) { s.addRun("vlmptq", store::RunState::Failed, 2); },
                          openModule});
        scenes.push_back(
            {name + QStringLiteral("_text200"), {}, fourRuns, openModule, 200, QSize(1366, 768)});
        scenes.push_back({name + QStringLiteral("_small"), {}, fourRuns, openModule, 100, QSize(1024, 700)});
    }
    return scenes;
}

std::vector<Scene> otherScenes() {
    return {
        {QStringLiteral("library_states"), {}, everyState, [](Studio& s) { return s.window.get(); }},
        {QStringLiteral("library_error"),
         {},
         [](Studio& s) {
             QFile file(ui::pathText(s.database()));
             if (file.open(QIODevice::WriteOnly))
                 file.write("This is not a database, whatever its name says.");
         },
         [](Studio& s) { return s.window.get(); }},
        {QStringLiteral("export_empty"), {}, fourRuns, exporting},
        {QStringLiteral("export_full"),
         {},
         fourRuns,
         [](Studio& s) {
             QWidget* dialog = exporting(s);
             dialog->findChild<QPushButton*>(QStringLiteral("startExport"))->click();
             waitUntil([&] { return s.window->jobs()->isBusy(); }, 1000);
             waitUntil([&] { return !s.window->jobs()->isBusy(); });
             return dialog;
         }},
        {QStringLiteral("about"),
         {},
         fourRuns,
         [](Studio& s) {
             action(s, QStringLiteral("About VLM-PTQ Studio"))->trigger();
             return dialogOf(s, "aboutDialog");
         }},
    };
}

}

std::vector<Scene> readmeScenes(const std::filesystem::path& database) {
    static constexpr int kShownModule = 20;
    static constexpr store::RunId kActive = 4; // VLM-PTQ at W3; before it RTN, GPTQ and GPTAQ
    const auto make = [&](const char* title, const char* name, ui::ThemeMode mode) {
        return Scene{.name = QLatin1String(name),
                     .script = {},
                     .before =
                         [database](Studio& s) {
                             std::filesystem::copy_file(database, s.database(),
                                                        std::filesystem::copy_options::overwrite_existing);
                         },
                     .arrange =
                         [title = QString(QLatin1String(title))](Studio& s) {
                             waitUntil([&] { return s.selection.activeRun().has_value(); });
                             s.selection.setActiveRun(kActive);
                             for (store::RunId run = 1; run < kActive; ++run)
                                 s.selection.setCompared(run, true);
                             s.selection.setModule(kShownModule);
                             return tab(s, title);
                         },
                     .size = QSize(1440, 1000), // everything without scrolling
                     .onlyIn = mode};
    };
    return {make("Layers", "layers", ui::ThemeMode::Light),
            make("Modalities", "modalities", ui::ThemeMode::Dark),
            make("Benchmarks", "benchmarks", ui::ThemeMode::Light)};
}

bool waitUntil(const std::function<bool()>& ready, int milliseconds) {
    return QTest::qWaitFor(ready, milliseconds);
}

void settle(Studio& studio) {
    waitUntil([&] { return studio.tasks->isIdle(); }, 5000);
    QTest::qWait(300); // the reader's next poll and a pending layout
    waitUntil([&] { return studio.tasks->isIdle(); }, 5000);
}

std::vector<Scene> scenes() {
    std::vector<Scene> all;
    for (auto part : {setupScenes(), runScenes(), analysisScenes(), otherScenes()})
        for (auto& scene : part)
            all.push_back(std::move(scene));
    return all;
}

}
