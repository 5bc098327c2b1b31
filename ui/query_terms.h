// query_terms.h - the grammar of a search line, the same in the run library and in the Layers table: words,
// and `key:value`, `key>value` or `key<value` terms. What a key means is the caller's. Pure.
#pragma once
#include <QStringList>

#include <optional>
#include <vector>

namespace vlmptq::ui {

struct QueryTerm {
    QString key;    // lower case; empty: a word
    QChar relation; // ':', '>' or '<'
    QString value;

    // False where either side is no number.
    bool compares(std::optional<double> number) const;
};

// Terms with a key that is not in `keys` are words.
std::vector<QueryTerm> queryTerms(const QString& line, const QStringList& keys);

}
