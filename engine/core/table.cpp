#include "engine/core/table.h"

#include "engine/core/error.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace vlmptq {
namespace {

constexpr std::string_view kGap = "  ";

std::size_t columnsOf(UChar32 character) {
    if (character < 0)
        return 1; // invalid UTF-8 shows as one replacement sign
    const int type = u_charType(character);
    if (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_FORMAT_CHAR)
        return 0;
    const int width = u_getIntPropertyValue(character, UCHAR_EAST_ASIAN_WIDTH);
    return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

std::string csvCell(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos)
        return text;
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"')
            quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

std::string markdownCell(const std::string& text) {
    std::string escaped;
    for (const char c : text) {
        if (c == '|')
            escaped += '\\';
        escaped += c == '\n' ? ' ' : c;
    }
    return escaped;
}

}

std::size_t displayWidth(std::string_view utf8) {
    std::size_t width = 0;
    const auto size = static_cast<int32_t>(utf8.size());
    for (int32_t i = 0; i < size;) {
        UChar32 character = 0;
        U8_NEXT(reinterpret_cast<const uint8_t*>(utf8.data()), i, size, character);
        width += columnsOf(character);
    }
    return width;
}

std::string padded(std::string_view text, std::size_t width, Align align) {
    const std::size_t used = displayWidth(text);
    const std::string fill(width > used ? width - used : 0, ' ');
    return align == Align::Left ? std::string(text) + fill : fill + std::string(text);
}

void Table::add(std::vector<std::string> row) {
    VLMPTQ_CHECK(row.size() == m_columns.size(), "a table row has another number of cells than columns");
    m_rows.push_back(std::move(row));
}

std::vector<std::size_t> Table::widths() const {
    std::vector<std::size_t> widths;
    for (std::size_t c = 0; c < m_columns.size(); ++c) {
        std::size_t widest = displayWidth(m_columns[c].title);
        for (const auto& row : m_rows)
            widest = std::max(widest, displayWidth(row[c]));
        widths.push_back(widest);
    }
    return widths;
}

std::vector<std::vector<std::string>> Table::lines() const {
    std::vector<std::vector<std::string>> lines(1);
    for (const auto& column : m_columns)
        lines.front().push_back(column.title);
    lines.insert(lines.end(), m_rows.begin(), m_rows.end());
    return lines;
}

std::size_t Table::width() const {
    const auto all = widths();
    const std::size_t gaps = all.empty() ? 0 : (all.size() - 1) * kGap.size();
    return std::accumulate(all.begin(), all.end(), gaps);
}

std::string Table::aligned() const {
    const auto columnWidths = widths();
    std::string text;
    for (const auto& cells : lines()) {
        std::string line;
        for (std::size_t c = 0; c < cells.size(); ++c) {
            if (c)
                line += kGap;
            line += padded(cells[c], columnWidths[c], m_columns[c].align);
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + '\n';
    }
    return text;
}

std::string Table::csv() const {
    std::string text;
    for (const auto& cells : lines()) {
        for (std::size_t c = 0; c < cells.size(); ++c) {
            if (c)
                text += ',';
            text += csvCell(cells[c]);
        }
        text += '\n';
    }
    return text;
}

std::string Table::markdown() const {
    std::string rule = "|";
    for (const auto& column : m_columns)
        rule += column.align == Align::Left ? " --- |" : " ---: |";
    std::string text;
    bool isHead = true;
    for (const auto& cells : lines()) {
        text += '|';
        for (const auto& cell : cells)
            text.append(" ").append(markdownCell(cell)).append(" |");
        text += '\n';
        if (std::exchange(isHead, false))
            text.append(rule).append("\n");
    }
    return text;
}

Table Table::only(const std::vector<std::size_t>& columns) const {
    std::vector<Column> chosen;
    for (const std::size_t c : columns)
        chosen.push_back(m_columns.at(c));
    Table table(std::move(chosen));
    for (const auto& row : m_rows) {
        std::vector<std::string> cells;
        for (const std::size_t c : columns)
            cells.push_back(row.at(c));
        table.add(std::move(cells));
    }
    return table;
}

std::string factLines(const std::vector<std::pair<std::string, std::string>>& facts) {
    std::size_t width = 0;
    for (const auto& [label, value] : facts)
        width = std::max(width, displayWidth(label));
    std::string lines;
    for (const auto& [label, value] : facts)
        lines += padded(label, width + 2) + value + '\n';
    return lines;
}

}
