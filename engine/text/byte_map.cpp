#include "engine/text/byte_map.h"

#include "engine/text/utf8.h"

#include <unicode/utf8.h>

#include <cstdint>

namespace vlmptq::text {

namespace {

constexpr bool standsForItself(int byte) {
    return (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255);
}

constexpr int spellingLimit = 0x144; // 0x100 and the 68 bytes that are spelled by another character

struct ByteMap {
    std::array<std::string, 256> spellings;
    std::array<std::int16_t, spellingLimit> bytes;

    ByteMap() {
        bytes.fill(-1);
        int next = 0x100;
        for (int byte = 0; byte < 256; ++byte) {
            const int codePoint = standsForItself(byte) ? byte : next++;
            appendUtf8(spellings[static_cast<std::size_t>(byte)], static_cast<char32_t>(codePoint));
            bytes[static_cast<std::size_t>(codePoint)] = static_cast<std::int16_t>(byte);
        }
    }
};

const ByteMap& byteMap() {
    static const ByteMap map;
    return map;
}

}

const std::array<std::string, 256>& byteSpellings() { return byteMap().spellings; }

std::optional<std::string> bytesOfSpelling(std::string_view token) {
    std::string bytes;
    bytes.reserve(token.size());
    const auto size = static_cast<std::int64_t>(token.size());
    for (std::int64_t at = 0; at < size;) {
        UChar32 c = 0;
        U8_NEXT(token.data(), at, size, c);
        if (c < 0 || c >= spellingLimit || byteMap().bytes[static_cast<std::size_t>(c)] < 0)
            return std::nullopt;
        bytes.push_back(static_cast<char>(byteMap().bytes[static_cast<std::size_t>(c)]));
    }
    return bytes;
}

}
