#include "engine/evaluation/scorer_text.h"
#include "engine/evaluation/scorers/scorers.h"

#include <algorithm>

namespace vlmptq::evaluation::docvqa {
namespace {

constexpr double kThreshold = 0.5; // a less similar answer is worth nothing

std::string normalised(const std::string& text) { return collapse(lower(trim(text))); }

// The divisor counts the uncollapsed texts: that is how upstream does it.
double distance(const std::string& reference, const std::string& trimmedAnswer) {
    const std::size_t longest = std::max(upperLength(reference), upperLength(trimmedAnswer));
    if (longest == 0)
        return 0;
    const auto edits = editDistance(codePoints(normalised(reference)), codePoints(normalised(trimmedAnswer)));
    return double(edits) / double(longest);
}

}

void read(const Row& row, BenchmarkItem& item, Problems& problems) {
    readQuestion(row, item);
    readAnswerList(row, item, problems);
}

std::string prompt(const BenchmarkItem& item) {
    return item.question + "\nAnswer the question using a single word or phrase.";
}

ScoredAnswer score(const BenchmarkItem& item, const std::string& prediction, const std::string&) {
    ScoredAnswer result;
    const std::string answer = trim(prediction);
    result.parsed = normalised(answer);
    result.status = answerStatus(prediction);
    double nearest = 1;
    for (const std::string& reference : item.references)
        nearest = std::min(nearest, distance(reference, answer));
    const double similarity = 1 - nearest;
    result.score = similarity < kThreshold ? 0 : similarity;
    return result;
}

}
