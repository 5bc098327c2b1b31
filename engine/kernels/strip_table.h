// strip_table.h - gathers the kernels of one instruction set. Only for strip_<isa>.cpp.
#pragma once
#include "engine/kernels/strip_descent.h"
#include "engine/kernels/strip_range.h"
#include "engine/kernels/strip_sweep.h"

namespace vlmptq::kernels {
namespace {

template <class T>
void roundRows(const RoundTask<T>& task) {
    const std::int64_t groups = task.columns / task.groupSize;
    const T low = T(task.range.low), high = T(task.range.high), bias = VectorTypes<T>::roundingBias;
    for (std::int64_t r = 0; r < task.rows; ++r)
        for (std::int64_t g = 0; g < groups; ++g) {
            const T scale = task.scale[r * groups + g], zero = task.zero[r * groups + g];
            const T* weight = task.weight + r * task.rowStride + g * task.groupSize;
            std::uint8_t* codes = task.codes + r * task.columns + g * task.groupSize;
            for (std::int64_t c = 0; c < task.groupSize; ++c) {
                T code = ((weight[c] / scale + bias) - bias) + zero;
                code = code > low ? code : low;
                code = code < high ? code : high;
                codes[c] = std::uint8_t(int(code - low));
            }
        }
}

template <class T>
constexpr StripKernels<T> stripTable() {
    return {&searchRange<T>, &sweepBlock<T>, &updateTail<T>, &roundRows<T>, &descendBlock<T>};
}

}
}
