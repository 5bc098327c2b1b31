// decoders.h - what the decoders of this folder share. Every size is checked in the header before anything is
// allocated.
#pragma once
#include "engine/image/image.h"

#include <optional>
#include <string_view>

namespace vlmptq::image {

using Bytes = std::span<const std::uint8_t>;

struct Source {
    Bytes bytes;
    const std::string& where; // names the picture in messages
    std::int64_t maxPixels;
};

// What the header says. The EXIF block is the TIFF structure without container framing; empty: none.
struct Header {
    Size size;
    Bytes exif;
};

// One container format. `read` may throw the same errors as `decode`.
struct Codec {
    std::string_view name;
    bool (*matches)(Bytes);
    Header (*readHeader)(const Source&);
    RgbImage (*decode)(const Source&);
};
extern const Codec kPng, kJpeg, kWebp, kBmp;

[[noreturn]] void failDamaged(const Source&, std::string_view format, const std::string& reason);
[[noreturn]] void failCutOff(const Source&, std::string_view format);
// Refuses empty pictures and more than the permitted number of pixels.
Size checkedSize(const Source&, std::string_view format, std::int64_t width, std::int64_t height);
RgbImage allocate(Size);

bool startsWith(Bytes, std::string_view magic, std::size_t offset = 0);
std::uint32_t littleEndian(Bytes, std::size_t offset, int byteCount); // the caller has checked the range
std::uint32_t bigEndian(Bytes, std::size_t offset, int byteCount);

}
