// strip_descent.h - coordinate descent over the codes of one block of columns. Only for strip_<isa>.cpp.
#pragma once
#include "engine/kernels/simd.h"

namespace vlmptq::kernels {
namespace {

// The best grid point of column `column` given all others, and what that adds to the weight.
template <class T>
void stepColumn(const DescentTask<T>& task, std::int64_t column) {
    const std::int64_t stride = task.stride;
    const T* scales = task.scale + task.groupOf[column] * stride;
    const T* zeros = task.zero + task.groupOf[column] * stride;
    const T curvature = task.hessian[column * task.columns + column];
    const Grid<T> grid(task.range);
    for (std::int64_t row = 0; row < stride; row += kLanes<T>) {
        const Vec<T> scale = load(scales + row), zero = load(zeros + row);
        std::uint8_t* codes = task.codes + column * stride + row;
        Vec<T> code;
        for (int i = 0; i < kLanes<T>; ++i)
            code[i] = T(codes[i]) + grid.low;
        const Vec<T> old = scale * (code - zero);
        const Vec<T> best = old + load(task.gradient + column * stride + row) / curvature;
        code = grid.code(best, scale, zero);
        store(task.change + (column - task.first) * stride + row, scale * (code - zero) - old);
        const Vec<T> stored = code - grid.low;
        for (int i = 0; i < kLanes<T>; ++i)
            codes[i] = std::uint8_t(stored[i]);
    }
}

// The gradient of the block's own columns, so that the next column sees this one's step.
template <class T>
void followStep(const DescentTask<T>& task, std::int64_t column) {
    const std::int64_t stride = task.stride;
    const T* hessian = task.hessian + column * task.columns;
    for (std::int64_t row = 0; row < stride; row += kLanes<T>) {
        const Vec<T> change = load(task.change + (column - task.first) * stride + row);
        for (std::int64_t c = task.first; c < task.last; ++c) {
            T* gradient = task.gradient + c * stride + row;
            store(gradient, load(gradient) - hessian[c] * change);
        }
    }
}

template <class T>
void descendBlock(const DescentTask<T>& task) {
    for (std::int64_t column = task.first; column < task.last; ++column) {
        stepColumn(task, column);
        followStep(task, column);
    }
}

}
}
