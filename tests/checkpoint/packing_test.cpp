#include "engine/checkpoint/packing.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace vlmptq::checkpoint {
namespace {

using Codes = std::vector<std::uint8_t>;

Codes packed(const Codes& codes, int bits) {
    const auto columns = static_cast<std::int64_t>(codes.size());
    Codes result(packedRowBytes(columns, bits));
    packRow(codes.data(), columns, bits, result.data());
    return result;
}

// The words of formats.md 3.2 and 3.3, as little-endian bytes.
TEST(Packing, EqualsTheWorkedExamples) {
    EXPECT_EQ(packed({1, 2, 3, 4, 5, 6, 7, 8}, 4), (Codes{0x21, 0x43, 0x65, 0x87}));
    EXPECT_EQ(packed({0, 1, 2, 3, 0, 1, 2, 3}, 2), (Codes{0xe4, 0xe4}));
    EXPECT_EQ(packed({1, 2, 3, 4}, 8), (Codes{1, 2, 3, 4}));
    Codes threeBits;
    for (int i = 0; i < 32; ++i)
        threeBits.push_back(static_cast<std::uint8_t>(i % 8));
    EXPECT_EQ(packed(threeBits, 3),
              (Codes{0x88, 0xc6, 0xfa, 0x88, 0xc6, 0xfa, 0x88, 0xc6, 0xfa, 0x88, 0xc6, 0xfa}));
}

TEST(Packing, ComesBackAtEveryWidthAndLength) {
    std::mt19937 random(7);
    for (int bits = 2; bits <= 8; ++bits)
        for (std::int64_t columns = 1; columns <= 40; ++columns) {
            Codes codes(static_cast<std::size_t>(columns)), back(codes.size());
            for (auto& code : codes)
                code = static_cast<std::uint8_t>(random() % (1u << bits));
            const auto row = packed(codes, bits);
            EXPECT_EQ(row.size(), static_cast<std::size_t>((columns * bits + 7) / 8));
            unpackRow(row.data(), columns, bits, back.data());
            EXPECT_EQ(back, codes) << bits << " bits, " << columns << " columns";
            EXPECT_TRUE(hasCleanTail(row.data(), columns, bits));
        }
}

TEST(Packing, SeesBitsBehindTheLastCode) {
    Codes row = packed({1, 2, 3}, 3); // 9 bits in 2 bytes
    row.back() |= 0x80;
    EXPECT_FALSE(hasCleanTail(row.data(), 3, 3));
}

}
}
