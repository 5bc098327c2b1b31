// byte_map.h - the printable spelling of bytes in byte-level BPE vocabularies (models.md 2, step 4). Pure.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace vlmptq::text {

// The character (UTF-8) that stands for each byte value.
const std::array<std::string, 256>& byteSpellings();
// The bytes behind a vocabulary entry; nothing when a character of it stands for no byte.
std::optional<std::string> bytesOfSpelling(std::string_view token);

}
