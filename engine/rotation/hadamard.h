// hadamard.h - Hadamard matrices (entries +1 and -1, H H^T = n I) of every order the decoders need, made by
// Sylvester's and Paley's constructions instead of stored tables, and how a size is written as a product of
// such orders (method.md 13.1). Pure functions; any thread.
#pragma once
#include <cstdint>
#include <vector>

namespace vlmptq::rotation {

// [order, order], row-major. The order must be a power of two or have a Paley form.
std::vector<std::int8_t> hadamardMatrix(std::int64_t order);
bool hasPaleyForm(std::int64_t order);

// The orders whose product is `size`, base orders ascending and a power of two (maybe 1) last; of all such
// products the one with the smallest sum. Empty: there is none.
std::vector<std::int64_t> hadamardFactors(std::int64_t size);

}
