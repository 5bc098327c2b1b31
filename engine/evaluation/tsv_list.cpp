#include "engine/evaluation/tsv_list.h"

#include "engine/evaluation/scorer_text.h"

#include <charconv>

namespace vlmptq::evaluation {
namespace {

class ListParser {
public:
    explicit ListParser(std::string_view text) : m_rest(text) {}

    std::optional<std::vector<std::string>> parse() {
        std::vector<std::string> items;
        skipBlanks();
        if (!take('['))
            return std::nullopt;
        for (skipBlanks(); !take(']'); skipBlanks()) {
            if (!items.empty() && !takeComma())
                return std::nullopt;
            if (!items.empty() && take(']'))
                break; // after a trailing comma
            auto item = parseItem();
            if (!item)
                return std::nullopt;
            items.push_back(std::move(*item));
        }
        skipBlanks();
        if (!m_rest.empty())
            return std::nullopt;
        return items;
    }

private:
    bool take(char c) {
        if (!m_rest.starts_with(c))
            return false;
        m_rest.remove_prefix(1);
        return true;
    }

    void skipBlanks() {
        const std::size_t next = m_rest.find_first_not_of(" \t\r\n");
        m_rest.remove_prefix(next == std::string_view::npos ? m_rest.size() : next);
    }

    bool takeComma() {
        if (!take(','))
            return false;
        skipBlanks();
        return true;
    }

    std::optional<std::string> parseItem() {
        if (m_rest.empty())
            return std::nullopt;
        const char quote = m_rest.front();
        if (quote == '\'' || quote == '"')
            return parseText(quote);
        const std::size_t end = m_rest.find_first_of(",] \t\r\n");
        if (end == std::string_view::npos || !number(m_rest.substr(0, end)))
            return std::nullopt;
        std::string text(m_rest.substr(0, end));
        m_rest.remove_prefix(end);
        return text;
    }

    std::optional<std::string> parseText(char quote) {
        m_rest.remove_prefix(1);
        std::string text;
        while (!m_rest.empty()) {
            const char c = m_rest.front();
            m_rest.remove_prefix(1);
            if (c == quote)
                return text;
            if (c != '\\')
                text += c;
            else if (!parseEscape(text))
                return std::nullopt;
        }
        return std::nullopt;
    }

    // After the backslash. An unknown escape keeps it.
    bool parseEscape(std::string& text) {
        if (m_rest.empty())
            return false;
        const char c = m_rest.front();
        m_rest.remove_prefix(1);
        switch (c) {
        case '\\':
        case '\'':
        case '"':
            text += c;
            return true;
        case 'n':
            text += '\n';
            return true;
        case 'r':
            text += '\r';
            return true;
        case 't':
            text += '\t';
            return true;
        case 'x':
            return parseCodePoint(2, text);
        case 'u':
            return parseCodePoint(4, text);
        case 'U':
            return parseCodePoint(8, text);
        default:
            text += '\\', text += c;
            return true;
        }
    }

    bool parseCodePoint(std::size_t digits, std::string& text) {
        std::uint32_t value = 0;
        const std::string_view hex = m_rest.substr(0, digits);
        const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), value, 16);
        const bool isSurrogate = value >= 0xD800 && value <= 0xDFFF;
        if (hex.size() < digits || error != std::errc() || end != hex.data() + digits || value > 0x10FFFF ||
            isSurrogate)
            return false;
        text += utf8(std::u32string(1, char32_t(value)));
        m_rest.remove_prefix(digits);
        return true;
    }

    std::string_view m_rest;
};

}

std::optional<std::vector<std::string>> parseListLiteral(std::string_view text) {
    return ListParser(text).parse();
}

}
