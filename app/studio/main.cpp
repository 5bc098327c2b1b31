// VLM-PTQ Studio: builds the shared objects in the order they need each other, shows the window, and leaves.
#include "app/studio/engine_host.h"
#include "engine/api/load_engine.h"
#include "engine/store/run_store.h"
#include "ui/main_window.h"
#include "ui/qt_text.h"
#include "ui/selection.h"
#include "ui/settings/settings.h"
#include "ui/store_reader.h"
#include "ui/task_queue.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QFileInfo>

#include <csignal>

namespace {

using namespace vlmptq;

struct Options {
    QString database, model;
    bool demo = false;
};

Options parse(const QApplication& application) {
    QCommandLineParser parser;
    parser.setApplicationDescription(
        QApplication::tr("Quantize vision-language models and see what it costs."));
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption database(QStringLiteral("db"), QApplication::tr("Run database to open."),
                                      QApplication::tr("file"));
    const QCommandLineOption demo(QStringLiteral("demo"),
                                  QApplication::tr("Fill Set up with the built-in demo."));
    parser.addOptions({database, demo});
    parser.addPositionalArgument(QStringLiteral("model"), QApplication::tr("Model folder to open."),
                                 QStringLiteral("[model]"));
    parser.process(application);
    return {parser.value(database), parser.positionalArguments().value(0), parser.isSet(demo)};
}

}

int main(int argc, char** argv) {
    std::signal(SIGXFSZ, SIG_IGN); // a limit on file sizes is told like a full disk, not died of
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("VLM-PTQ Studio"));
    QApplication::setApplicationVersion(QStringLiteral(VLMPTQ_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("vlmptq-studio"));
    const Options options = parse(application);

    ui::Settings settings;
    ui::Theme theme;
    theme.setMode(settings.themeMode());
    theme.setTextPercent(settings.textPercent());
    ui::Selection selection;
    ui::StoreReader reader;
    ui::TaskQueue tasks;
    studio::EngineHost host(api::loadEngine);
    ui::MainWindow window({&theme, &settings, &selection, &reader, &tasks}, &host);
    window.show();
    host.loadEngine();

    // --db, then $VLMPTQ_DB (in defaultDatabase), then the one opened last.
    const bool isGiven = !options.database.isEmpty() || qEnvironmentVariableIsSet("VLMPTQ_DB");
    const QString remembered = isGiven ? options.database : settings.database();
    window.openDatabase(remembered.isEmpty() ? store::defaultDatabase() : ui::toPath(remembered));
    if (options.demo)
        window.showDemoSetup();
    if (!options.model.isEmpty())
        window.openModel(QFileInfo(options.model).absoluteFilePath());
    return QApplication::exec();
}
