// tsv_image_cell.h - what stands in an image cell (benchmarks.md 3.2), found without keeping the cell: base64
// data, the index of another row, or a list literal. And the base64 decoder that belongs to it.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vlmptq::evaluation {

// Why a text is not base64, in words; none when it is. Blanks are ignored, padding may be missing, a data-URL
// prefix is skipped. `feed` takes the text in pieces.
class Base64Check {
public:
    void feed(std::string_view);
    std::optional<std::string> problem() const;

private:
    void count(std::string_view);
    std::string m_head; // the first bytes, until it is clear whether a data-URL prefix is there
    bool m_headDone = false;
    std::uint64_t m_symbols = 0, m_padding = 0;
    std::optional<char> m_illegal;
};

// Throws std::invalid_argument with Base64Check's words.
std::vector<std::uint8_t> decodeBase64(std::string_view);

struct ImageCell {
    enum class Kind { Empty, Reference, List, Data };
    Kind kind = Kind::Empty;
    std::string reference;                // trimmed index of the row meant
    std::uint64_t offset = 0, length = 0; // of the raw cell in the file, quotes included
    std::optional<std::string> base64Problem;
};

// Reads one cell as the TSV reader delivers its unquoted content.
class ImageCellScan {
public:
    void feed(std::string_view);
    ImageCell finish() const; // without the position
private:
    std::string m_head;
    Base64Check m_check;
};

}
