// md5.h - MD5 (RFC 1321), only to tell which edition of a published file this is; SHA-256 (hash.h) for
// everything else. Pure.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace vlmptq {

class Md5 {
public:
    Md5& update(std::string_view);
    std::string hex(); // ends the computation
private:
    void block(const std::uint8_t*);
    std::array<std::uint32_t, 4> m_state{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
    std::array<std::uint8_t, 64> m_buffer{};
    std::size_t m_used = 0;
    std::uint64_t m_total = 0;
};

}
