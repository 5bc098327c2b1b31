// utf8.h - repair and composition of UTF-8 text on top of ICU. Pure; any thread.
#pragma once
#include <string>
#include <string_view>

namespace vlmptq::text {

// Each maximal invalid prefix becomes one U+FFFD (the usual decoder rule).
std::string repairUtf8(std::string_view bytes);
// Unicode NFC; `utf8` must be valid.
std::string composeNfc(std::string_view utf8);
void appendUtf8(std::string& out, char32_t codePoint);

}
