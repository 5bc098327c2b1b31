// run_query.h - the search line of the run library: words, and `key:value` or `key>value` terms, all of which
// must hold:
//   method:gptaq tag:w3 state:finished bits:3 score>60 error<1e-2 date>2026-01 invoice
// Pure. Unknown keys are searched as words.
#pragma once
#include "engine/store/run_store.h"
#include "ui/query_terms.h"

namespace vlmptq::ui {

class RunQuery {
public:
    RunQuery() = default;
    explicit RunQuery(const QString& line);
    bool isEmpty() const { return m_terms.empty(); }
    bool matches(const store::RunRecord&) const;

private:
    static bool holds(const QueryTerm&, const store::RunRecord&);
    std::vector<QueryTerm> m_terms;
};

}
