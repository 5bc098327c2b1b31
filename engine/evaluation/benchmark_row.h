// benchmark_row.h - one question as its file stores it, and the steps that most tasks share when they read
// it. A TSV cell and a parquet value meet here, so that a task reads both (benchmarks.md 3.2, 3.3).
#pragma once
#include "engine/evaluation/benchmark.h"

#include <nlohmann/json_fwd.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace vlmptq::evaluation {

struct Row {
    std::map<std::string, std::string, std::less<>> cells;              // absent: the empty cell
    std::map<std::string, std::vector<std::string>, std::less<>> lists; // parquet's list columns

    const std::string& cell(std::string_view column) const;              // empty text when absent
    const std::vector<std::string>* list(std::string_view column) const; // null when absent
    void set(const std::string& column, std::string text);               // an empty text sets nothing
};

// A row of a parquet file or of the goldens: texts, numbers (kept as their text), lists, null.
Row rowFromJson(const nlohmann::json& object);

LoadProblem rowProblem(std::string code, std::string column, std::string message);
LoadProblem rowWarning(std::string code, std::string column, std::string message);

// The steps below fill one part of the item and add what is wrong with it to `problems`.
using Problems = std::vector<LoadProblem>;
void readPlainAnswer(const Row&, BenchmarkItem&, Problems&);   // the text as it stands
void readAnswerList(const Row&, BenchmarkItem&, Problems&);    // a list literal, a list, or a list of one
void readLetter(const Row&, BenchmarkItem&, Problems&);        // needs the options
void readLetterOptions(const Row&, BenchmarkItem&, Problems&); // columns A to Z

std::string letterOf(std::size_t option);                            // "A" for 0
std::string optionLine(std::size_t option, const std::string& text); // "A. text"

}
