#include "engine/evaluation/benchmark_row.h"

#include "engine/evaluation/scorer_text.h"
#include "engine/evaluation/tsv_list.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace vlmptq::evaluation {
namespace {

std::string textOf(const nlohmann::json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
}

}

const std::string& Row::cell(std::string_view column) const {
    static const std::string none;
    const auto found = cells.find(column);
    return found == cells.end() ? none : found->second;
}

const std::vector<std::string>* Row::list(std::string_view column) const {
    const auto found = lists.find(column);
    return found == lists.end() ? nullptr : &found->second;
}

void Row::set(const std::string& column, std::string text) {
    if (!text.empty())
        cells[column] = std::move(text);
}

Row rowFromJson(const nlohmann::json& object) {
    Row row;
    for (const auto& [column, value] : object.items()) {
        if (value.is_array()) {
            auto& list = row.lists[column];
            for (const auto& part : value)
                list.push_back(textOf(part));
        } else if (!value.is_null()) {
            row.set(column, textOf(value));
        }
    }
    return row;
}

LoadProblem rowProblem(std::string code, std::string column, std::string message) {
    LoadProblem problem;
    problem.code = std::move(code);
    problem.column = std::move(column);
    problem.message = std::move(message);
    return problem;
}

LoadProblem rowWarning(std::string code, std::string column, std::string message) {
    LoadProblem warning = rowProblem(std::move(code), std::move(column), std::move(message));
    warning.isWarning = true;
    return warning;
}

void readPlainAnswer(const Row& row, BenchmarkItem& item, Problems& problems) {
    const std::string& answer = row.cell("answer");
    if (answer.empty())
        problems.push_back(rowProblem("E_ANSWER_MISSING", "answer", "The question has no answer."));
    else
        item.references = {answer};
}

void readAnswerList(const Row& row, BenchmarkItem& item, Problems& problems) {
    for (const char* column : {"answers", "answer"})
        if (const auto* list = row.list(column))
            item.references = *list;
    const std::string& answer = row.cell("answer");
    if (answer.starts_with('[')) {
        const auto list = parseListLiteral(answer);
        if (!list) {
            problems.push_back(
                rowProblem("E_ANSWER_LIST", "answer", "The answer is not a list of texts: " + answer));
            return;
        }
        item.references = *list;
    } else if (!answer.empty()) {
        item.references = {answer};
    }
    if (item.references.empty())
        problems.push_back(rowProblem("E_ANSWER_MISSING", "answer", "The question has no answer."));
}

void readLetter(const Row& row, BenchmarkItem& item, Problems& problems) {
    const std::string letter = trim(row.cell("answer"));
    if (letter.empty()) {
        problems.push_back(rowProblem("E_ANSWER_MISSING", "answer", "The question has no answer."));
        return;
    }
    for (std::size_t i = 0; i < item.options.size(); ++i)
        if (!item.options[i].empty() && lower(letterOf(i)) == lower(letter)) {
            item.references = {letter};
            return;
        }
    problems.push_back(rowProblem("E_ANSWER_NOT_OPTION", "answer",
                                  "The answer '" + letter + "' is not the letter of an option."));
}

void readLetterOptions(const Row& row, BenchmarkItem& item, Problems& problems) {
    for (std::size_t i = 0; i < 26; ++i) {
        const std::string& option = row.cell(letterOf(i));
        if (option.empty())
            continue;
        item.options.resize(i + 1);
        item.options[i] = option;
    }
    const auto gap = std::find(item.options.begin(), item.options.end(), std::string());
    if (gap != item.options.end()) {
        const std::string letter = letterOf(std::size_t(gap - item.options.begin()));
        problems.push_back(
            rowWarning("W_OPTION_GAP", letter, "Option " + letter + " is empty, a later one is not."));
    }
}

std::string letterOf(std::size_t option) { return std::string(1, char('A' + option)); }

std::string optionLine(std::size_t option, const std::string& text) {
    return letterOf(option).append(". ").append(text);
}

}
