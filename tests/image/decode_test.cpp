#include "engine/checkpoint/safetensors.h"
#include "image/encode.h"
#include "support/golden.h"
#include "support/scratch_folder.h"

#include <gtest/gtest.h>
#include <png.h>

#include <cmath>

namespace vlmptq::image {
namespace {

using namespace test;

RgbImage decoded(const ByteVector& bytes) { return decode(bytes, "test"); }

int largestDifference(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) {
    int largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        largest = std::max(largest, std::abs(a[i] - b[i]));
    return largest;
}

TEST(Decode, EqualsTheReferencePictures) {
    const auto folder = goldenDir() / "models" / "preprocessing";
    const auto tensors = checkpoint::SafetensorsFile::open(folder / "io.safetensors");
    const auto cases = readJson(folder / "io.json").at("decode");
    ASSERT_EQ(cases.size(), 12u);
    for (const auto& entry : cases) {
        const auto file = folder / entry.at("file").get<std::string>();
        const auto picture = decodeFile(file);
        EXPECT_EQ(picture.width, entry.at("width")) << file;
        EXPECT_EQ(picture.height, entry.at("height")) << file;
        const auto* tensor = tensors->find("decode/" + file.filename().string());
        ASSERT_TRUE(tensor) << file;
        const auto expected = tensors->bytes(*tensor);
        ASSERT_EQ(picture.pixels.size(), expected.size()) << file;
        const auto* first = reinterpret_cast<const std::uint8_t*>(expected.data());
        // Another JPEG library may round differently; this one has the reference's own arithmetic.
        const int tolerance = entry.at("lossless").get<bool>() ? 0 : 2;
        EXPECT_LE(largestDifference(picture.pixels, {first, expected.size()}), tolerance) << file;
    }
}

TEST(Decode, ReadsSizesFromTheHeader) {
    const auto folder = goldenDir() / "models" / "preprocessing";
    for (const auto& entry : readJson(folder / "io.json").at("decode")) {
        std::ifstream stream(folder / entry.at("file").get<std::string>(), std::ios::binary);
        const ByteVector bytes(std::istreambuf_iterator<char>(stream), {});
        const auto size = sizeOf(bytes, "test");
        EXPECT_EQ(size.width, entry.at("width")) << entry;
        EXPECT_EQ(size.height, entry.at("height")) << entry;
    }
}

TEST(Png, DropsAlphaWithoutBlending) {
    const auto picture = pattern(9, 5);
    for (const std::uint8_t alpha : {0, 1, 128, 255})
        EXPECT_EQ(decoded(png(9, 5, rgba(picture, alpha), {.colorType = PNG_COLOR_TYPE_RGBA})).pixels,
                  picture.pixels);
}

TEST(Png, IgnoresGamma) {
    const auto picture = pattern(9, 5);
    EXPECT_EQ(decoded(png(9, 5, picture.pixels, {.colorType = PNG_COLOR_TYPE_RGB, .gamma = 1.0})).pixels,
              picture.pixels);
}

TEST(Png, ReadsInterlacedPictures) {
    const auto picture = pattern(19, 13);
    EXPECT_EQ(
        decoded(png(19, 13, picture.pixels, {.colorType = PNG_COLOR_TYPE_RGB, .interlaced = true})).pixels,
        picture.pixels);
}

TEST(Png, KeepsTheHighByteOf16Bits) {
    const ByteVector rows{0x12, 0xff, 0x80, 0x7f, 0xff, 0x00};
    EXPECT_EQ(decoded(png(1, 1, rows, {.colorType = PNG_COLOR_TYPE_RGB, .bitDepth = 16})).pixels,
              (ByteVector{0x12, 0x80, 0xff}));
    const ByteVector grey{0x12, 0xff, 0x80, 0x7f};
    EXPECT_EQ(decoded(png(2, 1, grey, {.colorType = PNG_COLOR_TYPE_GRAY, .bitDepth = 16})).pixels,
              (ByteVector{0x12, 0x12, 0x12, 0x80, 0x80, 0x80}));
}

TEST(Png, ExpandsGreyAndPalettes) {
    const ByteVector twoBitGrey{0b00'01'10'11};
    EXPECT_EQ(decoded(png(4, 1, twoBitGrey, {.colorType = PNG_COLOR_TYPE_GRAY, .bitDepth = 2})).pixels,
              (ByteVector{0, 0, 0, 85, 85, 85, 170, 170, 170, 255, 255, 255}));
    const ByteVector greyAlpha{40, 0, 50, 255};
    EXPECT_EQ(decoded(png(2, 1, greyAlpha, {.colorType = PNG_COLOR_TYPE_GRAY_ALPHA})).pixels,
              (ByteVector{40, 40, 40, 50, 50, 50}));
    const ByteVector oneBit{0b01'000000};
    EXPECT_EQ(
        decoded(png(2, 1, oneBit,
                    {.colorType = PNG_COLOR_TYPE_PALETTE, .bitDepth = 1, .palette = {1, 2, 3, 4, 5, 6}}))
            .pixels,
        (ByteVector{1, 2, 3, 4, 5, 6}));
}

TEST(Jpeg, ConvertsFourInks) {
    // 255 is no ink: white, black, cyan without black, half black.
    const ByteVector inks{255, 255, 255, 255, 255, 255, 255, 0, 0, 255, 255, 255, 255, 255, 255, 128};
    ByteVector large; // 8 x 8 blocks of one colour survive the compression
    for (int y = 0; y < 8; ++y)
        for (int x = 0; x < 32; ++x)
            large.insert(large.end(), inks.begin() + x / 8 * 4, inks.begin() + x / 8 * 4 + 4);
    const auto picture = decoded(cmykJpeg(32, 8, large));
    const ByteVector expected{255, 255, 255, 0, 0, 0, 0, 255, 255, 128, 128, 128};
    for (std::size_t block = 0; block < 4; ++block)
        for (std::size_t c = 0; c < 3; ++c)
            EXPECT_NEAR(picture.pixels[3 * (8 * block + 4) + c], expected[3 * block + c], 3) << block;
}

TEST(Webp, ReadsLosslessPicturesAndDropsAlpha) {
    const auto picture = pattern(21, 10);
    EXPECT_EQ(decoded(webp(rgba(picture, 255), 21, 10, true)).pixels, picture.pixels);
    EXPECT_EQ(decoded(webp(rgba(picture, 77), 21, 10, true)).pixels, picture.pixels);
}

TEST(Webp, ReadsLossyPictures) {
    RgbImage grey{32, 16, ByteVector(32 * 16 * 3, 119)};
    const auto picture = decoded(webp(rgba(grey, 255), 32, 16, false));
    ASSERT_EQ(picture.width, 32);
    ASSERT_EQ(picture.height, 16);
    EXPECT_LE(largestDifference(picture.pixels, grey.pixels), 2);
}

}
}
