#include "image/encode.h"

#include <png.h>
#include <turbojpeg.h>
#include <webp/encode.h>

#include <memory>
#include <stdexcept>

namespace vlmptq::test {

image::RgbImage pattern(int width, int height) {
    image::RgbImage picture{width, height, {}};
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            const bool isBright = x * 2 > width;
            picture.pixels.push_back(static_cast<std::uint8_t>(7 * x + 3 * y));
            picture.pixels.push_back(static_cast<std::uint8_t>(isBright ? 240 - y : 10 + y));
            picture.pixels.push_back(static_cast<std::uint8_t>(x * y));
        }
    return picture;
}

ByteVector png(int width, int height, const ByteVector& rows, const PngOptions& options) {
    ByteVector result;
    auto* writer = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
    auto* info = png_create_info_struct(writer);
    const auto append = [](png_structp png, png_bytep bytes, size_t count) {
        auto& target = *static_cast<ByteVector*>(png_get_io_ptr(png));
        target.insert(target.end(), bytes, bytes + count);
    };
    png_set_write_fn(writer, &result, append, nullptr);
    png_set_IHDR(writer, info, static_cast<png_uint_32>(width), static_cast<png_uint_32>(height),
                 options.bitDepth, options.colorType,
                 options.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    if (options.gamma > 0)
        png_set_gAMA(writer, info, options.gamma);
    std::vector<png_color> colours;
    for (std::size_t i = 0; i + 2 < options.palette.size(); i += 3)
        colours.push_back({options.palette[i], options.palette[i + 1], options.palette[i + 2]});
    if (!colours.empty())
        png_set_PLTE(writer, info, colours.data(), static_cast<int>(colours.size()));
    auto exif = options.exif;
    if (!exif.empty())
        png_set_eXIf_1(writer, info, static_cast<png_uint_32>(exif.size()), exif.data());
    png_write_info(writer, info);
    const auto rowBytes = rows.size() / static_cast<std::size_t>(height);
    std::vector<png_bytep> pointers;
    for (std::size_t y = 0; y < static_cast<std::size_t>(height); ++y)
        pointers.push_back(const_cast<png_bytep>(rows.data() + y * rowBytes));
    png_write_image(writer, pointers.data());
    png_write_end(writer, info);
    png_destroy_write_struct(&writer, &info);
    return result;
}

namespace {

ByteVector compressJpeg(const ByteVector& pixels, int width, int height, int pixelFormat) {
    const std::unique_ptr<void, int (*)(tjhandle)> handle(tjInitCompress(), tjDestroy);
    unsigned char* bytes = nullptr;
    unsigned long size = 0;
    if (tjCompress2(handle.get(), pixels.data(), width, 0, height, pixelFormat, &bytes, &size, TJSAMP_444,
                    100, 0) != 0)
        throw std::runtime_error(tjGetErrorStr2(handle.get()));
    const ByteVector result(bytes, bytes + size);
    tjFree(bytes);
    return result;
}

}

ByteVector jpeg(const image::RgbImage& picture) {
    return compressJpeg(picture.pixels, picture.width, picture.height, TJPF_RGB);
}

ByteVector cmykJpeg(int width, int height, const ByteVector& inks) {
    return compressJpeg(inks, width, height, TJPF_CMYK);
}

ByteVector webp(const ByteVector& pixels, int width, int height, bool lossless) {
    std::uint8_t* bytes = nullptr;
    const auto size = lossless ? WebPEncodeLosslessRGBA(pixels.data(), width, height, 4 * width, &bytes)
                               : WebPEncodeRGBA(pixels.data(), width, height, 4 * width, 95, &bytes);
    const ByteVector result(bytes, bytes + size);
    WebPFree(bytes);
    return result;
}

ByteVector exifBlock(int orientation, bool littleEndian) {
    const auto value = static_cast<std::uint8_t>(orientation);
    // Byte order, 42, offset of the directory, one entry: tag 0x0112, type 3 (short), one value.
    if (littleEndian)
        return {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, value, 0, 0, 0, 0, 0, 0, 0};
    return {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, value, 0, 0, 0, 0, 0, 0};
}

ByteVector withExifSegment(const ByteVector& jpeg, const ByteVector& exif) {
    const std::string mark("Exif\0\0", 6);
    const auto length = 2 + mark.size() + exif.size();
    ByteVector result(jpeg.begin(), jpeg.begin() + 2);
    for (const int byte : {0xff, 0xe1, static_cast<int>(length >> 8), static_cast<int>(length & 0xff)})
        result.push_back(static_cast<std::uint8_t>(byte));
    result.insert(result.end(), mark.begin(), mark.end());
    result.insert(result.end(), exif.begin(), exif.end());
    result.insert(result.end(), jpeg.begin() + 2, jpeg.end());
    return result;
}

ByteVector rgba(const image::RgbImage& picture, std::uint8_t alpha) {
    ByteVector result;
    for (std::size_t i = 0; i < picture.pixels.size(); i += 3) {
        result.insert(result.end(), {picture.pixels[i], picture.pixels[i + 1], picture.pixels[i + 2]});
        result.push_back(alpha);
    }
    return result;
}

std::string littleEndianBytes(std::uint64_t value, int count) {
    std::string bytes;
    for (int i = 0; i < count; ++i)
        bytes += static_cast<char>(value >> (8 * i) & 0xff);
    return bytes;
}

}
