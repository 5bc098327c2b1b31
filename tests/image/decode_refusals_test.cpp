#include "image/encode.h"
#include "support/error_of.h"
#include "support/golden.h"

#include <png.h>

#include <fstream>

namespace vlmptq::image {
namespace {

using namespace test;

ByteVector bytesOf(std::string_view text) { return {text.begin(), text.end()}; }

Error refusal(const ByteVector& bytes, const DecodeOptions& options = {}) {
    return errorOf([&] { decode(bytes, "cat.png", options); });
}

ByteVector cut(const ByteVector& bytes, std::size_t size) {
    return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)};
}

TEST(DecodeRefuses, WhatIsNoPicture) {
    expectRefusal(refusal({}), "E-IMG-01", "cat.png is empty");
    expectRefusal(refusal(bytesOf("hello world, no picture")), "E-IMG-01", "cat.png is not a picture");
    expectRefusal(refusal(bytesOf("version https://git-lfs.github.com/spec/v1\n")), "E-IMG-01",
                  "Git LFS pointer");
}

TEST(DecodeRefuses, OtherKindsByName) {
    const std::pair<std::string_view, const char*> kinds[] = {
        {"GIF89a\1\0\1\0", "a GIF picture"},
        {{"II*\0\1\0\0\0", 8}, "a TIFF picture"},
        {{"MM\0*\0\0\0\1", 8}, "a TIFF picture"},
        {{"\0\0\0\x1c"
          "ftypavif",
          12},
         "an AVIF picture"},
        {{"\0\0\0\x1c"
          "ftypheic",
          12},
         "a HEIC picture"},
        {"%PDF-1.7\n", "a PDF document"},
        {"<svg xmlns=", "an SVG drawing"},
        {"<!DOCTYPE html>", "a web page"},
        {"8BPS\0", "a Photoshop document"},
        {"PK\3\4", "a ZIP archive"},
    };
    for (const auto& [bytes, name] : kinds)
        expectRefusal(refusal(bytesOf(bytes)), "E-IMG-01", name);
}

// Every prefix of a picture is refused, and none crashes. The last bytes of a container may be padding.
void expectEveryPrefixRefused(const ByteVector& whole, std::size_t spared) {
    ASSERT_NO_THROW(decode(whole, "whole"));
    for (std::size_t size = 0; size + spared < whole.size(); ++size) {
        const auto error = refusal(cut(whole, size));
        EXPECT_TRUE(error.id() == "E-IMG-01" || error.id() == "E-IMG-02" || error.id() == "E-IMG-03")
            << size << ": " << error.what();
    }
    expectRefusal(refusal(cut(whole, whole.size() * 3 / 4)), "E-IMG-03", "ends early");
}

TEST(DecodeRefuses, EveryTruncatedPicture) {
    const auto picture = pattern(24, 16);
    expectEveryPrefixRefused(png(24, 16, picture.pixels, {.colorType = PNG_COLOR_TYPE_RGB}), 0);
    expectEveryPrefixRefused(jpeg(picture), 0);
    expectEveryPrefixRefused(webp(rgba(picture, 255), 24, 16, false), 1);
}

TEST(DecodeRefuses, EveryTruncatedReferencePicture) {
    for (const auto& entry :
         std::filesystem::directory_iterator(goldenDir() / "models" / "preprocessing" / "images")) {
        std::ifstream stream(entry.path(), std::ios::binary);
        const ByteVector bytes(std::istreambuf_iterator<char>(stream), {});
        expectRefusal(refusal(cut(bytes, bytes.size() / 2)), "E-IMG-03", "ends early");
    }
}

TEST(DecodeRefuses, DamagedData) {
    auto bytes = png(24, 16, pattern(24, 16).pixels, {.colorType = PNG_COLOR_TYPE_RGB});
    bytes[bytes.size() / 2] ^= 0x55;
    expectRefusal(refusal(bytes), "E-IMG-02", "PNG picture cat.png is damaged");
}

// Flipped bytes anywhere: a picture of the right size or an Error, nothing else.
TEST(DecodeRefuses, OrReadsPicturesWithAnyByteChanged) {
    const auto picture = pattern(24, 16);
    for (const auto& whole : {png(24, 16, picture.pixels, {.colorType = PNG_COLOR_TYPE_RGB}),
                              withExifSegment(jpeg(picture), exifBlock(6, true)),
                              webp(rgba(picture, 255), 24, 16, false), webp(rgba(picture, 9), 24, 16, true)})
        for (std::size_t i = 0; i < whole.size(); ++i)
            for (const int flip : {0x01, 0x80, 0xff}) {
                auto bytes = whole;
                bytes[i] ^= static_cast<std::uint8_t>(flip);
                try {
                    const auto result = decode(bytes, "changed", {.maxPixels = 1'000'000});
                    EXPECT_EQ(result.pixels.size(),
                              static_cast<std::size_t>(3 * result.width * result.height));
                } catch (const Error& error) {
                    EXPECT_EQ(error.kind(), ErrorKind::BadInput);
                }
            }
}

TEST(DecodeRefuses, MorePixelsThanTheLimit) {
    const auto picture = pattern(24, 16);
    for (const auto& bytes : {png(24, 16, picture.pixels, {.colorType = PNG_COLOR_TYPE_RGB}), jpeg(picture),
                              webp(rgba(picture, 255), 24, 16, true)}) {
        EXPECT_NO_THROW(decode(bytes, "cat.png", {.maxPixels = 384}));
        expectRefusal(refusal(bytes, {.maxPixels = 383}), "E-IMG-04", "24 x 16 pixels; the limit is 383");
        expectRefusal(errorOf([&] { sizeOf(bytes, "cat.png", {.maxPixels = 383}); }), "E-IMG-04", "24 x 16");
    }
}

// A header that claims a huge picture, and next to no data behind it.
TEST(DecodeRefuses, HugeHeadersBeforeAllocating) {
    auto bytes = png(24, 16, pattern(24, 16).pixels, {.colorType = PNG_COLOR_TYPE_RGB});
    const auto setSize = [&](std::uint32_t width, std::uint32_t height) {
        for (std::size_t i = 0; i < 4; ++i) {
            bytes[16 + i] = static_cast<std::uint8_t>(width >> (24 - 8 * i));
            bytes[20 + i] = static_cast<std::uint8_t>(height >> (24 - 8 * i));
        }
        // The checksum of the header chunk, bit by bit.
        std::uint32_t sum = ~0u;
        for (std::size_t i = 12; i < 29; ++i) {
            sum ^= bytes[i];
            for (int bit = 0; bit < 8; ++bit)
                sum = sum >> 1 ^ (sum & 1 ? 0xedb88320u : 0u);
        }
        for (std::size_t i = 0; i < 4; ++i)
            bytes[29 + i] = static_cast<std::uint8_t>(~sum >> (24 - 8 * i));
    };
    setSize(100'000, 100'000);
    expectRefusal(refusal(bytes), "E-IMG-04", "100000 x 100000");
    setSize(20'000, 20'000); // within the limit, but not within what the data can hold
    expectRefusal(refusal(bytes), "E-IMG-03", "ends early");
    setSize(0, 16);
    expectRefusal(refusal(bytes), "E-IMG-02", "0 x 16");
}

TEST(DecodeRefuses, AMissingFileByName) {
    expectRefusal(errorOf([] { decodeFile("/nowhere/cat.png"); }), "E-FILE-01", "/nowhere/cat.png");
}

}
}
