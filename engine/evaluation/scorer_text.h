// scorer_text.h - the text primitives the scoring rules are written in (benchmarks.md 4), equal to Python's.
// Lengths and positions count code points; text is UTF-8, damaged UTF-8 reads as U+FFFD. Pure, independent of
// any locale.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vlmptq::evaluation {

std::u32string codePoints(std::string_view);
std::string utf8(std::u32string_view);

bool isBlank(char32_t);        // 4.1: Unicode white space; not U+200B, U+2060, U+FEFF
bool isDecimalDigit(char32_t); // any script
bool isLetter(char32_t);
bool isUpperCase(char32_t);
bool isChinese(char32_t);                                 // a Han character
std::string trim(std::string_view);                       // 4.1
std::vector<std::string> splitOnBlanks(std::string_view); // 4.2
std::string collapse(std::string_view);                   // 4.2: the parts joined by one space
std::string lower(std::string_view);                      // 4.3
std::string upper(std::string_view);
std::size_t upperLength(std::string_view);      // 4.4
std::string capitalise(std::string_view);       // 4.5
std::optional<double> number(std::string_view); // 4.6; none where Python's float() refuses
std::size_t editDistance(std::u32string_view, std::u32string_view); // 4.7

bool contains(std::string_view text, std::string_view part);
std::string replaced(std::string_view text, std::string_view what, std::string_view with); // every occurrence

}
