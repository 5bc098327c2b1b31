// encode.h - small pictures in every container and pixel format the tests need.
#pragma once
#include "engine/image/image.h"

#include <cstdint>
#include <string>
#include <vector>

namespace vlmptq::test {

using ByteVector = std::vector<std::uint8_t>;

// A smooth picture with a hard edge, another value in every pixel and channel.
image::RgbImage pattern(int width, int height);

struct PngOptions {
    int colorType = 0, bitDepth = 8; // as libpng counts them
    bool interlaced = false;
    double gamma = 0;     // gAMA chunk; 0: none
    ByteVector palette{}; // red, green, blue
    ByteVector exif{};    // eXIf chunk; empty: none
};
// `rows` holds the stored rows one after the other, as libpng takes them.
ByteVector png(int width, int height, const ByteVector& rows, const PngOptions&);
ByteVector jpeg(const image::RgbImage&);
ByteVector cmykJpeg(int width, int height, const ByteVector& inks); // 255: no ink
ByteVector webp(const ByteVector& rgba, int width, int height, bool lossless);

// The TIFF structure with one orientation entry.
ByteVector exifBlock(int orientation, bool littleEndian);
ByteVector withExifSegment(const ByteVector& jpeg, const ByteVector& exif);

ByteVector rgba(const image::RgbImage&, std::uint8_t alpha);
std::string littleEndianBytes(std::uint64_t value, int count);

}
