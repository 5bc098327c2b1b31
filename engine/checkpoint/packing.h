// packing.h - codes of b bits as a dense little-endian bit stream along a row: value k at bit b k, lowest
// column in the lowest bits. b in 2 ... 8; every row starts on a byte; unused bits of its last byte are 0.
// Pure.
#pragma once
#include <cstddef>
#include <cstdint>

namespace vlmptq::checkpoint {

std::size_t packedRowBytes(std::int64_t columns, int bits);
void packRow(const std::uint8_t* codes, std::int64_t columns, int bits, std::uint8_t* packed);
void unpackRow(const std::uint8_t* packed, std::int64_t columns, int bits, std::uint8_t* codes);
bool hasCleanTail(const std::uint8_t* packed, std::int64_t columns, int bits); // the unused bits are 0

}
