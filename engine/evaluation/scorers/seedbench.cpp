#include "engine/evaluation/scorer_text.h"
#include "engine/evaluation/scorers/scorers.h"

namespace vlmptq::evaluation::seedbench {
namespace {

constexpr std::size_t kChoices = 4;

std::string choiceText(const std::string& choice) {
    return contains(choice, "jpg") || contains(choice, "png") ? "<image>" : choice;
}

bool isChoiceLetter(const std::string& letter) {
    const std::string small = lower(letter);
    return small.size() == 1 && small[0] >= 'a' && small[0] < 'a' + int(kChoices);
}

}

void read(const Row& row, BenchmarkItem& item, Problems& problems) {
    readQuestion(row, item);
    if (!row.cell("question_image_type").empty())
        item.category = row.cell("question_image_type");
    for (std::size_t i = 0; i < kChoices; ++i) {
        const std::string& choice = row.cell("choice_" + letterOf(i));
        item.options.push_back(choice.empty() ? row.cell(letterOf(i)) : choice);
    }
    readLetter(row, item, problems);
}

std::string prompt(const BenchmarkItem& item) {
    std::string text = item.question;
    for (std::size_t i = 0; i < kChoices; ++i)
        text.append("\n").append(optionLine(i, i < item.options.size() ? choiceText(item.options[i]) : ""));
    return text + "\nAnswer with the option's letter from the given choices directly.";
}

ScoredAnswer score(const BenchmarkItem& item, const std::string& prediction, const std::string&) {
    ScoredAnswer result;
    result.parsed = utf8(codePoints(trim(prediction)).substr(0, 1)); // whatever it is
    result.status = answerStatus(prediction);
    if (result.status == "ok" && !isChoiceLetter(result.parsed))
        result.status = "unparsed";
    for (const std::string& reference : item.references)
        if (!result.parsed.empty() && lower(result.parsed) == lower(reference))
            result.score = 1;
    return result;
}

}
