#include "engine/evaluation/scorer_text.h"
#include "engine/evaluation/scorers/scorers.h"

#include <algorithm>
#include <array>

namespace vlmptq::evaluation::ocrbench {
namespace {

constexpr const char* kFormulaType = "Handwritten Mathematical Expression Recognition";
constexpr std::array kQuestionTypes{"Regular Text Recognition",   "Irregular Text Recognition",
                                    "Artistic Text Recognition",  "Handwriting Recognition",
                                    "Digit String Recognition",   "Non-Semantic Text Recognition",
                                    "Scene Text-centric VQA",     "Doc-oriented VQA",
                                    "Key Information Extraction", kFormulaType};

bool isFormula(const BenchmarkItem& item) {
    return item.dataset.empty() ? item.category == kFormulaType : item.dataset == "HME100k";
}

std::string foldedToAscii(const std::string& text) {
    std::u32string points = codePoints(text);
    for (char32_t& c : points) {
        if (c >= 0xFF01 && c <= 0xFF5E)
            c -= 0xFEE0;
        if (c == 0x3000)
            c = U' ';
    }
    return utf8(points);
}

std::string preparedFormula(const std::string& text) {
    return replaced(replaced(trim(text), "\n", " "), " ", "");
}

std::string prepared(const std::string& text, const std::string& ruleset) {
    const std::string folded = ruleset == kRules2025 ? text : foldedToAscii(text);
    return replaced(trim(lower(folded)), "\n", " ");
}

}

bool isQuestionType(const std::string& category) {
    return std::find(kQuestionTypes.begin(), kQuestionTypes.end(), category) != kQuestionTypes.end();
}

void read(const Row& row, BenchmarkItem& item, Problems& problems) {
    readQuestion(row, item);
    if (!row.cell("question_type").empty())
        item.category = row.cell("question_type");
    readAnswerList(row, item, problems);
    if (std::any_of(item.references.begin(), item.references.end(),
                    [](const auto& r) { return trim(r).empty(); }))
        problems.push_back(rowProblem("E_ANSWER_MISSING", "answer",
                                      "An answer is empty; it would be found in whatever the model says."));
    if (!isQuestionType(item.category))
        problems.push_back(
            rowWarning("W_CATEGORY_UNKNOWN", "category",
                       "The question type '" + item.category + "' is not one of OCRBench's ten."));
}

std::string prompt(const BenchmarkItem& item) { return trim(item.question); }

ScoredAnswer score(const BenchmarkItem& item, const std::string& prediction, const std::string& ruleset) {
    const bool formula = isFormula(item);
    ScoredAnswer result;
    result.status = answerStatus(prediction);
    // What was understood is the same text under both rules, so that two runs can be compared.
    result.parsed = formula ? preparedFormula(prediction) : prepared(prediction, kRulesCurrent);
    std::string answer = result.parsed;
    if (ruleset == kRules2025)
        answer = formula ? preparedFormula(lower(prediction)) : prepared(prediction, ruleset);
    for (const std::string& reference : item.references)
        if (contains(answer, formula ? preparedFormula(reference) : prepared(reference, ruleset)))
            result.score = 1;
    return result;
}

}
