// JPEG through TurboJPEG. Size, number of colours and EXIF come from an own walk over the markers:
// TurboJPEG's header function refuses pictures with unusual subsampling, which it decodes well.
#include "engine/image/decoders.h"

#include <turbojpeg.h>

#include <memory>

namespace vlmptq::image {
namespace {

constexpr std::string_view kFormat = "JPEG";
constexpr std::string_view kExifMark{"Exif\0\0", 6};
constexpr int kCmykComponents = 4;

struct Markers {
    Header header;
    int components = 0;
};

// SOF0 ... SOF15 without the table definitions DHT (C4), JPG (C8) and DAC (CC).
bool isFrame(int marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

Markers readMarkers(const Source& source) {
    const auto bytes = source.bytes;
    Markers result;
    std::size_t position = 2; // behind the start marker
    while (true) {
        while (position + 1 < bytes.size() && bytes[position] == 0xff && bytes[position + 1] == 0xff)
            ++position; // fill
        if (bytes.size() < position + 4)
            failCutOff(source, kFormat);
        if (bytes[position] != 0xff)
            failDamaged(source, kFormat, "no marker at byte " + std::to_string(position));
        const int marker = bytes[position + 1];
        const std::size_t length = bigEndian(bytes, position + 2, 2), content = position + 4;
        if (marker == 0xd9 || marker == 0xda)
            failDamaged(source, kFormat, "it has no size before its data");
        if (length < 2)
            failDamaged(source, kFormat, "a segment is shorter than its own length field");
        if (bytes.size() - position - 2 < length)
            failCutOff(source, kFormat);
        if (marker == 0xe1 && result.header.exif.empty() && length >= 2 + kExifMark.size() &&
            startsWith(bytes, kExifMark, content))
            result.header.exif = bytes.subspan(content + kExifMark.size(), length - 2 - kExifMark.size());
        if (isFrame(marker)) {
            if (length < 8)
                failDamaged(source, kFormat, "its frame header is too short");
            result.header.size = checkedSize(source, kFormat, bigEndian(bytes, content + 3, 2),
                                             bigEndian(bytes, content + 1, 2));
            result.components = bytes[content + 5];
            return result;
        }
        position += 2 + length;
    }
}

bool matches(Bytes bytes) { return startsWith(bytes, "\xff\xd8\xff"); }

Header readHeader(const Source& source) { return readMarkers(source).header; }

// a b / 255, rounded.
int timesByte(int a, int b) {
    const int product = a * b + 128;
    return ((product >> 8) + product) >> 8;
}

// Pictures with four colours hold inverted inks (Adobe's habit): 255 is no ink.
void inksToRgb(const std::vector<std::uint8_t>& inks, RgbImage& image) {
    auto* target = image.pixels.data();
    for (std::size_t i = 0; i < inks.size(); i += kCmykComponents) {
        const int white = inks[i + 3];
        for (std::size_t c = 0; c < 3; ++c)
            *target++ = static_cast<std::uint8_t>(white - timesByte(255 - inks[i + c], white));
    }
}

void decompress(const Source& source, Size size, int pixelFormat, std::uint8_t* target) {
    const std::unique_ptr<void, int (*)(tjhandle)> handle(tjInitDecompress(), tjDestroy);
    // A warning means missing or damaged data, painted grey: an error here (benchmarks.md 3.4).
    const int flags = TJFLAG_ACCURATEDCT | TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS;
    if (tjDecompress2(handle.get(), source.bytes.data(), source.bytes.size(), target, size.width, 0,
                      size.height, pixelFormat, flags) == 0)
        return;
    const std::string reason = tjGetErrorStr2(handle.get());
    if (reason.find("Premature end") != reason.npos)
        failCutOff(source, kFormat);
    failDamaged(source, kFormat, reason);
}

RgbImage decodeJpeg(const Source& source) {
    const auto markers = readMarkers(source);
    const auto size = markers.header.size;
    RgbImage image = allocate(size);
    if (markers.components == kCmykComponents) {
        std::vector<std::uint8_t> inks(image.pixels.size() / 3 * kCmykComponents);
        decompress(source, size, TJPF_CMYK, inks.data());
        inksToRgb(inks, image);
    } else {
        decompress(source, size, TJPF_RGB, image.pixels.data());
    }
    return image;
}

}

const Codec kJpeg{kFormat, matches, readHeader, decodeJpeg};

}
