// strip.h - the storage of a strip (strip_kernels.h): aligned scratch memory, and the way from ordinary rows
// and back.
#pragma once
#include "engine/kernels/strip_kernels.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>

namespace vlmptq::kernels {

// Zeroed memory on a cache line. Move-only.
template <class T>
class Scratch {
public:
    explicit Scratch(std::int64_t count) : m_data(static_cast<T*>(::operator new(bytes(count), kAlignment))) {
        std::fill_n(m_data.get(), count, T(0));
    }
    T* get() const { return m_data.get(); }

private:
    static constexpr std::align_val_t kAlignment{64};
    struct Free {
        void operator()(T* data) const { ::operator delete(data, kAlignment); }
    };
    static std::size_t bytes(std::int64_t count) {
        return static_cast<std::size_t>(std::max<std::int64_t>(count, 1)) * sizeof(T);
    }
    std::unique_ptr<T, Free> m_data;
};

constexpr std::int64_t paddedRows(std::int64_t rows) {
    return (rows + kStripGranule - 1) / kStripGranule * kStripGranule;
}

// rows x columns of `from` to [columns][stride]; rows beyond `rows` are left alone.
template <class T>
void toStrip(const T* from, std::int64_t rowStride, std::int64_t rows, std::int64_t columns, T* strip,
             std::int64_t stride) {
    constexpr std::int64_t tile = 16;
    for (std::int64_t c0 = 0; c0 < columns; c0 += tile)
        for (std::int64_t r = 0; r < rows; ++r)
            for (std::int64_t c = c0; c < std::min(columns, c0 + tile); ++c)
                strip[c * stride + r] = from[r * rowStride + c];
}

template <class T>
void fromStrip(const T* strip, std::int64_t stride, std::int64_t rows, std::int64_t columns, T* to,
               std::int64_t rowStride) {
    constexpr std::int64_t tile = 16;
    for (std::int64_t c0 = 0; c0 < columns; c0 += tile)
        for (std::int64_t r = 0; r < rows; ++r)
            for (std::int64_t c = c0; c < std::min(columns, c0 + tile); ++c)
                to[r * rowStride + c] = strip[c * stride + r];
}

}
