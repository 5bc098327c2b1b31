#include "engine/core/text.h"
#include "engine/evaluation/scorer_text.h"
#include "engine/evaluation/scorers/scorers.h"
#include "engine/evaluation/tsv_list.h"

#include <algorithm>
#include <array>

namespace vlmptq::evaluation::mme_realworld {
namespace {

constexpr const char* kEnglishHeading = "The choices are listed below:";
constexpr const char* kChineseHeading = "选项如下所示:";
constexpr const char* kLetters = "ABCDE";
constexpr std::array kPrefixes{"The best answer is", "The correct answer is", "The answer is",
                               "The answer",         "The best option is",    "The correct option is",
                               "Best answer:",       "Best option:"};
constexpr std::array kSubtasks{"Monitoring", "Autonomous_Driving", "OCR with Complex Context",
                               "Diagram and Table", "Remote Sensing"};

// A heading line, then one option a line; or a list literal.
std::vector<std::string> optionsOf(const std::string& cell) {
    if (cell.starts_with('['))
        if (auto list = parseListLiteral(cell))
            return *list;
    std::vector<std::string> options;
    for (std::string& line : split(cell, '\n')) {
        const bool isHeading = options.empty() && (line == kEnglishHeading || line == kChineseHeading);
        if (!isHeading && !trim(line).empty())
            options.push_back(std::move(line));
    }
    return options;
}

std::string prompt(const BenchmarkItem& item, const std::string& heading, const std::string& request) {
    return item.question + " " + heading + "\n" + join(item.options, "\n") + "\n" + request;
}

std::string withoutPrefixes(std::string text) {
    for (const char* prefix : kPrefixes)
        text = replaced(text, prefix, "");
    return text;
}

// Upstream's reader, its oddities included: an empty answer is contained in "(A)" and so reads as A.
std::string letterIn(const std::string& answer) {
    const std::string text = withoutPrefixes(trim(answer));
    const std::size_t capital = text.find_first_of(kLetters);
    if (capital != std::string::npos)
        return std::string(1, text[capital]);
    if (splitOnBlanks(text).size() > 10)
        return {};
    const std::string small = lower(text);
    for (const std::string_view label : {"(a)", "(b)", "(c)", "(d)", "(e)"})
        if (contains(label, small))
            return upper(label.substr(1, 1));
    return {};
}

// A letter that only upstream's oddity reads out of an answer without one ("", "(", ")") is not counted as
// understood.
std::string statusOf(const std::string& prediction, const std::string& letter) {
    const std::string status = answerStatus(prediction);
    if (status != "ok")
        return status;
    const bool hasLetter =
        !letter.empty() && contains(lower(withoutPrefixes(trim(prediction))), lower(letter));
    return hasLetter ? "ok" : "unparsed";
}

}

void read(const Row& row, BenchmarkItem& item, Problems& problems) {
    readQuestion(row, item);
    if (const auto* list = row.list("multi-choice options")) {
        item.options = *list;
    } else if (!row.cell("multi-choice options").empty()) {
        item.options = optionsOf(row.cell("multi-choice options"));
    } else {
        readLetterOptions(row, item, problems);
        for (std::size_t i = 0; i < item.options.size(); ++i)
            if (!item.options[i].empty())
                item.options[i].insert(0, std::string{'(', char('A' + i), ')', ' '});
    }
    readLetter(row, item, problems);
    const std::string subtask = item.category.substr(item.category.rfind('/') + 1);
    if (std::find(kSubtasks.begin(), kSubtasks.end(), subtask) == kSubtasks.end())
        problems.push_back(
            rowWarning("W_CATEGORY_UNKNOWN", "category",
                       "The subtask '" + subtask + "' is not known; it is a group of its own."));
}

std::string englishPrompt(const BenchmarkItem& item) {
    return prompt(item, kEnglishHeading,
                  "Select the best answer to the above multiple-choice question based on the image. Respond "
                  "with only the "
                  "letter (A, B, C, D, or E) of the correct option.\nThe best answer is: ");
}

std::string chinesePrompt(const BenchmarkItem& item) {
    return prompt(
        item, kChineseHeading,
        "根据图像选择上述多项选择题的最佳答案。只需回答正确选项的字母（A, B, C, D 或 E）。\n最佳答案为： ");
}

ScoredAnswer score(const BenchmarkItem& item, const std::string& prediction, const std::string&) {
    ScoredAnswer result;
    result.parsed = letterIn(prediction);
    result.status = statusOf(prediction, result.parsed);
    for (const std::string& reference : item.references)
        if (!result.parsed.empty() && lower(result.parsed) == lower(trim(reference)))
            result.score = 1;
    return result;
}

}
