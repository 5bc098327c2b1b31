#include "engine/image/image.h"

#include "engine/core/error.h"
#include "engine/core/file.h"
#include "engine/image/decoders.h"
#include "engine/image/exif.h"

#include <algorithm>
#include <array>

namespace vlmptq::image {
namespace {

// Kinds people have at hand that are not read, so that the message can name them.
struct ForeignKind {
    std::string_view magic;
    std::size_t offset;
    std::string_view name;
};

constexpr std::array kForeignKinds{
    ForeignKind{"GIF8", 0, "a GIF picture"},
    ForeignKind{{"II*\0", 4}, 0, "a TIFF picture"},
    ForeignKind{{"MM\0*", 4}, 0, "a TIFF picture"},
    ForeignKind{{"II+\0", 4}, 0, "a TIFF picture"},
    ForeignKind{"ftypavi", 4, "an AVIF picture"},
    ForeignKind{"ftyphe", 4, "a HEIC picture"},
    ForeignKind{"ftypmif1", 4, "a HEIF picture"},
    ForeignKind{"ftyp", 4, "a video"},
    ForeignKind{"%PDF-", 0, "a PDF document"},
    ForeignKind{"<svg", 0, "an SVG drawing"},
    ForeignKind{"<?xml", 0, "an XML document or SVG drawing"},
    ForeignKind{"<!DOCTYPE", 0, "a web page"},
    ForeignKind{"<html", 0, "a web page"},
    ForeignKind{"8BPS", 0, "a Photoshop document"},
    ForeignKind{{"\0\0\1\0", 4}, 0, "an icon file"},
    ForeignKind{"\xff\x0a", 0, "a JPEG XL picture"},
    ForeignKind{{"\0\0\0\x0cJXL ", 8}, 0, "a JPEG XL picture"},
    ForeignKind{{"\0\0\0\x0cjP  ", 8}, 0, "a JPEG 2000 picture"},
    ForeignKind{"PK\3\4", 0, "a ZIP archive"},
    ForeignKind{"\x1f\x8b", 0, "a gzip archive"},
};

[[noreturn]] void failKind(const std::string& sentence, const std::string& hint) {
    throw Error(ErrorKind::BadInput, "E-IMG-01", sentence, hint);
}

[[noreturn]] void failUnknown(Bytes bytes, const std::string& where) {
    const auto picture = "The picture " + where;
    if (bytes.empty())
        failKind(picture + " is empty (0 bytes).", "Copy it again.");
    if (startsWith(bytes, "version https://git-lfs"))
        failKind(picture + " is a Git LFS pointer, not the picture itself.",
                 "Run 'git lfs pull' in that folder.");
    for (const auto& kind : kForeignKinds)
        if (startsWith(bytes, kind.magic, kind.offset))
            failKind(picture + " is " + std::string(kind.name) + ", which is not supported.",
                     "Convert it to PNG, JPEG, WebP or uncompressed BMP.");
    failKind(where + " is not a picture: its first bytes are of no known kind.",
             "Use PNG, JPEG, WebP or uncompressed BMP.");
}

const Codec& codecOf(Bytes bytes, const std::string& where) {
    for (const auto* codec : {&kPng, &kJpeg, &kWebp, &kBmp})
        if (codec->matches(bytes))
            return *codec;
    failUnknown(bytes, where);
}

int orientationOf(const Header& header, const DecodeOptions& options) {
    return options.applyExifOrientation ? exifOrientation(header.exif) : 1;
}

}

RgbImage decode(Bytes bytes, const std::string& where, const DecodeOptions& options) {
    const auto& codec = codecOf(bytes, where);
    const Source source{bytes, where, options.maxPixels};
    const auto header = codec.readHeader(source);
    return upright(codec.decode(source), orientationOf(header, options));
}

RgbImage decodeFile(const std::filesystem::path& path, const DecodeOptions& options) {
    const auto content = readFile(path);
    return decode({reinterpret_cast<const std::uint8_t*>(content.data()), content.size()}, path.string(),
                  options);
}

Size sizeOf(Bytes bytes, const std::string& where, const DecodeOptions& options) {
    const auto header = codecOf(bytes, where).readHeader({bytes, where, options.maxPixels});
    const auto [width, height] = header.size;
    return swapsSides(orientationOf(header, options)) ? Size{height, width} : header.size;
}

void failDamaged(const Source& source, std::string_view format, const std::string& reason) {
    throw Error(ErrorKind::BadInput, "E-IMG-02",
                "The " + std::string(format) + " picture " + source.where + " is damaged: " + reason + ".",
                "Copy it again, or leave it out.");
}

void failCutOff(const Source& source, std::string_view format) {
    throw Error(ErrorKind::BadInput, "E-IMG-03",
                "The " + std::string(format) + " picture " + source.where + " ends early (" +
                    std::to_string(source.bytes.size()) + " bytes).",
                "The download or copy probably stopped. Copy it again.");
}

Size checkedSize(const Source& source, std::string_view format, std::int64_t width, std::int64_t height) {
    constexpr std::int64_t kMaxSide = 1 << 30;
    if (width < 1 || height < 1)
        failDamaged(source, format, "its size is " + std::to_string(width) + " x " + std::to_string(height));
    if (width > kMaxSide || height > kMaxSide || width * height > source.maxPixels)
        throw Error(ErrorKind::BadInput, "E-IMG-04",
                    "The " + std::string(format) + " picture " + source.where + " claims " +
                        std::to_string(width) + " x " + std::to_string(height) + " pixels; the limit is " +
                        std::to_string(source.maxPixels) + " pixels.",
                    "Make it smaller.");
    return {static_cast<int>(width), static_cast<int>(height)};
}

RgbImage allocate(Size size) {
    RgbImage image{size.width, size.height, {}};
    image.pixels.resize(3 * static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height));
    return image;
}

bool startsWith(Bytes bytes, std::string_view magic, std::size_t offset) {
    return bytes.size() >= offset + magic.size() &&
           std::equal(magic.begin(), magic.end(), bytes.begin() + static_cast<std::ptrdiff_t>(offset),
                      [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

std::uint32_t littleEndian(Bytes bytes, std::size_t offset, int byteCount) {
    std::uint32_t value = 0;
    for (int i = byteCount - 1; i >= 0; --i)
        value = value << 8 | bytes[offset + static_cast<std::size_t>(i)];
    return value;
}

std::uint32_t bigEndian(Bytes bytes, std::size_t offset, int byteCount) {
    std::uint32_t value = 0;
    for (int i = 0; i < byteCount; ++i)
        value = value << 8 | bytes[offset + static_cast<std::size_t>(i)];
    return value;
}

}
