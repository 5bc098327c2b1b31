// tsv_utf8.h - checks a byte stream for UTF-8 in one pass, block by block. NUL counts as an error
// (benchmarks.md 3.2).
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace vlmptq::evaluation {

class Utf8Check {
public:
    // The offset in the stream of the first byte of the first bad character, once one is met.
    std::optional<std::uint64_t> feed(std::string_view block);
    std::optional<std::uint64_t> finish() const; // a character cut off by the end

private:
    bool accept(unsigned char);
    std::uint64_t m_offset = 0;                // of the next byte
    std::uint64_t m_lead = 0;                  // of the character being read
    int m_missing = 0;                         // continuation bytes it still needs
    unsigned char m_low = 0x80, m_high = 0xBF; // range of the next one
};

}
