#include "engine/core/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <ctime>
#include <numeric>
#include <utility>

namespace vlmptq {
namespace {

// std::to_chars knows no locale: the decimal sign is always a point.
std::string number(double value, std::chars_format format, int decimals) {
    std::array<char, 512> buffer;
    const auto end = std::to_chars(buffer.begin(), buffer.end(), value, format, decimals).ptr;
    return {buffer.begin(), end};
}

std::string twoDigits(long long value) {
    return {static_cast<char>('0' + value / 10), static_cast<char>('0' + value % 10)};
}

// Two neighbours in the wrong order are one mistake.
std::size_t editDistance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> beforeLast, last(b.size() + 1), row(b.size() + 1);
    std::iota(last.begin(), last.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            row[j] = std::min({last[j - 1] + (a[i - 1] != b[j - 1]), last[j] + 1, row[j - 1] + 1});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], beforeLast[j - 2] + 1);
        }
        beforeLast = std::exchange(last, row);
    }
    return last.back();
}

}

std::string bytesText(std::uint64_t bytes) {
    static constexpr std::array kUnits{"B", "kB", "MB", "GB", "TB"};
    double amount = static_cast<double>(bytes);
    std::size_t unit = 0;
    // 999.95 would be shown as "1000.0"
    for (; amount >= 999.95 && unit + 1 < kUnits.size(); ++unit)
        amount /= 1000;
    return fixed(amount, unit == 0 ? 0 : 1) + " " + kUnits[unit];
}

std::string secondsText(double seconds) {
    if (seconds < 1)
        return fixed(seconds, 2) + " s";
    if (seconds < 59.95)
        return fixed(seconds, 1) + " s";
    const auto whole = std::llround(seconds);
    const auto minutesAndSeconds = twoDigits(whole % 60);
    if (whole < 3600)
        return std::to_string(whole / 60) + ":" + minutesAndSeconds;
    return std::to_string(whole / 3600) + ":" + twoDigits(whole / 60 % 60) + ":" + minutesAndSeconds;
}

std::string timeLeftText(double seconds) {
    if (seconds < 60)
        return "less than a minute";
    auto minutes = std::llround(seconds / 60);
    if (minutes >= 10)
        minutes = (minutes + 2) / 5 * 5;
    if (minutes < 60)
        return "about " + std::to_string(minutes) + " min";
    std::string text = "about " + std::to_string(minutes / 60) + " h";
    if (minutes % 60 != 0)
        text.append(" ").append(std::to_string(minutes % 60)).append(" min");
    return text;
}

std::string fixed(double value, int decimals) { return number(value, std::chars_format::fixed, decimals); }

std::string significant(double value, int digits) {
    if (value == 0)
        return "0";
    if (!std::isfinite(value))
        return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
    const double magnitude = std::abs(value);
    if (magnitude < 0.01 || magnitude >= 1e6)
        return number(value, std::chars_format::scientific, digits - 1);
    const int exponent = static_cast<int>(std::floor(std::log10(magnitude)));
    return fixed(value, std::max(0, digits - 1 - exponent));
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
    std::string text;
    for (const auto& part : parts) {
        if (&part != &parts.front())
            text += separator;
        text += part;
    }
    return text;
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    for (;;) {
        const auto end = text.find(separator);
        parts.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos)
            return parts;
        text.remove_prefix(end + 1);
    }
}

bool globMatches(std::string_view pattern, std::string_view name) {
    std::size_t p = 0, n = 0, star = std::string_view::npos, resume = 0;
    while (n < name.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            resume = n;
        } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n])) {
            ++p, ++n;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            n = ++resume; // the star takes one more character
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

std::string closest(std::string_view word, const std::vector<std::string>& known) {
    std::string best;
    std::size_t bestDistance = std::max<std::size_t>(1, word.size() / 3) + 1;
    for (const auto& candidate : known) {
        const auto distance = editDistance(word, candidate);
        if (distance < bestDistance)
            best = candidate, bestDistance = distance;
    }
    return best;
}

std::string knownNamesHint(std::string_view word, const std::vector<std::string>& known) {
    const auto nearest = closest(word, known);
    return (nearest.empty() ? "" : "Did you mean '" + nearest + "'? ") + "Use one of: " + join(known, ", ") +
           ".";
}

std::string utcNow() {
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    gmtime_r(&now, &utc);
    std::array<char, 32> buffer;
    return {buffer.data(), std::strftime(buffer.data(), buffer.size(), "%Y-%m-%dT%H:%M:%SZ", &utc)};
}

}
