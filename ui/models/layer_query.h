// layer_query.h - the filter line of the Layers table: words, and `key:value` or `key>value` terms that must
// all hold:
//   kind:down error>1e-2 layer:3 mu<0.4 bits:3 seconds>2 state:rtn gate_proj
// Pure. Unknown keys are searched as words.
#pragma once
#include "engine/core/records.h"

#include <QString>

#include <vector>

namespace vlmptq::ui {

class LayerQuery {
public:
    LayerQuery() = default;
    explicit LayerQuery(const QString& line);
    bool matches(const ModuleResult&) const;

private:
    struct Term {
        QString key;    // empty: a word
        QChar relation; // ':', '>' or '<'
        QString value;
    };
    static bool holds(const Term&, const ModuleResult&);
    std::vector<Term> m_terms;
};

QString moduleStateText(const ModuleResult&); // "fine", "damping raised", "fell back to RTN"

}
