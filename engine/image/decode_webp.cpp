// WebP through libwebp: lossy and lossless still pictures; alpha is dropped, not blended.
#include "engine/image/decoders.h"

#include <webp/decode.h>

namespace vlmptq::image {
namespace {

constexpr std::string_view kFormat = "WebP";
constexpr std::size_t kFirstChunk = 12, kChunkFrame = 8;

bool matches(Bytes bytes) { return startsWith(bytes, "RIFF") && startsWith(bytes, "WEBP", 8); }

void check(const Source& source, VP8StatusCode status) {
    switch (status) {
    case VP8_STATUS_OK:
        return;
    case VP8_STATUS_SUSPENDED:
    case VP8_STATUS_NOT_ENOUGH_DATA:
        failCutOff(source, kFormat);
    case VP8_STATUS_UNSUPPORTED_FEATURE:
        failDamaged(source, kFormat, "it uses a feature that libwebp does not know");
    default:
        failDamaged(source, kFormat, "libwebp cannot read it (status " + std::to_string(status) + ")");
    }
}

Bytes findExif(Bytes bytes) {
    std::size_t position = kFirstChunk;
    while (bytes.size() > position && bytes.size() - position >= kChunkFrame) {
        const std::size_t length = littleEndian(bytes, position + 4, 4), content = position + kChunkFrame;
        if (length > bytes.size() - content)
            break;
        if (startsWith(bytes, "EXIF", position)) {
            const auto exif = bytes.subspan(content, length);
            // Some writers copy JPEG's frame along.
            const std::string_view frame{"Exif\0\0", 6};
            return startsWith(exif, frame) ? exif.subspan(frame.size()) : exif;
        }
        position = content + length + length % 2;
    }
    return {};
}

Header readHeader(const Source& source) {
    WebPBitstreamFeatures features;
    check(source, WebPGetFeatures(source.bytes.data(), source.bytes.size(), &features));
    if (features.has_animation)
        failDamaged(source, kFormat, "it is an animation, not a picture");
    return {checkedSize(source, kFormat, features.width, features.height), findExif(source.bytes)};
}

RgbImage decodeWebp(const Source& source) {
    RgbImage image = allocate(readHeader(source).size);
    WebPDecoderConfig config;
    if (!WebPInitDecoderConfig(&config))
        failDamaged(source, kFormat, "libwebp has another version than its header");
    config.output.colorspace = MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA = {image.pixels.data(), 3 * image.width, image.pixels.size()};
    check(source, WebPDecode(source.bytes.data(), source.bytes.size(), &config));
    return image;
}

}

const Codec kWebp{kFormat, matches, readHeader, decodeWebp};

}
