#include "engine/evaluation/scorers/scorers.h"

#include "engine/evaluation/scorer_text.h"

namespace vlmptq::evaluation {

std::string answerStatus(const std::string& prediction) { return trim(prediction).empty() ? "empty" : "ok"; }

void readQuestion(const Row& row, BenchmarkItem& item) {
    item.question = row.cell("question");
    item.hint = row.cell("hint");
    item.category = row.cell("category");
    item.l2Category = row.cell("l2-category");
    item.dataset = row.cell("dataset");
}

}
