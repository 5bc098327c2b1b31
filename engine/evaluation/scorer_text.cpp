#include "engine/evaluation/scorer_text.h"

#include "engine/core/text.h"

#include <unicode/locid.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <numeric>

namespace vlmptq::evaluation {
namespace {

icu::UnicodeString unicode(std::string_view text) {
    return icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), int32_t(text.size())));
}

std::string utf8(const icu::UnicodeString& text) {
    std::string bytes;
    text.toUTF8String(bytes);
    return bytes;
}

std::u32string_view trimmed(std::u32string_view text) {
    while (!text.empty() && isBlank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && isBlank(text.back()))
        text.remove_suffix(1);
    return text;
}

// The grammar of Python's float(): checks it and writes the number in ASCII without underscores.
class NumberText {
public:
    explicit NumberText(std::u32string_view text) : m_text(trimmed(text)) {}

    bool parse() {
        if (peek() == U'+' || peek() == U'-')
            m_ascii += char(take()) == '-' ? "-" : "";
        if (takeWord())
            return true;
        const bool hasWhole = takeDigits();
        bool hasFraction = false;
        if (peek() == U'.') {
            m_ascii += char(take());
            hasFraction = takeDigits();
        }
        return (hasWhole || hasFraction) && takeExponent() && m_next == m_text.size();
    }
    const std::string& ascii() const { return m_ascii; }

private:
    char32_t peek(std::size_t ahead = 0) const {
        return m_next + ahead < m_text.size() ? m_text[m_next + ahead] : U'\0';
    }
    char32_t take() { return m_text[m_next++]; }

    bool takeWord() {
        const std::string word = lower(vlmptq::evaluation::utf8(m_text.substr(m_next)));
        if (word != "inf" && word != "infinity" && word != "nan")
            return false;
        m_ascii += word;
        return true;
    }

    bool takeDigits() {
        if (!isDecimalDigit(peek()))
            return false;
        while (isDecimalDigit(peek()) || (peek() == U'_' && isDecimalDigit(peek(1)))) {
            if (peek() != U'_')
                m_ascii += char('0' + u_charDigitValue(UChar32(peek())));
            ++m_next;
        }
        return true;
    }

    bool takeExponent() {
        if (peek() != U'e' && peek() != U'E')
            return true;
        take();
        m_ascii += 'e';
        if (peek() == U'+' || peek() == U'-')
            m_ascii += char(take());
        return takeDigits();
    }

    std::u32string_view m_text;
    std::size_t m_next = 0;
    std::string m_ascii;
};

double exponentOf(std::string_view digits) {
    if (digits.starts_with('+'))
        digits.remove_prefix(1);
    double exponent = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
    if (error != std::errc::result_out_of_range)
        return exponent;
    return digits.starts_with('-') ? std::numeric_limits<double>::lowest()
                                   : std::numeric_limits<double>::max();
}

// For a number outside the range of a double: infinite when its first digit stands left of the point, else
// zero.
double beyondRange(std::string_view ascii) {
    const std::size_t exponentAt = std::min(ascii.find('e'), ascii.size());
    const std::size_t firstDigit = ascii.find_first_of("123456789");
    const std::size_t point = std::min(ascii.find('.'), exponentAt);
    const double shift = exponentAt < ascii.size() ? exponentOf(ascii.substr(exponentAt + 1)) : 0;
    const bool isHuge = double(point) - double(firstDigit) + shift > 0;
    const double size = isHuge ? std::numeric_limits<double>::infinity() : 0;
    return ascii.starts_with('-') ? -size : size;
}

}

std::u32string codePoints(std::string_view text) {
    const icu::UnicodeString wide = unicode(text);
    std::u32string points;
    points.reserve(std::size_t(wide.length()));
    for (int32_t i = 0; i < wide.length(); i = wide.moveIndex32(i, 1))
        points += char32_t(wide.char32At(i));
    return points;
}

std::string utf8(std::u32string_view points) {
    return utf8(icu::UnicodeString::fromUTF32(reinterpret_cast<const UChar32*>(points.data()),
                                              int32_t(points.size())));
}

bool isBlank(char32_t c) {
    return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
           c == 0x3000;
}

bool isDecimalDigit(char32_t c) { return u_isdigit(UChar32(c)); }
bool isLetter(char32_t c) { return u_isalpha(UChar32(c)); }
bool isUpperCase(char32_t c) { return u_isUUppercase(UChar32(c)); }
bool isChinese(char32_t c) { return u_hasBinaryProperty(UChar32(c), UCHAR_UNIFIED_IDEOGRAPH); }

std::string trim(std::string_view text) { return utf8(trimmed(codePoints(text))); }

std::vector<std::string> splitOnBlanks(std::string_view text) {
    const std::u32string points = codePoints(text);
    std::vector<std::string> parts;
    for (auto at = points.begin(); (at = std::find_if_not(at, points.end(), isBlank)) != points.end();) {
        const auto end = std::find_if(at, points.end(), isBlank);
        parts.push_back(utf8(std::u32string(at, end)));
        at = end;
    }
    return parts;
}

std::string collapse(std::string_view text) { return join(splitOnBlanks(text), " "); }

std::string lower(std::string_view text) { return utf8(unicode(text).toLower(icu::Locale::getRoot())); }

std::string upper(std::string_view text) { return utf8(unicode(text).toUpper(icu::Locale::getRoot())); }

std::size_t upperLength(std::string_view text) { return codePoints(upper(text)).size(); }

std::string capitalise(std::string_view text) {
    // One "word" from the first code point, letter or not, to the end.
    constexpr uint32_t kWhole = U_TITLECASE_WHOLE_STRING | U_TITLECASE_NO_BREAK_ADJUSTMENT;
    return utf8(unicode(text).toTitle(nullptr, icu::Locale::getRoot(), kWhole));
}

std::optional<double> number(std::string_view text) {
    const std::u32string points = codePoints(text);
    NumberText parsed(points);
    if (!parsed.parse())
        return std::nullopt;
    const std::string& ascii = parsed.ascii();
    double value = 0;
    const auto [end, error] = std::from_chars(ascii.data(), ascii.data() + ascii.size(), value);
    return error == std::errc::result_out_of_range ? beyondRange(ascii) : value;
}

std::size_t editDistance(std::u32string_view a, std::u32string_view b) {
    if (a.size() < b.size())
        std::swap(a, b);
    std::vector<std::size_t> above(b.size() + 1), current(b.size() + 1);
    std::iota(above.begin(), above.end(), std::size_t(0));
    for (std::size_t i = 0; i < a.size(); ++i) {
        current[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j)
            current[j + 1] = std::min({above[j] + (a[i] != b[j]), above[j + 1] + 1, current[j] + 1});
        above.swap(current);
    }
    return above.back();
}

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

std::string replaced(std::string_view text, std::string_view what, std::string_view with) {
    std::string result;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t hit = std::min(text.find(what, at), text.size());
        result += text.substr(at, hit - at);
        if (hit == text.size())
            break;
        result += with;
        at = hit + what.size();
    }
    return result;
}

}
