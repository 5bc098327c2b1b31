#include "ui/query_terms.h"

#include <algorithm>

namespace vlmptq::ui {

bool QueryTerm::compares(std::optional<double> number) const {
    bool isNumber = false;
    const double limit = value.toDouble(&isNumber);
    if (!isNumber || !number)
        return false;
    if (relation == QLatin1Char('>'))
        return *number > limit;
    return relation == QLatin1Char('<') ? *number < limit : *number == limit;
}

std::vector<QueryTerm> queryTerms(const QString& line, const QStringList& keys) {
    std::vector<QueryTerm> terms;
    for (const QString& word : line.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        const auto relation =
            std::ranges::find_if(word, [](QChar c) { return QStringView(u":<>").contains(c); });
        const auto keyLength = relation - word.begin();
        const QString key = word.left(keyLength).toLower(), value = word.mid(keyLength + 1);
        if (!value.isEmpty() && keys.contains(key))
            terms.push_back({key, *relation, value});
        else
            terms.push_back({{}, QLatin1Char(':'), word});
    }
    return terms;
}

}
