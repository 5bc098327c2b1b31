// table.h - rows of text as an aligned table for people, CSV (RFC 4180) for programs, or Markdown for
// reports. Widths count what a terminal shows: combining marks take no column, Chinese characters two. A
// value; no output of its own.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vlmptq {

enum class Align { Left, Right };

struct Column {
    std::string title;
    Align align = Align::Left;
};

class Table {
public:
    explicit Table(std::vector<Column> columns) : m_columns(std::move(columns)) {}
    void add(std::vector<std::string> row); // as many cells as columns
    bool isEmpty() const { return m_rows.empty(); }
    const std::vector<Column>& columns() const { return m_columns; }
    const std::vector<std::vector<std::string>>& rows() const { return m_rows; }

    std::string aligned() const; // a head line, then the rows; two spaces between columns
    std::string csv() const;
    std::string markdown() const;
    std::size_t width() const;                                 // terminal columns of aligned()
    Table only(const std::vector<std::size_t>& columns) const; // the chosen columns in that order

private:
    std::vector<std::size_t> widths() const;
    std::vector<std::vector<std::string>> lines() const; // the head, then the rows

    std::vector<Column> m_columns;
    std::vector<std::vector<std::string>> m_rows;
};

std::size_t displayWidth(std::string_view utf8);
std::string padded(std::string_view text, std::size_t width, Align = Align::Left);

// "label  value" lines, the values in one column.
std::string factLines(const std::vector<std::pair<std::string, std::string>>& facts);

}
