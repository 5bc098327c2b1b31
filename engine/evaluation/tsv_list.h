// tsv_list.h - Python list literals of texts as they stand in TSV cells: ['a', "it's", 'tab\t']
// (benchmarks.md 3.2). A plain parser; nothing is ever evaluated.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vlmptq::evaluation {

// None when the text is not such a list. Bare numbers are kept as their text.
std::optional<std::vector<std::string>> parseListLiteral(std::string_view);

}
