#include "engine/evaluation/scorer_text.h"
#include "engine/evaluation/scorers/scorers.h"

#include <algorithm>

namespace vlmptq::evaluation::demo {

void readAnswers(const Row& row, BenchmarkItem& item, Problems& problems) {
    readQuestion(row, item);
    readAnswerList(row, item, problems);
}

void readChoices(const Row& row, BenchmarkItem& item, Problems& problems) {
    readQuestion(row, item);
    readLetterOptions(row, item, problems);
    readLetter(row, item, problems);
}

std::string prompt(const BenchmarkItem& item) {
    std::string text = item.question;
    for (std::size_t i = 0; i < item.options.size(); ++i)
        if (!item.options[i].empty())
            text.append("\n").append(optionLine(i, item.options[i]));
    if (item.options.empty())
        return text + "\nAnswer the question using a single word or phrase.";
    const std::u32string question = codePoints(item.question);
    if (std::any_of(question.begin(), question.end(), isChinese))
        return text + "\n请直接使用所提供的选项字母作为答案回答。";
    return text + "\nAnswer with the option's letter from the given choices directly.";
}

}
