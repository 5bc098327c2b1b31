#include "engine/checkpoint/packing.h"

namespace vlmptq::checkpoint {

std::size_t packedRowBytes(std::int64_t columns, int bits) {
    return static_cast<std::size_t>((columns * bits + 7) / 8);
}

void packRow(const std::uint8_t* codes, std::int64_t columns, int bits, std::uint8_t* packed) {
    std::uint32_t pending = 0; // bits not yet written, lowest first
    int used = 0;
    for (std::int64_t i = 0; i < columns; ++i) {
        pending |= static_cast<std::uint32_t>(codes[i]) << used;
        for (used += bits; used >= 8; used -= 8, pending >>= 8)
            *packed++ = static_cast<std::uint8_t>(pending);
    }
    if (used > 0)
        *packed = static_cast<std::uint8_t>(pending);
}

void unpackRow(const std::uint8_t* packed, std::int64_t columns, int bits, std::uint8_t* codes) {
    const std::uint32_t mask = (1u << bits) - 1;
    std::uint32_t pending = 0;
    int available = 0;
    for (std::int64_t i = 0; i < columns; ++i, available -= bits, pending >>= bits) {
        if (available < bits) {
            pending |= static_cast<std::uint32_t>(*packed++) << available;
            available += 8;
        }
        codes[i] = static_cast<std::uint8_t>(pending & mask);
    }
}

bool hasCleanTail(const std::uint8_t* packed, std::int64_t columns, int bits) {
    const auto tailBits = static_cast<int>(columns * bits % 8);
    return tailBits == 0 || packed[packedRowBytes(columns, bits) - 1] >> tailBits == 0;
}

}
