#include "engine/evaluation/benchmark_recognise.h"

#include "engine/evaluation/scorer_text.h"
#include "engine/evaluation/scorers/scorers.h"
#include "engine/evaluation/tsv_list.h"

#include <algorithm>

namespace vlmptq::evaluation {
namespace {

std::string withoutLocal(const std::string& stem) {
    return stem.ends_with("_local") ? stem.substr(0, stem.size() - 6) : stem;
}

bool isHalfOfChartQa(const Row& row) {
    const std::string& split = row.cell("split");
    return split == "test_human" || split == "test_augmented";
}

bool isSeedCategory(const Row& row) {
    const std::string category = lower(row.cell("category"));
    return category == "chart" || category == "map" || category == "web";
}

bool hasChineseOptions(const Row& row) {
    const std::u32string options = codePoints(row.cell("multi-choice options"));
    return std::any_of(options.begin(), options.end(), isChinese);
}

bool hasTenAnswers(const Row& row) {
    const auto list = parseListLiteral(row.cell("answer"));
    return list && list->size() == 10;
}

const char* idByColumns(std::span<const Row> rows) {
    const auto any = [rows](auto test) { return std::any_of(rows.begin(), rows.end(), test); };
    const auto filled = [&any](const char* column) {
        return any([column](const Row& row) { return !row.cell(column).empty(); });
    };
    if (filled("multi-choice options"))
        return any(hasChineseOptions) ? "mme_realworld_cn" : "mme_realworld_en";
    if (filled("A") && filled("B"))
        return any(isSeedCategory) ? "seedbench_2_plus" : filled("hint") ? "scienceqa_img" : "";
    if (any(isHalfOfChartQa))
        return "chartqa";
    if (any([](const Row& row) { return ocrbench::isQuestionType(row.cell("category")); }))
        return "ocrbench";
    if (any(hasTenAnswers))
        return "textvqa_val";
    if (any([](const Row& row) { return parseListLiteral(row.cell("answer")).has_value(); }))
        return "docvqa_val";
    return "";
}

}

const Task* recognise(const std::string& stem, std::span<const Row> rows) {
    for (const Task& task : tasks())
        if (task.fileStem == withoutLocal(stem))
            return &task;
    return taskNamed(idByColumns(rows));
}

std::string lookAlike(const std::string& stem) {
    const std::string name = withoutLocal(stem);
    if (name == "DocVQA_TEST" || name == "TextVQA_TEST")
        return "a test split, which is published without answers";
    if (name == "ScienceQA_VAL")
        return "the validation split; the benchmark is ScienceQA_TEST";
    if (name == "MME-RealWorld-Lite")
        return "a subset of about 1 900 rows; the benchmark is MME-RealWorld";
    if (name == "SEEDBench2")
        return "another benchmark than SEEDBench2_Plus";
    return {};
}

}
