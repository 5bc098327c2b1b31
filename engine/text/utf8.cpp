#include "engine/text/utf8.h"

#include "engine/core/error.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstdint>

namespace vlmptq::text {

namespace {

bool isAscii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}

void appendUtf8(std::string& out, char32_t codePoint) {
    char buffer[U8_MAX_LENGTH];
    int length = 0;
    U8_APPEND_UNSAFE(buffer, length, static_cast<UChar32>(codePoint));
    out.append(buffer, static_cast<std::size_t>(length));
}

std::string repairUtf8(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size());
    const char* data = bytes.data();
    const auto size = static_cast<std::int64_t>(bytes.size());
    for (std::int64_t at = 0; at < size;) {
        const std::int64_t begin = at;
        UChar32 c = 0;
        U8_NEXT(data, at, size, c);
        if (c < 0)
            appendUtf8(out, 0xFFFD);
        else
            out.append(bytes, static_cast<std::size_t>(begin), static_cast<std::size_t>(at - begin));
    }
    return out;
}

std::string composeNfc(std::string_view utf8) {
    if (isAscii(utf8))
        return std::string(utf8);
    UErrorCode status = U_ZERO_ERROR;
    const auto* nfc = icu::Normalizer2::getNFCInstance(status);
    std::string out;
    icu::StringByteSink<std::string> sink(&out, static_cast<std::int32_t>(utf8.size()));
    if (U_SUCCESS(status))
        nfc->normalizeUTF8(0, icu::StringPiece(utf8.data(), static_cast<std::int32_t>(utf8.size())), sink,
                           nullptr, status);
    VLMPTQ_CHECK(U_SUCCESS(status), std::string("Unicode composition failed: ") + u_errorName(status));
    return out;
}

}
