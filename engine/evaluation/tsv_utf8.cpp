#include "engine/evaluation/tsv_utf8.h"

#include <cstring>

namespace vlmptq::evaluation {
namespace {

// Eight bytes of ASCII without a NUL. A zero byte borrows from bit 7 in the subtraction, ASCII never has it
// set.
bool isPlainAscii(const char* bytes) {
    std::uint64_t word;
    std::memcpy(&word, bytes, sizeof word);
    constexpr std::uint64_t kHigh = 0x8080808080808080u, kOnes = 0x0101010101010101u;
    return ((word | (word - kOnes)) & kHigh) == 0;
}

}

bool Utf8Check::accept(unsigned char byte) {
    if (m_missing > 0) {
        if (byte < m_low || byte > m_high)
            return false;
        m_low = 0x80, m_high = 0xBF;
        --m_missing;
        return true;
    }
    m_lead = m_offset;
    if (byte < 0x80)
        return byte != 0;
    if (byte < 0xC2 || byte > 0xF4)
        return false;
    m_missing = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
    // No over-long forms, no surrogates, nothing above U+10FFFF.
    m_low = byte == 0xE0 ? 0xA0 : byte == 0xF0 ? 0x90 : 0x80;
    m_high = byte == 0xED ? 0x9F : byte == 0xF4 ? 0x8F : 0xBF;
    return true;
}

std::optional<std::uint64_t> Utf8Check::feed(std::string_view block) {
    for (std::size_t i = 0; i < block.size();) {
        if (m_missing == 0 && i + 8 <= block.size() && isPlainAscii(block.data() + i)) {
            i += 8;
            m_offset += 8;
            continue;
        }
        if (!accept(static_cast<unsigned char>(block[i])))
            return m_lead;
        ++i;
        ++m_offset;
    }
    return std::nullopt;
}

std::optional<std::uint64_t> Utf8Check::finish() const {
    return m_missing > 0 ? std::optional(m_lead) : std::nullopt;
}

}
