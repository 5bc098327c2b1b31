// raw_file.h - files byte by byte, also invalid ones.
#pragma once
#include "engine/core/file.h"

#include <cstdint>
#include <filesystem>
#include <string>

namespace vlmptq::test {

inline std::string lengthField(std::uint64_t length) {
    std::string bytes;
    for (int i = 0; i < 8; ++i)
        bytes += static_cast<char>(length >> (8 * i) & 0xff);
    return bytes;
}

// A safetensors file with this header, taken literally, and this many bytes 0, 1, 2, … of data.
inline std::string rawSafetensors(const std::string& header, std::size_t dataBytes) {
    std::string content = lengthField(header.size()) + header;
    for (std::size_t i = 0; i < dataBytes; ++i)
        content += static_cast<char>(i);
    return content;
}

inline void writeSafetensorsText(const std::filesystem::path& path, const std::string& header,
                                 std::size_t dataBytes) {
    writeFileAtomically(path, rawSafetensors(header, dataBytes));
}

}
