#include "engine/image/exif.h"
#include "image/encode.h"

#include <gtest/gtest.h>
#include <png.h>

namespace vlmptq::image {
namespace {

using namespace test;

// The red channel of a 2 x 3 picture, row by row, after turning it upright.
std::string uprightLetters(int orientation) {
    RgbImage stored{2, 3, {}};
    for (const char letter : {'a', 'b', 'c', 'd', 'e', 'f'})
        stored.pixels.insert(stored.pixels.end(), 3, static_cast<std::uint8_t>(letter));
    const auto result = upright(stored, orientation);
    std::string text;
    for (int y = 0; y < result.height; ++y) {
        if (y > 0)
            text += '/';
        for (int x = 0; x < result.width; ++x)
            text += static_cast<char>(result.pixels[static_cast<std::size_t>(3 * (y * result.width + x))]);
    }
    return text;
}

TEST(Exif, TurnsPicturesUpright) {
    EXPECT_EQ(uprightLetters(1), "ab/cd/ef");
    EXPECT_EQ(uprightLetters(2), "ba/dc/fe"); // mirrored
    EXPECT_EQ(uprightLetters(3), "fe/dc/ba"); // half a turn
    EXPECT_EQ(uprightLetters(4), "ef/cd/ab"); // upside down
    EXPECT_EQ(uprightLetters(5), "ace/bdf");  // transposed
    EXPECT_EQ(uprightLetters(6), "eca/fdb");  // a quarter clockwise
    EXPECT_EQ(uprightLetters(7), "fdb/eca");  // transposed along the other diagonal
    EXPECT_EQ(uprightLetters(8), "bdf/ace");  // a quarter anticlockwise
}

TEST(Exif, ReadsBothByteOrders) {
    for (int orientation = 1; orientation <= 8; ++orientation) {
        EXPECT_EQ(exifOrientation(exifBlock(orientation, true)), orientation);
        EXPECT_EQ(exifOrientation(exifBlock(orientation, false)), orientation);
    }
}

TEST(Exif, TakesDamagedBlocksForUpright) {
    EXPECT_EQ(exifOrientation({}), 1);
    EXPECT_EQ(exifOrientation(exifBlock(0, true)), 1);
    EXPECT_EQ(exifOrientation(exifBlock(9, true)), 1);
    const auto whole = exifBlock(6, true);
    for (std::size_t size = 0; size < 22; ++size)
        EXPECT_EQ(exifOrientation(std::span(whole).first(size)), 1) << size;
    auto farAway = whole;
    farAway[4] = farAway[5] = farAway[6] = farAway[7] = 0xff; // offset of the directory
    EXPECT_EQ(exifOrientation(farAway), 1);
    auto manyEntries = whole;
    manyEntries[8] = manyEntries[9] = 0xff;
    EXPECT_EQ(exifOrientation(manyEntries), 6); // the one that fits is read
}

TEST(Exif, AppliesToJpegAndPngFilesButNotToCells) {
    const auto picture = pattern(16, 8);
    const auto exif = exifBlock(6, false);
    for (const auto& bytes : {withExifSegment(jpeg(picture), exif),
                              png(16, 8, picture.pixels, {.colorType = PNG_COLOR_TYPE_RGB, .exif = exif})}) {
        const auto asStored = decode(bytes, "test", {.applyExifOrientation = false});
        EXPECT_EQ(asStored.width, 16);
        const auto turned = decode(bytes, "test");
        EXPECT_EQ(turned.width, 8);
        EXPECT_EQ(turned.pixels, upright(asStored, 6).pixels);
        EXPECT_EQ(sizeOf(bytes, "test").width, 8);
        EXPECT_EQ(sizeOf(bytes, "test", {.applyExifOrientation = false}).width, 16);
    }
}

}
}
