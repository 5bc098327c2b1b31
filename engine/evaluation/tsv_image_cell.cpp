#include "engine/evaluation/tsv_image_cell.h"

#include "engine/evaluation/scorer_text.h"

#include <algorithm>
#include <stdexcept>

namespace vlmptq::evaluation {
namespace {

constexpr std::string_view kSymbols = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::size_t kLongestReference = 64; // characters
constexpr std::size_t kHeadBytes = 4 * kLongestReference + 1;
enum : std::uint8_t { kBlank = 64, kPadding = 65, kIllegal = 66 };

constexpr std::array<std::uint8_t, 256> symbolTable() {
    std::array<std::uint8_t, 256> table{};
    table.fill(kIllegal);
    for (const unsigned char blank : {'\t', '\n', '\v', '\f', '\r', ' '})
        table[blank] = kBlank;
    table['='] = kPadding;
    for (std::size_t i = 0; i < kSymbols.size(); ++i)
        table[static_cast<unsigned char>(kSymbols[i])] = std::uint8_t(i);
    return table;
}

constexpr auto kTable = symbolTable();
std::uint8_t symbol(char c) { return kTable[static_cast<unsigned char>(c)]; }

// data:image/png;base64,
std::string_view withoutDataUrl(std::string_view text) {
    const std::size_t start = text.find_first_not_of(" \t\r\n");
    if (start == std::string_view::npos || !text.substr(start).starts_with("data:"))
        return text;
    const std::size_t comma = text.find(',', start);
    const bool isBase64 = comma != std::string_view::npos && text.substr(0, comma).ends_with(";base64");
    return isBase64 ? text.substr(comma + 1) : text;
}

}

void Base64Check::feed(std::string_view text) {
    if (m_headDone)
        return count(text);
    const std::size_t missing = std::min(kHeadBytes - m_head.size(), text.size());
    m_head += text.substr(0, missing);
    if (m_head.size() < kHeadBytes)
        return;
    m_headDone = true;
    count(withoutDataUrl(m_head));
    count(text.substr(missing));
}

void Base64Check::count(std::string_view text) {
    for (const char c : text) {
        const std::uint8_t value = symbol(c);
        if (value < 64 && m_padding == 0)
            ++m_symbols;
        else if (value == kPadding)
            ++m_padding;
        else if (value != kBlank && !m_illegal)
            m_illegal = c;
    }
}

std::optional<std::string> Base64Check::problem() const {
    if (!m_headDone) {
        Base64Check whole = *this;
        whole.m_headDone = true;
        whole.count(withoutDataUrl(m_head));
        return whole.problem();
    }
    if (m_illegal && symbol(*m_illegal) < 64)
        return "base64 text goes on after its '=' padding";
    if (m_illegal && static_cast<unsigned char>(*m_illegal) >= 0x20 &&
        static_cast<unsigned char>(*m_illegal) < 0x7F)
        return std::string("no base64 text: the character '") + *m_illegal + "' does not belong into it";
    if (m_illegal)
        return "no base64 text: a character does not belong into it";
    if (m_symbols % 4 == 1)
        return "a base64 text of " + std::to_string(m_symbols) + " characters is cut short";
    if (m_padding > 2 || (m_padding > 0 && m_symbols % 4 == 0))
        return "base64 text with too much '=' padding";
    if (m_symbols == 0)
        return "base64 text without content";
    return std::nullopt;
}

std::vector<std::uint8_t> decodeBase64(std::string_view text) {
    Base64Check check;
    check.feed(text);
    if (const auto problem = check.problem())
        throw std::invalid_argument(*problem);
    std::vector<std::uint8_t> bytes;
    bytes.reserve(text.size() / 4 * 3 + 3);
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : withoutDataUrl(text)) {
        const std::uint8_t value = symbol(c);
        if (value >= 64)
            continue;
        bits = bits << 6 | value;
        count += 6;
        if (count < 8)
            continue;
        count -= 8;
        bytes.push_back(std::uint8_t(bits >> count));
    }
    return bytes;
}

void ImageCellScan::feed(std::string_view text) {
    m_head += text.substr(0, kHeadBytes - m_head.size());
    m_check.feed(text);
}

ImageCell ImageCellScan::finish() const {
    ImageCell cell;
    const std::string start = trim(m_head);
    if (m_head.empty())
        return cell;
    if (start.starts_with('[')) {
        cell.kind = ImageCell::Kind::List;
    } else if (m_head.size() < kHeadBytes && codePoints(m_head).size() <= kLongestReference) {
        cell.kind = start.empty() ? ImageCell::Kind::Empty : ImageCell::Kind::Reference;
        cell.reference = start;
    } else {
        cell.kind = ImageCell::Kind::Data;
        cell.base64Problem = m_check.problem();
    }
    return cell;
}

}
