#include "engine/core/text.h"
#include "engine/evaluation/scorer_text.h"
#include "engine/evaluation/scorers/scorers.h"
#include "engine/evaluation/scorers/textvqa_words.h"

#include <algorithm>

namespace vlmptq::evaluation::textvqa {
namespace {

constexpr std::u32string_view kPunctuation = U";/[]\"{}()=+\\_-><@`,?!"; // in upstream's order
constexpr int kPeriodsRemoved = 32; // upstream passes a flag of this value where the count belongs

std::u32string firstClean(const std::string& answer) {
    std::string text = lower(answer);
    text = replaced(replaced(text, ",", ""), "?", "");
    text = trim(replaced(text, "'s", " 's"));
    return codePoints(trim(replaced(replaced(text, "\n", " "), "\t", " ")));
}

bool touchesSpace(const std::u32string& text, char32_t mark) {
    return text.find(std::u32string{mark, U' '}) != text.npos ||
           text.find(std::u32string{U' ', mark}) != text.npos;
}

std::u32string withoutPunctuation(const std::u32string& original) {
    std::u32string text = original;
    for (const char32_t mark : kPunctuation) {
        if (touchesSpace(original, mark))
            std::erase(text, mark);
        else
            std::replace(text.begin(), text.end(), mark, U' ');
    }
    return text;
}

std::u32string withoutPeriods(const std::u32string& text) {
    std::u32string result;
    int removed = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool beforeDigit = i + 1 < text.size() && isDecimalDigit(text[i + 1]);
        if (text[i] == U'.' && !beforeDigit && removed < kPeriodsRemoved)
            ++removed;
        else
            result += text[i];
    }
    return result;
}

std::string withPlainWords(const std::string& text) {
    std::vector<std::string> words;
    for (std::string& word : splitOnBlanks(lower(text))) {
        word = digitOf(word);
        if (!isArticle(word))
            words.push_back(withApostrophe(word));
    }
    return join(words, " ");
}

}

std::string processedAnswer(const std::string& answer) {
    return withPlainWords(utf8(withoutPeriods(withoutPunctuation(firstClean(answer)))));
}

void read(const Row& row, BenchmarkItem& item, Problems& problems) {
    readQuestion(row, item);
    readAnswerList(row, item, problems);
}

std::string prompt(const BenchmarkItem& item) {
    return capitalise(item.question) + "\nAnswer the question using a single word or phrase.";
}

// For each reference the agreement with the others; a match counts a third, three are enough.
ScoredAnswer score(const BenchmarkItem& item, const std::string& prediction, const std::string&) {
    ScoredAnswer result;
    result.parsed = processedAnswer(trim(prediction));
    result.status = answerStatus(prediction);
    if (item.references.empty())
        return result;
    std::vector<bool> matches;
    for (const std::string& reference : item.references)
        matches.push_back(processedAnswer(reference) == result.parsed);
    const auto all = std::count(matches.begin(), matches.end(), true);
    for (const bool isMatch : matches)
        result.score += std::min(1.0, double(all - isMatch) / 3);
    result.score /= double(matches.size());
    return result;
}

}
