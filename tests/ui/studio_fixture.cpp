#include "ui/studio_fixture.h"

#include "support/golden.h"

#include <QApplication>
#include <QMutex>
#include <QtTest>

namespace vlmptq::test {
namespace {

QMutex warningsMutex;
QStringList warnings;

void collect(QtMsgType type, const QMessageLogContext&, const QString& message) {
    if (type == QtDebugMsg || type == QtInfoMsg)
        return;
    static const char* const allowed[] = {"propagateSizeHints"}; // of the offscreen platform
    for (const char* text : allowed)
        if (message.contains(QLatin1String(text)))
            return;
    const QMutexLocker lock(&warningsMutex);
    warnings << message;
}

}

QStringList unexpectedQtWarnings() {
    const QMutexLocker lock(&warningsMutex);
    return std::exchange(warnings, {});
}

Studio::Studio(FakeScript given) : script(std::move(given)) {
    build([s = script] { return std::make_unique<FakeEngine>(s); });
}

Studio::Studio(studio::EngineHost::Factory factory) { build(std::move(factory)); }

Studio::~Studio() { // the next one starts from the system's look again
    theme.setTextPercent(100);
    theme.setMode(ui::ThemeMode::Light);
}

void Studio::build(studio::EngineHost::Factory factory) {
    qInstallMessageHandler(collect);
    settings = std::make_unique<ui::Settings>(m_folder.filePath(QStringLiteral("studio.ini")));
    settings->setView(QStringLiteral("exportParent"), m_folder.path());
    reader = std::make_unique<ui::StoreReader>();
    tasks = std::make_unique<ui::TaskQueue>();
    host = std::make_unique<studio::EngineHost>(std::move(factory));
    window = std::make_unique<ui::MainWindow>(context(), host.get());
}

ui::Context Studio::context() { return {&theme, settings.get(), &selection, reader.get(), tasks.get()}; }

std::filesystem::path Studio::database() const {
    return m_folder.filePath(QStringLiteral("runs.db")).toStdString();
}

void Studio::show() {
    window->show();
    window->activateWindow(); // without a window manager shortcuts are dead until then
    QVERIFY(QTest::qWaitForWindowActive(window.get()));
    host->loadEngine();
    window->openDatabase(database());
    QTRY_VERIFY(reader->isOpen());
}

RunConfig Studio::config(const std::string& method, int bits) const {
    RunConfig config;
    config.model = (demoDir() / "model").string();
    config.calib.source = (demoDir() / "calib").string();
    config.quant.method = method;
    config.quant.weightBits = bits;
    config.tags = {"w" + std::to_string(bits)};
    return config;
}

store::RunId Studio::addRun(const std::string& method, store::RunState state, int layersDone) {
    auto store = store::RunStore::open(database());
    const RunConfig run = config(method, 3);
    const store::RunId id = store->createRun(run);
    const int modules = script.layers * int(script.kinds.size());
    store->markStarted(id, script.layers, modules, "fingerprint", "{}");
    for (int layer = 0; layer < layersDone; ++layer)
        store->saveLayer(id, scriptedLayer(script, run, layer));
    store->setState(id, state);
    return id;
}

store::RunId Studio::addFinishedRun(const std::string& method, int bits, bool withScores) {
    auto store = store::RunStore::open(database());
    const RunConfig run = config(method, bits);
    const store::RunId id = store->createRun(run);
    const int modules = script.layers * int(script.kinds.size());
    store->markStarted(id, script.layers, modules, "fingerprint", "{}");
    for (int layer = 0; layer < script.layers; ++layer)
        store->saveLayer(id, scriptedLayer(script, run, layer));
    store->saveSummary(id, scriptedSummary(script, run));
    store->addLog(id, "info", "", "", "Calibrated on 128 lines.");
    store->addLog(id, "warning", "E-NUM-01", "model.layers.2.mlp.down_proj", "Damping raised 0.01 to 0.1.");
    store->setState(id, store::RunState::Finished);
    if (!withScores)
        return id;
    for (const FakeBenchmark& benchmark : script.benchmarks) {
        std::vector<EvalItem> items;
        for (int row = 1; row <= benchmark.items; ++row)
            items.push_back(scriptedItem(benchmark, row));
        store::ScoreRecord record;
        record.run = id;
        record.model = run.model;
        record.selection = "first 50";
        record.score = scriptedScore(benchmark, "lmms-eval/current", items);
        store->addScore(record);
    }
    return id;
}

}
