#include "engine/text/jinja_lexer.h"

#include "engine/core/error.h"
#include "engine/text/utf8.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <string_view>

namespace vlmptq::text::jinja {

namespace {

constexpr std::string_view blanks = " \t\n\r\v\f";

bool isNameStart(char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_'; }
bool isDigit(char c) { return std::isdigit(static_cast<unsigned char>(c)); }

std::string withUnixLineEnds(const std::string& source) {
    std::string out;
    out.reserve(source.size());
    for (std::size_t i = 0; i < source.size(); ++i) {
        if (source[i] == '\r' && i + 1 < source.size() && source[i + 1] == '\n')
            continue;
        out.push_back(source[i] == '\r' ? '\n' : source[i]);
    }
    if (!out.empty() && out.back() == '\n')
        out.pop_back();
    return out;
}

class Lexer {
public:
    Lexer(const std::string& source, const std::string& where)
        : m_source(withUnixLineEnds(source)), m_where(where) {}

    std::vector<Token> run() {
        while (m_at < m_source.size()) {
            const auto tag = nextTag();
            takeText(tag);
            if (m_at == m_source.size())
                break;
            switch (m_source[m_at + 1]) {
            case '#':
                skipComment();
                break;
            case '%':
                takeTag(TokenKind::BlockBegin, TokenKind::BlockEnd, "%}");
                break;
            default:
                takeTag(TokenKind::OutputBegin, TokenKind::OutputEnd, "}}");
                break;
            }
        }
        add(TokenKind::End, "");
        return std::move(m_tokens);
    }

private:
    std::size_t nextTag() const {
        for (auto at = m_source.find('{', m_at); at != std::string::npos; at = m_source.find('{', at + 1))
            if (at + 1 < m_source.size() &&
                std::string_view("{%#").find(m_source[at + 1]) != std::string_view::npos)
                return at;
        return m_source.size();
    }

    // The text up to a tag, less what the tag's opening takes away.
    void takeText(std::size_t tag) {
        std::string_view text(m_source.data() + m_at, tag - m_at);
        const char sign = tag + 2 < m_source.size() ? m_source[tag + 2] : '\0';
        if (tag < m_source.size() && sign == '-')
            text = text.substr(0, text.find_last_not_of(blanks) + 1);
        else if (tag < m_source.size() && sign != '+' && m_source[tag + 1] != '{')
            text = withoutIndent(text);
        if (!text.empty())
            add(TokenKind::Text, std::string(text));
        advance(tag);
    }

    // lstrip_blocks: a block or comment that is the first thing of its line takes the blanks before it.
    std::string_view withoutIndent(std::string_view text) const {
        const auto lineStart = text.rfind('\n') + 1; // npos + 1 is 0
        const bool startsLine = lineStart > 0 || m_at == 0 || m_source[m_at - 1] == '\n';
        const bool isBlank = text.find_first_not_of(blanks, lineStart) == std::string_view::npos;
        return startsLine && isBlank ? text.substr(0, lineStart) : text;
    }

    void skipComment() {
        const auto end = m_source.find("#}", m_at + 2);
        if (end == std::string::npos)
            failAt(m_where, m_line, "the comment '{#' has no end '#}'.");
        closeTag(end, m_source[end - 1], true);
    }

    void takeTag(TokenKind begin, TokenKind end, std::string_view closing) {
        const int opened = m_line;
        add(begin, "");
        advance(m_at + 2);
        if (m_at < m_source.size() && (m_source[m_at] == '-' || m_source[m_at] == '+'))
            advance(m_at + 1);
        m_nesting = 0;
        while (true) {
            advance(std::min(m_source.find_first_not_of(blanks, m_at), m_source.size()));
            if (m_at >= m_source.size())
                failAt(m_where, opened, "the tag has no end '" + std::string(closing) + "'.");
            const char sign = m_source[m_at];
            const auto close = sign == '-' || sign == '+' ? m_at + 1 : m_at;
            if (m_nesting == 0 && m_source.compare(close, closing.size(), closing) == 0) {
                add(end, "");
                return closeTag(close, close == m_at ? '\0' : sign, end == TokenKind::BlockEnd);
            }
            takeToken();
        }
    }

    // Steps over the two closing characters; '-' takes all blanks that follow, trim_blocks one line feed.
    void closeTag(std::size_t closing, char sign, bool trims) {
        auto end = closing + 2;
        if (sign == '-')
            end = std::min(m_source.find_first_not_of(blanks, end), m_source.size());
        else if (trims && sign != '+' && end < m_source.size() && m_source[end] == '\n')
            ++end;
        advance(end);
    }

    void takeToken() {
        const char c = m_source[m_at];
        if (isNameStart(c))
            return takeRun(TokenKind::Name, [](char d) { return isNameStart(d) || isDigit(d); });
        if (isDigit(c))
            return takeInteger();
        if (c == '\'' || c == '"')
            return takeString(c);
        static constexpr std::array<std::string_view, 6> pairs{"==", "!=", "<=", ">=", "//", "**"};
        for (const auto pair : pairs)
            if (m_source.compare(m_at, 2, pair) == 0)
                return takeSymbol(2);
        if (std::string_view("()[]{}.,:|=<>+-*/%~").find(c) == std::string_view::npos)
            failAt(m_where, m_line, std::string("the character '") + c + "' is not expected in a tag.");
        if (std::string_view("([{").find(c) != std::string_view::npos)
            ++m_nesting;
        if (std::string_view(")]}").find(c) != std::string_view::npos && m_nesting > 0)
            --m_nesting;
        takeSymbol(1);
    }

    void takeSymbol(std::size_t length) {
        add(TokenKind::Symbol, m_source.substr(m_at, length));
        advance(m_at + length);
    }

    template <class Predicate>
    void takeRun(TokenKind kind, Predicate belongs) {
        auto end = m_at;
        while (end < m_source.size() && belongs(m_source[end]))
            ++end;
        add(kind, m_source.substr(m_at, end - m_at));
        advance(end);
    }

    void takeInteger() {
        takeRun(TokenKind::Integer, isDigit);
        if (m_tokens.back().text.size() > 18)
            failAt(m_where, m_line, "the number " + m_tokens.back().text + " is too large.");
        if (m_at + 1 < m_source.size() && m_source[m_at] == '.' && isDigit(m_source[m_at + 1]))
            failAt(m_where, m_line, "numbers with a decimal point are not supported.");
    }

    void takeString(char quote) {
        const int opened = m_line;
        std::string value;
        auto at = m_at + 1;
        while (at < m_source.size() && m_source[at] != quote) {
            if (m_source[at] == '\\' && at + 1 < m_source.size())
                at = takeEscape(at + 1, value);
            else
                value.push_back(m_source[at++]);
        }
        if (at >= m_source.size())
            failAt(m_where, opened, "a text has no closing quote.");
        add(TokenKind::String, value);
        advance(at + 1);
    }

    // `at` is behind the backslash; answers where the text goes on.
    std::size_t takeEscape(std::size_t at, std::string& value) const {
        const char c = m_source[at];
        static constexpr std::string_view letters = "ntrabfv0\\'\"\n";
        static constexpr std::array<std::string_view, 12> meanings{"\n", "\t",      "\r", "\a", "\b", "\f",
                                                                   "\v", {"\0", 1}, "\\", "'",  "\"", ""};
        if (const auto known = letters.find(c); known != std::string_view::npos) {
            value += meanings[known];
            return at + 1;
        }
        if (c == 'x' || c == 'u')
            return takeCodePoint(at + 1, c == 'x' ? 2 : 4, value);
        value += {'\\', c}; // as in Python
        return at + 1;
    }

    std::size_t takeCodePoint(std::size_t at, std::size_t digits, std::string& value) const {
        const auto hex = m_source.substr(at, digits);
        const bool isHex = hex.size() == digits && std::all_of(hex.begin(), hex.end(), [](char d) {
                               return std::isxdigit(static_cast<unsigned char>(d));
                           });
        const auto code = isHex ? static_cast<char32_t>(std::stoul(hex, nullptr, 16)) : 0xD800;
        if (code >= 0xD800 && code <= 0xDFFF)
            failAt(m_where, m_line,
                   "the escape '\\" + m_source.substr(at - 1, digits + 1) + "' is not a character.");
        appendUtf8(value, code);
        return at + digits;
    }

    void add(TokenKind kind, std::string text) { m_tokens.push_back({kind, std::move(text), m_line}); }

    void advance(std::size_t to) {
        m_line += static_cast<int>(std::count(m_source.begin() + static_cast<std::ptrdiff_t>(m_at),
                                              m_source.begin() + static_cast<std::ptrdiff_t>(to), '\n'));
        m_at = to;
    }

    std::string m_source, m_where;
    std::vector<Token> m_tokens;
    std::size_t m_at = 0;
    int m_line = 1, m_nesting = 0;
};

}

void failAt(const std::string& where, int line, const std::string& what, const std::string& hint) {
    throw Error(ErrorKind::BadInput, "E-TMPL-01", where + ", line " + std::to_string(line) + ": " + what,
                hint);
}

std::vector<Token> tokenize(const std::string& source, const std::string& where) {
    return Lexer(source, where).run();
}

}
