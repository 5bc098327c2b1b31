// hash.h - SHA-256 (FIPS 180-4) of bytes and files, for fingerprints and picture identities. Pure.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace vlmptq {

class Sha256 {
public:
    Sha256();
    Sha256& update(std::span<const std::byte>);
    Sha256& update(std::string_view);
    std::string hex(); // ends the computation
private:
    void block(const std::uint8_t*);
    std::array<std::uint32_t, 8> m_state;
    std::array<std::uint8_t, 64> m_buffer{};
    std::size_t m_used = 0;
    std::uint64_t m_total = 0;
};

std::string sha256Hex(std::string_view);

}
