// studio_fixture.h - the real window over a scripted engine (or any other), with its own database and
// settings in a scratch folder. `messages()` holds what Qt complained about; a test fails on any line that is
// not on the short allow list.
#pragma once
#include "app/studio/engine_host.h"
#include "support/fake_engine.h"
#include "ui/main_window.h"
#include "ui/selection.h"
#include "ui/settings/settings.h"
#include "ui/store_reader.h"
#include "ui/task_queue.h"
#include "ui/theme/theme.h"

#include <QTemporaryDir>

#include <memory>

namespace vlmptq::test {

class Studio {
public:
    explicit Studio(FakeScript = {});
    explicit Studio(studio::EngineHost::Factory);
    ~Studio();

    void show(); // and waits until it is active and the database is open
    std::filesystem::path database() const;
    QString folder() const { return m_folder.path(); }
    ui::Context context();
    // A finished run in the database with the scripted results, made without any engine.
    store::RunId addFinishedRun(const std::string& method, int bits = 3, bool withScores = true);
    store::RunId addRun(const std::string& method, store::RunState, int layersDone);

    template <class Widget>
    Widget* find(const char* name) const {
        return window->findChild<Widget*>(QLatin1String(name));
    }

    FakeScript script;
    ui::Theme theme;
    std::unique_ptr<ui::Settings> settings;
    ui::Selection selection;
    std::unique_ptr<ui::StoreReader> reader;
    std::unique_ptr<ui::TaskQueue> tasks;
    std::unique_ptr<studio::EngineHost> host;
    std::unique_ptr<ui::MainWindow> window;

private:
    void build(studio::EngineHost::Factory);
    RunConfig config(const std::string& method, int bits) const;
    QTemporaryDir m_folder;
};

QStringList unexpectedQtWarnings(); // since the last call

}
