// Uncompressed BMP: 1, 4, 8 bits with palette, 16 and 32 with or without bit masks, 24; either row order.
#include "engine/image/decoders.h"

#include <array>
#include <bit>

namespace vlmptq::image {
namespace {

constexpr std::string_view kFormat = "BMP";
constexpr std::size_t kFileHeaderBytes = 14, kOs2HeaderBytes = 12, kWindowsHeaderBytes = 40;
constexpr std::uint32_t kPlain = 0, kBitMasks = 3, kBitMasksWithAlpha = 6;

struct Layout {
    Size size;
    bool isTopDown = false;
    int bits = 0;
    std::size_t pixelStart = 0, rowBytes = 0;
    Bytes palette; // blue, green, red (, unused)
    int paletteEntryBytes = 4;
    std::array<std::uint32_t, 3> masks{}; // red, green, blue of 16- and 32-bit pixels
};

bool matches(Bytes bytes) { return startsWith(bytes, "BM"); }

bool isDepth(int bits) {
    return bits == 1 || bits == 4 || bits == 8 || bits == 16 || bits == 24 || bits == 32;
}

void readMasks(const Source& source, std::uint32_t compression, Layout& layout) {
    if (layout.bits == 16)
        layout.masks = {0x7c00, 0x03e0, 0x001f};
    if (layout.bits == 32)
        layout.masks = {0xff0000, 0x00ff00, 0x0000ff};
    if (compression == kPlain)
        return;
    const std::size_t start =
        kFileHeaderBytes + kWindowsHeaderBytes; // inside a V4 header or right behind the plain one
    if (source.bytes.size() < start + 12)
        failCutOff(source, kFormat);
    for (std::size_t i = 0; i < 3; ++i) {
        auto& mask = layout.masks[i] = littleEndian(source.bytes, start + 4 * i, 4);
        const auto field = mask == 0 ? 0 : mask >> std::countr_zero(mask);
        if (field == 0 || (field & (field + 1)) != 0)
            failDamaged(source, kFormat, "a colour mask is not a run of bits");
    }
}

void readPalette(const Source& source, std::size_t start, std::size_t colours, Layout& layout) {
    if (layout.bits > 8)
        return;
    const std::size_t possible = std::size_t{1} << layout.bits;
    if (colours == 0)
        colours = possible;
    if (colours > possible)
        failDamaged(source, kFormat, "its palette has " + std::to_string(colours) + " colours");
    const auto bytes = colours * static_cast<std::size_t>(layout.paletteEntryBytes);
    if (source.bytes.size() < start + bytes)
        failCutOff(source, kFormat);
    layout.palette = source.bytes.subspan(start, bytes);
}

Layout readLayout(const Source& source) {
    const auto bytes = source.bytes;
    if (bytes.size() < kFileHeaderBytes + kOs2HeaderBytes)
        failCutOff(source, kFormat);
    const std::size_t headerBytes = littleEndian(bytes, kFileHeaderBytes, 4);
    const bool isOs2 = headerBytes == kOs2HeaderBytes;
    if (!isOs2 && (headerBytes < kWindowsHeaderBytes || headerBytes > 1024))
        failDamaged(source, kFormat, "its header claims " + std::to_string(headerBytes) + " bytes");
    if (bytes.size() < kFileHeaderBytes + headerBytes)
        failCutOff(source, kFormat);

    Layout layout;
    layout.pixelStart = littleEndian(bytes, 10, 4);
    const auto number = [&](std::size_t offset, int count) {
        return littleEndian(bytes, kFileHeaderBytes + offset, count);
    };
    std::uint32_t compression = kPlain;
    std::int64_t width, height;
    std::size_t colours = 0;
    if (isOs2) {
        width = number(4, 2), height = number(6, 2);
        layout.bits = static_cast<int>(number(10, 2));
        layout.paletteEntryBytes = 3;
    } else {
        width = static_cast<std::int32_t>(number(4, 4)), height = static_cast<std::int32_t>(number(8, 4));
        layout.bits = static_cast<int>(number(14, 2));
        compression = number(16, 4);
        colours = number(32, 4);
    }
    layout.isTopDown = height < 0;
    layout.size = checkedSize(source, kFormat, width, layout.isTopDown ? -height : height);
    const bool hasMasks = compression == kBitMasks || compression == kBitMasksWithAlpha;
    if (compression != kPlain && !hasMasks)
        failDamaged(source, kFormat, "compressed BMP pictures are not supported");
    if (!isDepth(layout.bits) || (hasMasks && layout.bits != 16 && layout.bits != 32))
        failDamaged(source, kFormat, std::to_string(layout.bits) + " bits per pixel are not supported");

    layout.rowBytes =
        (static_cast<std::size_t>(layout.size.width) * static_cast<std::size_t>(layout.bits) + 31) / 32 * 4;
    if (layout.pixelStart > bytes.size() ||
        (bytes.size() - layout.pixelStart) / layout.rowBytes < static_cast<std::size_t>(layout.size.height))
        failCutOff(source, kFormat);
    readMasks(source, compression, layout);
    readPalette(source, kFileHeaderBytes + headerBytes, colours, layout);
    return layout;
}

Header readHeader(const Source& source) { return {readLayout(source).size, {}}; }

std::uint8_t maskedByte(std::uint32_t pixel, std::uint32_t mask) {
    const auto shift = std::countr_zero(mask);
    const std::uint64_t field = (pixel & mask) >> shift, largest = mask >> shift;
    return static_cast<std::uint8_t>(field * 255 / largest);
}

void decodeRow(const Source& source, const Layout& layout, const std::uint8_t* row, std::uint8_t* target) {
    const auto bits = static_cast<std::size_t>(layout.bits);
    for (std::size_t x = 0; x < static_cast<std::size_t>(layout.size.width); ++x, target += 3) {
        const auto* pixel = row + x * bits / 8;
        if (bits <= 8) {
            const auto shift = 8 - bits - x * bits % 8; // leftmost pixel in the highest bits
            const auto entry = static_cast<std::size_t>(*pixel >> shift & ((1u << bits) - 1)) *
                               static_cast<std::size_t>(layout.paletteEntryBytes);
            if (entry >= layout.palette.size())
                failDamaged(source, kFormat, "a pixel has a colour outside the palette");
            pixel = layout.palette.data() + entry;
        }
        if (bits == 16 || bits == 32) {
            const auto value = littleEndian({pixel, bits / 8}, 0, static_cast<int>(bits / 8));
            for (std::size_t c = 0; c < 3; ++c)
                target[c] = maskedByte(value, layout.masks[c]);
        } else {
            target[0] = pixel[2], target[1] = pixel[1], target[2] = pixel[0];
        }
    }
}

RgbImage decodeBmp(const Source& source) {
    const auto layout = readLayout(source);
    RgbImage image = allocate(layout.size);
    const auto height = static_cast<std::size_t>(image.height),
               targetRow = 3 * static_cast<std::size_t>(image.width);
    for (std::size_t y = 0; y < height; ++y) {
        const auto row = layout.isTopDown ? y : height - 1 - y;
        decodeRow(source, layout, source.bytes.data() + layout.pixelStart + row * layout.rowBytes,
                  image.pixels.data() + y * targetRow);
    }
    return image;
}

}

const Codec kBmp{kFormat, matches, readHeader, decodeBmp};
}
