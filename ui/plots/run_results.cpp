#include "ui/plots/run_results.h"

#include "ui/qt_text.h"

#include <QCoreApplication>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace vlmptq::ui {

void nameRuns(std::vector<RunResults>& runs) {
    std::map<std::string, int> methods;
    std::map<std::pair<std::string, std::string>, int> schemes;
    for (const RunResults& one : runs) {
        ++methods[one.run.method];
        ++schemes[{one.run.method, one.run.scheme}];
    }
    std::map<std::string, int> seen;
    for (RunResults& one : runs) {
        one.variant = seen[one.run.method]++;
        one.title = methodTitle(one.run.method);
        if (methods[one.run.method] > 1)
            one.title += QLatin1Char(' ') + text(one.run.scheme);
        if (schemes[{one.run.method, one.run.scheme}] > 1)
            one.title =
                QCoreApplication::translate("RunResults", "%1 (run %2)").arg(one.title).arg(one.run.id);
    }
}

StyleOf styleOf(const RunResults& one) {
    return [color = one.run.color, method = one.run.method,
            variant = one.variant](const ThemeColors& colors) { return colors.run(color, method, variant); };
}

QString metadataLine(const store::RunRecord& run) {
    const nlohmann::json settings = run.config;
    return QStringLiteral("run %1: %2, fingerprint %3, settings %4")
        .arg(QString::number(run.id), runTitle(run), text(run.fingerprint), text(settings.dump()));
}

QString programLine() { return QStringLiteral("VLM-PTQ Studio " VLMPTQ_VERSION); }

QStringList metadataOf(std::span<const RunResults> runs) {
    QStringList lines;
    for (const RunResults& one : runs)
        lines << metadataLine(one.run);
    lines << programLine();
    return lines;
}

QString shortModuleName(const std::string& name) {
    const QString full = text(name);
    const qsizetype at = full.lastIndexOf(QLatin1String("layers."));
    return at < 0 ? full : full.mid(at);
}

bool isShown(const ModuleResult& module, SeriesFilter filter, const QString& kind) {
    const bool isMlp = module.name.find(".mlp.") != std::string::npos;
    if ((filter == SeriesFilter::Attention && isMlp) || (filter == SeriesFilter::Mlp && !isMlp))
        return false;
    return kind.isEmpty() || kind == text(module.kind);
}

std::vector<const ModuleResult*> modulesOf(const RunResults& one, SeriesFilter filter, const QString& kind) {
    std::vector<const ModuleResult*> modules;
    for (const LayerResult& layer : one.layers)
        for (const ModuleResult& module : layer.modules)
            if (isShown(module, filter, kind))
                modules.push_back(&module);
    return modules;
}

QStringList kindsOf(std::span<const RunResults> runs) {
    QStringList kinds;
    for (const RunResults& one : runs)
        for (const ModuleResult* module : modulesOf(one))
            if (const QString kind = text(module->kind); !kinds.contains(kind))
                kinds << kind;
    return kinds;
}

void setModuleAxis(PlotData& plot, const std::vector<const ModuleResult*>& modules) {
    plot.x.label = QCoreApplication::translate("Plots", "Module in depth order (numbers: decoder layers)");
    plot.rowTitle = QCoreApplication::translate("Plots", "Module");
    int layer = -1;
    for (const ModuleResult* module : modules) {
        plot.rowX.push_back(module->index);
        plot.rowNames.push_back(shortModuleName(module->name));
        if (module->layer != layer)
            plot.x.ticks.push_back({module->index - 0.5, QString::number(module->layer)});
        layer = module->layer;
    }
}

}
