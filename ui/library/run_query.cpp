#include "ui/library/run_query.h"

#include "ui/qt_text.h"

#include <algorithm>
#include <optional>

namespace vlmptq::ui {
namespace {

bool contains(const std::string& where, const QString& what) {
    return text(where).contains(what, Qt::CaseInsensitive);
}

std::optional<double> numberOf(const QString& key, const store::RunRecord& run) {
    if (key == QLatin1String("score"))
        return run.averageScore;
    if (key == QLatin1String("bits"))
        return run.config.quant.weightBits;
    if (key == QLatin1String("error"))
        return run.summary ? std::optional(run.summary->meanModuleError) : std::nullopt;
    return std::nullopt;
}

bool isNumeric(const QString& key) {
    return key == QLatin1String("score") || key == QLatin1String("bits") || key == QLatin1String("error");
}

}

RunQuery::RunQuery(const QString& line)
    : m_terms(queryTerms(line, {QStringLiteral("method"), QStringLiteral("tag"), QStringLiteral("state"),
                                QStringLiteral("model"), QStringLiteral("scheme"), QStringLiteral("name"),
                                QStringLiteral("date"), QStringLiteral("score"), QStringLiteral("bits"),
                                QStringLiteral("error")})) {}

bool RunQuery::matches(const store::RunRecord& run) const {
    return std::ranges::all_of(m_terms, [&run](const QueryTerm& term) { return holds(term, run); });
}

bool RunQuery::holds(const QueryTerm& term, const store::RunRecord& run) {
    const auto hasTag = [&] {
        return std::ranges::any_of(run.tags, [&](const auto& tag) { return contains(tag, term.value); });
    };
    if (term.key.isEmpty())
        return contains(run.name, term.value) || contains(run.method, term.value) ||
               contains(run.scheme, term.value) || contains(run.modelTitle, term.value) ||
               contains(run.note, term.value) ||
               methodTitle(run.method).contains(term.value, Qt::CaseInsensitive) ||
               stateText(run.state).contains(term.value, Qt::CaseInsensitive) || hasTag();
    if (isNumeric(term.key))
        return term.compares(numberOf(term.key, run));
    if (term.key == QLatin1String("date")) {
        const QString date = text(run.createdAt);
        if (term.relation == QLatin1Char('>'))
            return date.left(term.value.size()) >= term.value;
        if (term.relation == QLatin1Char('<'))
            return date.left(term.value.size()) < term.value;
        return date.startsWith(term.value);
    }
    // "method:vlmptq" means this method, not its two ablations.
    if (term.key == QLatin1String("method"))
        return text(run.method).compare(term.value, Qt::CaseInsensitive) == 0;
    if (term.key == QLatin1String("tag"))
        return hasTag();
    if (term.key == QLatin1String("state"))
        return stateText(run.state).startsWith(term.value, Qt::CaseInsensitive);
    if (term.key == QLatin1String("model"))
        return contains(run.model, term.value) || contains(run.modelTitle, term.value);
    if (term.key == QLatin1String("scheme"))
        return contains(run.scheme, term.value);
    return contains(run.name, term.value);
}

}
