#include "engine/evaluation/scorer_text.h"
#include "engine/evaluation/scorers/scorers.h"

#include <charconv>

namespace vlmptq::evaluation::scienceqa {
namespace {

// One letter alone, or a capital letter of any script before a period.
std::string letterIn(const std::string& text) {
    const std::u32string answer = codePoints(text);
    if (answer.size() == 1 && isLetter(answer[0]))
        return upper(text);
    if (answer.size() >= 2 && isUpperCase(answer[0]) && answer[1] == U'.')
        return utf8(answer.substr(0, 1));
    return {};
}

// A parquet answer is the position of the choice.
Row withLetter(const Row& row, std::size_t choices) {
    Row lettered = row;
    const std::string& text = row.cell("answer");
    std::size_t position = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), position);
    if (error == std::errc() && end == text.data() + text.size() && position < choices)
        lettered.cells["answer"] = letterOf(position);
    return lettered;
}

}

void read(const Row& row, BenchmarkItem& item, Problems& problems) {
    readQuestion(row, item);
    if (const auto* choices = row.list("choices")) {
        item.options = *choices;
        readLetter(withLetter(row, choices->size()), item, problems);
    } else {
        readLetterOptions(row, item, problems);
        readLetter(row, item, problems);
    }
}

std::string prompt(const BenchmarkItem& item) {
    std::string text = item.hint.empty() ? "" : "Context: " + item.hint + "\n";
    text += item.question + "\n";
    for (std::size_t i = 0; i < item.options.size(); ++i)
        if (!item.options[i].empty())
            text += optionLine(i, item.options[i]) + "\n";
    return text + "Answer with the option's letter from the given choices directly.";
}

ScoredAnswer score(const BenchmarkItem& item, const std::string& prediction, const std::string&) {
    const std::string answer = trim(prediction);
    const std::string letter = letterIn(answer);
    ScoredAnswer result;
    result.hasParsed = !letter.empty();
    result.parsed = letter;
    result.status = answerStatus(prediction);
    if (result.status == "ok" && letter.empty())
        result.status = "unparsed";
    for (const std::string& reference : item.references)
        if (const std::string right = lower(trim(reference));
            lower(answer) == right || (!letter.empty() && lower(letter) == right))
            result.score = 1;
    return result;
}

}
