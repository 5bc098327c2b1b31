#include "engine/image/exif.h"

#include "engine/image/decoders.h"

#include <algorithm>

namespace vlmptq::image {
namespace {

constexpr std::uint32_t kOrientationTag = 0x0112, kShortType = 3;
constexpr std::size_t kEntryBytes = 12;

}

int exifOrientation(Bytes tiff) {
    const bool isLittle = startsWith(tiff, {"II*\0", 4}), isBig = startsWith(tiff, {"MM\0*", 4});
    if (tiff.size() < 8 || (!isLittle && !isBig))
        return 1;
    const auto number = [&](std::size_t offset, int count) {
        return isLittle ? littleEndian(tiff, offset, count) : bigEndian(tiff, offset, count);
    };
    const std::size_t directory = number(4, 4);
    if (directory > tiff.size() - 2)
        return 1;
    const std::size_t first = directory + 2;
    const auto entries = std::min<std::size_t>(number(directory, 2), (tiff.size() - first) / kEntryBytes);
    for (std::size_t i = 0; i < entries; ++i) {
        const auto entry = first + i * kEntryBytes; // tag, type, count, value
        if (number(entry, 2) != kOrientationTag || number(entry + 2, 2) != kShortType)
            continue;
        const auto value = number(entry + 8, 2);
        return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
    }
    return 1;
}

bool swapsSides(int orientation) { return orientation >= 5; }

RgbImage upright(RgbImage stored, int orientation) {
    if (orientation == 1)
        return stored;
    // Stored row and column 0 lie, in the upright picture, at: 2 top right, 3 bottom right, 4 bottom left,
    // and for the transposed ones 5 left top, 6 right top, 7 right bottom, 8 left bottom.
    const bool swaps = swapsSides(orientation);
    const bool fromRight = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    const bool fromBottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    RgbImage result = allocate(swaps ? Size{stored.height, stored.width} : Size{stored.width, stored.height});
    auto* target = result.pixels.data();
    for (int y = 0; y < result.height; ++y)
        for (int x = 0; x < result.width; ++x, target += 3) {
            const int column = swaps ? y : x, row = swaps ? x : y;
            const auto sourceX = static_cast<std::size_t>(fromRight ? stored.width - 1 - column : column);
            const auto sourceY = static_cast<std::size_t>(fromBottom ? stored.height - 1 - row : row);
            std::copy_n(&stored.pixels[3 * (sourceY * static_cast<std::size_t>(stored.width) + sourceX)], 3,
                        target);
        }
    return result;
}

}
