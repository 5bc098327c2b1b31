#include "image/encode.h"
#include "support/error_of.h"

namespace vlmptq::image {
namespace {

using namespace test;

struct Bmp {
    int width = 2, height = 2, bits = 24;
    std::uint32_t compression = 0;
    std::uint32_t colours = 0;
    std::string behindHeader{}; // palette or masks
    std::string pixels{};

    ByteVector bytes() const {
        const auto start = 54 + behindHeader.size();
        const auto text = "BM" + littleEndianBytes(start + pixels.size(), 4) + littleEndianBytes(0, 4) +
                          littleEndianBytes(start, 4) + littleEndianBytes(40, 4) +
                          littleEndianBytes(static_cast<std::uint32_t>(width), 4) +
                          littleEndianBytes(static_cast<std::uint32_t>(height), 4) + littleEndianBytes(1, 2) +
                          littleEndianBytes(static_cast<std::uint64_t>(bits), 2) +
                          littleEndianBytes(compression, 4) + littleEndianBytes(pixels.size(), 4) +
                          littleEndianBytes(0, 8) + littleEndianBytes(colours, 4) + littleEndianBytes(0, 4) +
                          behindHeader + pixels;
        return {text.begin(), text.end()};
    }
};

ByteVector pixelsOf(const Bmp& bmp) { return decode(bmp.bytes(), "test.bmp").pixels; }
Error refusal(const Bmp& bmp) {
    return errorOf([&] { decode(bmp.bytes(), "test.bmp"); });
}

const std::string kTwoRows{"\1\2\3\4\5\6\0\0\7\x8\x9\xa\xb\xc\0\0",
                           16}; // blue, green, red; rows padded to 4 bytes

TEST(Bmp, StoresTheLowestRowFirst) {
    EXPECT_EQ(pixelsOf({.pixels = kTwoRows}), (ByteVector{9, 8, 7, 12, 11, 10, 3, 2, 1, 6, 5, 4}));
}

TEST(Bmp, MayStoreTheTopRowFirst) {
    EXPECT_EQ(pixelsOf({.height = -2, .pixels = kTwoRows}),
              (ByteVector{3, 2, 1, 6, 5, 4, 9, 8, 7, 12, 11, 10}));
}

TEST(Bmp, IgnoresTheFourthByteOf32Bits) {
    EXPECT_EQ(pixelsOf({.width = 1, .height = 1, .bits = 32, .pixels = {"\1\2\3\x7f", 4}}),
              (ByteVector{3, 2, 1}));
}

TEST(Bmp, ReadsPalettes) {
    const std::string palette{"\1\2\3\0\4\5\6\0\7\x8\x9\0", 12};
    EXPECT_EQ(pixelsOf({.width = 3,
                        .height = 1,
                        .bits = 8,
                        .colours = 3,
                        .behindHeader = palette,
                        .pixels = {"\2\0\1\0", 4}}),
              (ByteVector{9, 8, 7, 3, 2, 1, 6, 5, 4}));
    EXPECT_EQ(pixelsOf({.width = 3,
                        .height = 1,
                        .bits = 4,
                        .colours = 3,
                        .behindHeader = palette,
                        .pixels = {"\x20\x10\0\0", 4}}),
              (ByteVector{9, 8, 7, 3, 2, 1, 6, 5, 4}));
    EXPECT_EQ(pixelsOf({.width = 3,
                        .height = 1,
                        .bits = 1,
                        .colours = 2,
                        .behindHeader = palette.substr(0, 8),
                        .pixels = {"\x40\0\0\0", 4}}),
              (ByteVector{3, 2, 1, 6, 5, 4, 3, 2, 1}));
}

TEST(Bmp, ReadsBitMasks) {
    EXPECT_EQ(pixelsOf({.width = 2,
                        .height = 1,
                        .bits = 16,
                        .pixels = littleEndianBytes(0x7c00, 2) + littleEndianBytes(0x03ff, 2)}),
              (ByteVector{255, 0, 0, 0, 255, 255})); // 5 bits each
    const auto masks565 =
        littleEndianBytes(0xf800, 4) + littleEndianBytes(0x07e0, 4) + littleEndianBytes(0x001f, 4);
    EXPECT_EQ(pixelsOf({.width = 2,
                        .height = 1,
                        .bits = 16,
                        .compression = 3,
                        .behindHeader = masks565,
                        .pixels = littleEndianBytes(0xf81f, 2) + littleEndianBytes(0x0400, 2)}),
              (ByteVector{255, 0, 255, 0, 129, 0}));
    const auto masks32 =
        littleEndianBytes(0xff000000, 4) + littleEndianBytes(0x3ff000, 4) + littleEndianBytes(0xff, 4);
    EXPECT_EQ(pixelsOf({.width = 1,
                        .height = 1,
                        .bits = 32,
                        .compression = 3,
                        .behindHeader = masks32,
                        .pixels = littleEndianBytes(0x123ff045, 4)}),
              (ByteVector{0x12, 255, 0x45}));
}

TEST(Bmp, RefusesWhatItCannotRead) {
    expectRefusal(refusal({.bits = 8, .compression = 1, .pixels = kTwoRows}), "E-IMG-02", "compressed BMP");
    expectRefusal(refusal({.bits = 7, .pixels = kTwoRows}), "E-IMG-02", "7 bits per pixel");
    expectRefusal(refusal({.width = 0, .pixels = kTwoRows}), "E-IMG-02", "0 x 2");
    expectRefusal(refusal({.width = -2, .pixels = kTwoRows}), "E-IMG-02", "-2 x 2");
    expectRefusal(refusal({.pixels = kTwoRows.substr(0, 15)}), "E-IMG-03", "ends early");
    expectRefusal(refusal({.width = 1,
                           .height = 1,
                           .bits = 8,
                           .colours = 2,
                           .behindHeader = std::string(8, '\0'),
                           .pixels = {"\2\0\0\0", 4}}),
                  "E-IMG-02", "outside the palette");
    expectRefusal(refusal({.width = 1,
                           .height = 1,
                           .bits = 1,
                           .colours = 3,
                           .behindHeader = std::string(12, '\0'),
                           .pixels = std::string(4, '\0')}),
                  "E-IMG-02", "palette has 3 colours");
    expectRefusal(refusal({.width = 1,
                           .height = 1,
                           .bits = 32,
                           .compression = 3,
                           .behindHeader = std::string(12, '\0'),
                           .pixels = std::string(4, '\0')}),
                  "E-IMG-02", "colour mask");
    expectRefusal(refusal({.width = 1 << 20, .height = 1 << 20, .pixels = kTwoRows}), "E-IMG-04",
                  "1048576 x 1048576");
}

TEST(Bmp, RefusesEveryPrefix) {
    const auto whole = Bmp{.pixels = kTwoRows}.bytes();
    for (std::size_t size = 2; size < whole.size(); ++size)
        expectRefusal(errorOf([&] { decode(std::span(whole).first(size), "test.bmp"); }), "E-IMG-03",
                      "ends early");
}

}
}
