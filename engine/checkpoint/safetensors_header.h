// safetensors_header.h - the JSON header of a safetensors file: text to checked tensor entries, and back. The
// table of refusals is formats.md 1. Nothing here touches a file. `file` only names the file in messages.
#pragma once
#include "engine/checkpoint/safetensors.h"

#include <optional>
#include <string_view>

namespace vlmptq::checkpoint {

inline constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;
inline constexpr std::size_t kLengthBytes = 8; // the little-endian u64 before the header

struct SafetensorsHeader {
    std::vector<TensorInfo> tensors; // in the order of their bytes
    std::map<std::string, std::string> metadata;
};

// Throws Error (BadInput) unless the entries tile the `dataBytes` bytes behind the header exactly.
SafetensorsHeader parseHeader(std::string_view text, std::uint64_t dataBytes, const std::string& file);

// The length, the JSON and the padding to a multiple of 8, for tensors whose begin and end are set.
std::string headerBytes(const std::vector<TensorInfo>& tensors,
                        const std::map<std::string, std::string>& metadata);

// Bits of one element, also for kinds this program does not compute with; 0: not a safetensors dtype.
int bitsOf(std::string_view dtypeName);
Dtype dtypeNamed(std::string_view name); // Other for kinds this program does not compute with
// Absent: the product does not fit 64 bits, or a sub-byte kind does not fill whole bytes.
std::optional<std::uint64_t> byteCountOf(const std::vector<std::int64_t>& shape, std::string_view dtypeName);

}
