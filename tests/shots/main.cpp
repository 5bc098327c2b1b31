// studio_shots FOLDER [NAME…]: photographs the scenes (all, or those whose name begins with a NAME) in both
// themes. studio_shots --readme DATABASE FOLDER: the pictures of the README, from the runs of the demo.
// Exit code 1 when a text is clipped or Qt complained.
#include "shots/clipping.h"
#include "shots/scenes.h"

#include <QApplication>
#include <QDir>
#include <QTextStream>

namespace vlmptq::test {
namespace {

QStringList photograph(const Scene& scene, ui::ThemeMode mode, const QDir& folder) {
    Studio studio(scene.script);
    studio.theme.setMode(mode);
    studio.theme.setTextPercent(scene.textPercent);
    studio.window->resize(scene.size);
    if (scene.before)
        scene.before(studio);
    studio.show();
    settle(studio);
    QWidget* shown = scene.arrange(studio);
    if (!scene.name.endsWith(QStringLiteral("_loading")))
        settle(studio);
    const QChar joint = QLatin1Char(scene.onlyIn ? '-' : '_');
    const QString name =
        scene.name + joint + (mode == ui::ThemeMode::Dark ? QStringLiteral("dark") : QStringLiteral("light"));
    QStringList problems;
    if (!shown || !shown->grab().save(folder.filePath(name + QStringLiteral(".png"))))
        problems << name + QStringLiteral(": no picture");
    else
        for (const QString& text : clippedTexts(*shown))
            problems << name + QStringLiteral(": clipped: ") + text;
    for (const QString& warning : unexpectedQtWarnings())
        problems << name + QStringLiteral(": ") + warning;
    return problems;
}

int run(const QStringList& arguments) {
    const bool isReadme = arguments.value(1) == QStringLiteral("--readme");
    if (arguments.size() < (isReadme ? 4 : 2)) {
        QTextStream(stderr) << "usage: studio_shots FOLDER [NAME…] | --readme DATABASE FOLDER\n";
        return 2;
    }
    const QDir folder(arguments[isReadme ? 3 : 1]);
    folder.mkpath(QStringLiteral("."));
    const QStringList names = arguments.mid(isReadme ? 4 : 2);
    QStringList problems;
    for (const Scene& scene : isReadme ? readmeScenes(arguments[2].toStdString()) : scenes()) {
        const bool isWanted =
            names.isEmpty() || std::any_of(names.begin(), names.end(),
                                           [&](const QString& name) { return scene.name.startsWith(name); });
        if (!isWanted)
            continue;
        for (const auto mode : {ui::ThemeMode::Light, ui::ThemeMode::Dark})
            if (scene.onlyIn.value_or(mode) == mode)
                problems << photograph(scene, mode, folder);
    }
    for (const QString& problem : problems)
        QTextStream(stderr) << problem << '\n';
    return problems.isEmpty() ? 0 : 1;
}

}
}

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    return vlmptq::test::run(QApplication::arguments());
}
