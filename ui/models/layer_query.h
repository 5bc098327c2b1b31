// layer_query.h - the filter line of the Layers table: words, and `key:value` or `key>value` terms that must
// all hold:
//   kind:down error>1e-2 layer:3 mu<0.4 bits:3 seconds>2 state:rtn gate_proj
// Pure. Unknown keys are searched as words.
#pragma once
#include "engine/core/records.h"
#include "ui/query_terms.h"

namespace vlmptq::ui {

class LayerQuery {
public:
    LayerQuery() = default;
    explicit LayerQuery(const QString& line);
    bool matches(const ModuleResult&) const;

private:
    static bool holds(const QueryTerm&, const ModuleResult&);
    std::vector<QueryTerm> m_terms;
};

QString moduleStateText(const ModuleResult&); // "fine", "damping raised", "fell back to RTN"

}
