#include "engine/evaluation/scorer_text.h"
#include "engine/evaluation/scorers/scorers.h"

#include <cmath>

namespace vlmptq::evaluation::chartqa {
namespace {

constexpr double kTolerance = 0.05;

std::optional<double> numberOf(const std::string& text) {
    if (!text.ends_with('%'))
        return number(text);
    const auto value = number(text.substr(0, text.find_last_not_of('%') + 1));
    return value ? std::optional(*value / 100) : std::nullopt;
}

bool isRight(const std::string& answer, const std::string& reference) {
    const auto given = numberOf(answer), wanted = numberOf(reference);
    if (given && wanted && *wanted != 0)
        return std::abs(*given - *wanted) / std::abs(*wanted) <= kTolerance;
    return lower(answer) == lower(reference);
}

}

void read(const Row& row, BenchmarkItem& item, Problems& problems) {
    readQuestion(row, item);
    readPlainAnswer(row, item, problems);
    for (const char* column : {"type", "split"}) {
        const std::string& half = row.cell(column);
        if (half == "human_test" || half == "test_human")
            item.category = "human";
        if (half == "augmented_test" || half == "test_augmented")
            item.category = "augmented";
    }
}

std::string prompt(const BenchmarkItem& item) {
    return item.question + "\nAnswer the question with a single word.";
}

ScoredAnswer score(const BenchmarkItem& item, const std::string& prediction, const std::string&) {
    ScoredAnswer result;
    result.parsed = trim(prediction);
    result.status = answerStatus(prediction);
    for (const std::string& reference : item.references)
        if (isRight(result.parsed, reference))
            result.score = 1;
    return result;
}

}
