// PNG through libpng's row interface. The simplified one would blend alpha away and apply gAMA; the reference
// does neither.
#include "engine/image/decoders.h"

#include <png.h>

#include <algorithm>
#include <csetjmp>

namespace vlmptq::image {
namespace {

constexpr std::string_view kFormat = "PNG";
constexpr std::string_view kSignature{"\x89PNG\r\n\x1a\n", 8};
constexpr std::size_t kChunkFrame = 12; // length, type, checksum

// Input position and the last message, shared with libpng's callbacks.
struct Reading {
    Bytes rest;
    bool endedEarly = false;
    std::string message;
};

void readBytes(png_structp png, png_bytep target, size_t count) {
    auto& reading = *static_cast<Reading*>(png_get_io_ptr(png));
    if (count > reading.rest.size()) {
        reading.endedEarly = true;
        png_error(png, "the data ends early");
    }
    std::copy_n(reading.rest.begin(), count, target);
    reading.rest = reading.rest.subspan(count);
}

[[noreturn]] void onError(png_structp png, png_const_charp message) {
    static_cast<Reading*>(png_get_error_ptr(png))->message = message;
    png_longjmp(png, 1);
}

void ignoreWarning(png_structp, png_const_charp) {}

class PngReader {
public:
    explicit PngReader(const Source& source) : m_source(source), m_reading{source.bytes, false, {}} {
        m_png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &m_reading, onError, ignoreWarning);
        m_info = m_png ? png_create_info_struct(m_png) : nullptr;
        if (!m_info) {
            png_destroy_read_struct(&m_png, nullptr, nullptr);
            failDamaged(m_source, kFormat, "libpng could not be started");
        }
        png_set_read_fn(m_png, &m_reading, readBytes);
    }
    ~PngReader() { png_destroy_read_struct(&m_png, &m_info, nullptr); }
    PngReader(const PngReader&) = delete;
    PngReader& operator=(const PngReader&) = delete;

    RgbImage read() {
        // libpng reports errors by longjmp: nothing with a destructor is created behind a setjmp.
        if (setjmp(png_jmpbuf(m_png)))
            fail();
        readInfo();
        checkPlausible();
        m_image = allocate({static_cast<int>(png_get_image_width(m_png, m_info)),
                            static_cast<int>(png_get_image_height(m_png, m_info))});
        const auto rowBytes = 3 * static_cast<std::size_t>(m_image.width);
        for (std::size_t y = 0; y < static_cast<std::size_t>(m_image.height); ++y)
            m_rows.push_back(m_image.pixels.data() + y * rowBytes);
        if (setjmp(png_jmpbuf(m_png)))
            fail();
        png_read_image(m_png, m_rows.data());
        png_read_end(m_png, nullptr);
        return std::move(m_image);
    }

private:
    void readInfo() {
        png_read_info(m_png, m_info);
        m_storedRowBytes = png_get_rowbytes(m_png, m_info);
        png_set_palette_to_rgb(m_png);
        png_set_expand_gray_1_2_4_to_8(m_png);
        png_set_strip_16(m_png);
        png_set_gray_to_rgb(m_png);
        png_set_strip_alpha(m_png); // dropped, not blended
        png_set_interlace_handling(m_png);
        png_read_update_info(m_png, m_info);
        if (png_get_rowbytes(m_png, m_info) != 3 * std::size_t{png_get_image_width(m_png, m_info)})
            png_error(m_png, "its rows cannot be converted to RGB");
    }

    // Deflate never shrinks more than 1032-fold: a header that claims more is found out before memory is
    // taken.
    void checkPlausible() const {
        const auto claimed = m_storedRowBytes * std::size_t{png_get_image_height(m_png, m_info)};
        if (claimed / 1032 > m_source.bytes.size())
            failCutOff(m_source, kFormat);
    }

    [[noreturn]] void fail() const {
        if (m_reading.endedEarly)
            failCutOff(m_source, kFormat);
        failDamaged(m_source, kFormat, m_reading.message);
    }

    const Source& m_source;
    Reading m_reading;
    png_structp m_png = nullptr;
    png_infop m_info = nullptr;
    std::size_t m_storedRowBytes = 0;
    RgbImage m_image;
    std::vector<png_bytep> m_rows;
};

bool matches(Bytes bytes) { return startsWith(bytes, kSignature); }

// The eXIf chunk may stand before or after the pixels.
Bytes findExif(Bytes bytes) {
    std::size_t position = kSignature.size();
    while (bytes.size() - position >= kChunkFrame) {
        const std::size_t length = bigEndian(bytes, position, 4);
        if (length > bytes.size() - position - kChunkFrame)
            break;
        if (startsWith(bytes, "eXIf", position + 4))
            return bytes.subspan(position + 8, length);
        position += kChunkFrame + length;
    }
    return {};
}

Header readHeader(const Source& source) {
    if (source.bytes.size() < 24)
        failCutOff(source, kFormat);
    if (!startsWith(source.bytes, "IHDR", 12))
        failDamaged(source, kFormat, "it does not start with its size");
    return {checkedSize(source, kFormat, bigEndian(source.bytes, 16, 4), bigEndian(source.bytes, 20, 4)),
            findExif(source.bytes)};
}

RgbImage decodePng(const Source& source) { return PngReader(source).read(); }

}

const Codec kPng{kFormat, matches, readHeader, decodePng};

}
