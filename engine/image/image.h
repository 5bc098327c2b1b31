// image.h - pictures as the reference processors see them: 8-bit RGB, alpha dropped without blending
// (models.md 4).
#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace vlmptq::image {

struct RgbImage {
    int width = 0, height = 0;
    std::vector<std::uint8_t> pixels; // [height, width, 3]
};

struct DecodeOptions {
    bool applyExifOrientation = true; // files: yes; benchmark cells: no (benchmarks.md 3.4)
    std::int64_t maxPixels = 400'000'000;
};

// PNG, JPEG, WebP, uncompressed BMP by their first bytes. `where` names the picture in messages. Throws Error
// (BadInput): E-IMG-01 not a picture, or of another kind, which is named; 02 damaged; 03 ends early; 04
// larger than the limit (checked in the header, before anything is allocated).
RgbImage decode(std::span<const std::uint8_t> bytes, const std::string& where, const DecodeOptions& = {});
RgbImage decodeFile(const std::filesystem::path&, const DecodeOptions& = {});

struct Size {
    int width = 0, height = 0;
};
// From the header only; the same errors.
Size sizeOf(std::span<const std::uint8_t> bytes, const std::string& where, const DecodeOptions& = {});

// Antialiased bicubic (a = -0.5) on bytes, horizontal then vertical, fixed point: equal to the tensor back
// end (models.md 4.1).
RgbImage resizeBicubic(const RgbImage&, int width, int height);

}
