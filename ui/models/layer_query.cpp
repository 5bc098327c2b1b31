#include "ui/models/layer_query.h"

#include "ui/qt_text.h"

#include <QCoreApplication>

#include <algorithm>

namespace vlmptq::ui {
namespace {

bool isNumeric(const QString& key) {
    static const QStringList kKeys{QStringLiteral("error"),   QStringLiteral("mu"),
                                   QStringLiteral("bits"),    QStringLiteral("layer"),
                                   QStringLiteral("seconds"), QStringLiteral("damping")};
    return kKeys.contains(key);
}

std::optional<double> numberOf(const QString& key, const ModuleResult& module) {
    if (key == QLatin1String("error"))
        return module.heldoutError.all ? module.heldoutError.all : module.calibrationError.all;
    if (key == QLatin1String("mu"))
        return module.awareness;
    if (key == QLatin1String("bits"))
        return module.bits;
    if (key == QLatin1String("layer"))
        return module.layer;
    if (key == QLatin1String("damping"))
        return module.dampUsed;
    return module.captureSeconds + module.muSearchSeconds + module.solveSeconds + module.packSeconds;
}

}

LayerQuery::LayerQuery(const QString& line)
    : m_terms(queryTerms(line,
                         {QStringLiteral("kind"), QStringLiteral("name"), QStringLiteral("state"),
                          QStringLiteral("error"), QStringLiteral("mu"), QStringLiteral("bits"),
                          QStringLiteral("layer"), QStringLiteral("seconds"), QStringLiteral("damping")})) {}

bool LayerQuery::matches(const ModuleResult& module) const {
    return std::ranges::all_of(m_terms, [&module](const QueryTerm& term) { return holds(term, module); });
}

bool LayerQuery::holds(const QueryTerm& term, const ModuleResult& module) {
    const auto has = [&term](const QString& where) {
        return where.contains(term.value, Qt::CaseInsensitive);
    };
    if (isNumeric(term.key))
        return term.compares(numberOf(term.key, module));
    if (term.key == QLatin1String("kind"))
        return has(text(module.kind));
    if (term.key == QLatin1String("state"))
        return has(moduleStateText(module));
    return has(text(module.name)) || (term.key.isEmpty() && has(moduleStateText(module)));
}

QString moduleStateText(const ModuleResult& module) {
    if (module.fellBackToRtn)
        return QCoreApplication::translate("LayerModel", "fell back to RTN");
    if (module.dampRetries > 0)
        return QCoreApplication::translate("LayerModel", "damping raised");
    return QCoreApplication::translate("LayerModel", "fine");
}

}
