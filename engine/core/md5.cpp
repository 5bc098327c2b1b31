#include "engine/core/md5.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace vlmptq {
namespace {

constexpr std::array<std::array<int, 4>, 4> kShifts{
    {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}}};

// 2^32 times |sin(i + 1)| (RFC 1321, 3.4).
const std::array<std::uint32_t, 64>& sines() {
    static const auto table = [] {
        std::array<std::uint32_t, 64> made{};
        for (std::size_t i = 0; i < made.size(); ++i)
            made[i] =
                static_cast<std::uint32_t>(std::floor(4294967296.0 * std::abs(std::sin(double(i + 1)))));
        return made;
    }();
    return table;
}

std::uint32_t littleEndian(const std::uint8_t* p) {
    return std::uint32_t(p[3]) << 24 | std::uint32_t(p[2]) << 16 | std::uint32_t(p[1]) << 8 | p[0];
}

}

void Md5::block(const std::uint8_t* data) {
    std::array<std::uint32_t, 16> words;
    for (std::size_t i = 0; i < words.size(); ++i)
        words[i] = littleEndian(data + 4 * i);
    const auto& sine = sines();
    auto [a, b, c, d] = m_state;
    const auto step = [&](std::size_t i, std::uint32_t mixed, std::size_t word) {
        const std::uint32_t sum = a + mixed + sine[i] + words[word];
        a = d, d = c, c = b;
        b += std::rotl(sum, kShifts[i / 16][i % 4]);
    };
    for (std::size_t i = 0; i < 16; ++i)
        step(i, (b & c) | (~b & d), i);
    for (std::size_t i = 16; i < 32; ++i)
        step(i, (d & b) | (~d & c), (5 * i + 1) % 16);
    for (std::size_t i = 32; i < 48; ++i)
        step(i, b ^ c ^ d, (3 * i + 5) % 16);
    for (std::size_t i = 48; i < 64; ++i)
        step(i, c ^ (b | ~d), (7 * i) % 16);
    m_state = {m_state[0] + a, m_state[1] + b, m_state[2] + c, m_state[3] + d};
}

Md5& Md5::update(std::string_view bytes) {
    m_total += bytes.size();
    auto data = reinterpret_cast<const std::uint8_t*>(bytes.data());
    std::size_t left = bytes.size();
    while (left > 0) {
        if (m_used == 0 && left >= m_buffer.size()) {
            block(data);
            data += m_buffer.size(), left -= m_buffer.size();
            continue;
        }
        const auto taken = std::min(left, m_buffer.size() - m_used);
        std::copy_n(data, taken, m_buffer.begin() + static_cast<std::ptrdiff_t>(m_used));
        m_used += taken, data += taken, left -= taken;
        if (m_used < m_buffer.size())
            continue;
        block(m_buffer.data());
        m_used = 0;
    }
    return *this;
}

std::string Md5::hex() {
    const std::uint64_t bits = m_total * 8;
    std::string padding(1 + (m_used < 56 ? 55 : 119) - m_used, '\0');
    padding.front() = '\x80';
    for (int shift = 0; shift < 64; shift += 8)
        padding += static_cast<char>(bits >> shift);
    update(padding);

    static constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    for (const auto word : m_state)
        for (int byte = 0; byte < 4; ++byte)
            for (const int shift : {8 * byte + 4, 8 * byte})
                text += kDigits[word >> shift & 15];
    return text;
}

}
