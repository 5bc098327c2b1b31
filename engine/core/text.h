// text.h - numbers, amounts and durations as text for people (C locale), and small string helpers. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vlmptq {

std::string bytesText(std::uint64_t bytes); // "9.6 MB"
std::string secondsText(double seconds);    // "18.2 s", "12:04", "1:02:33"
std::string timeLeftText(double seconds);   // "less than a minute", "about 4 min", "about 35 min"
std::string fixed(double value, int decimals);
std::string significant(double value, int digits); // "2.1e-03", "0.0513"
std::string join(const std::vector<std::string>&, std::string_view separator);
std::vector<std::string> split(std::string_view, char separator);
bool globMatches(std::string_view pattern, std::string_view name); // * and ?
std::string closest(std::string_view word,
                    const std::vector<std::string>& known); // "did you mean"; empty: none
// "Did you mean 'gptq'? Use one of: rtn, gptq." - the question only where a name is near.
std::string knownNamesHint(std::string_view word, const std::vector<std::string>& known);
std::string utcNow(); // 2026-11-25T13:00:00Z

}
