// strip_sweep.h - one block of the column sweep, and its lazy update of the columns behind it (method.md 6).
// Only for strip_<isa>.cpp.
#pragma once
#include "engine/kernels/simd.h"

namespace vlmptq::kernels {
namespace {

// Quantizes column `column`; its compensated weights stay in `weight`, the error goes to E.
template <class T>
void quantizeColumn(BlockTask<T>& task, std::int64_t column, Vec<T>& trouble) {
    const std::int64_t stride = task.stride, slot = (column - task.first) * stride;
    const T* scales = task.scale + task.groupOf[column] * stride;
    const T* zeros = task.zero + task.groupOf[column] * stride;
    const T diagonal = task.upper[column * task.columns + column];
    const T factor = task.correction ? T(1) + task.correction[column] : T(1);
    const Grid<T> grid(task.range);
    Vec<T> extra{};
    for (std::int64_t row = 0; row < stride; row += kLanes<T>) {
        const Vec<T> w = load(task.weight + column * stride + row);
        const Vec<T> scale = load(scales + row), zero = load(zeros + row);
        const Vec<T> target = w * factor;
        const Vec<T> plainCode = grid.code(w, scale, zero);
        Vec<T> code = plainCode;
        if (task.correction) {
            const Vec<T> correctedCode = grid.code(target, scale, zero);
            const Vec<T> plainMiss = scale * (plainCode - zero) - target;
            const Vec<T> correctedMiss = scale * (correctedCode - zero) - target;
            extra += larger((plainMiss - correctedMiss) * (plainMiss + correctedMiss), Vec<T>{});
            if (task.appliesCorrection)
                code = correctedCode;
        }
        const Vec<T> rounded = scale * (code - zero);
        store(task.error + slot + row,
              (w - rounded) / diagonal); // from w, never from the corrected target (6.1)
        store(task.driver + slot + row, task.tailUsesRounded ? rounded : w);
        trouble += w - w;
        const Vec<T> stored = code - grid.low;
        for (int i = 0; i < kLanes<T>; ++i)
            task.codes[column * stride + row + i] = std::uint8_t(stored[i]);
    }
    if (task.extraLoss)
        task.extraLoss[column] = laneSum<T>(extra) / (diagonal * diagonal);
}

// The rest of the block: W[:, column+1 : last] -= e U - w P.
template <class T, bool kResidual>
void compensateBlock(const BlockTask<T>& task, std::int64_t column) {
    const std::int64_t stride = task.stride, slot = (column - task.first) * stride;
    const T* upper = task.upper + column * task.columns;
    const T* residual = kResidual ? task.residual + column * task.columns : nullptr;
    for (std::int64_t row = 0; row < stride; row += 2 * kLanes<T>) {
        const Vec<T> error0 = load(task.error + slot + row),
                     error1 = load(task.error + slot + row + kLanes<T>);
        const T* own = task.weight + column * stride + row;
        const Vec<T> weight0 = load(own), weight1 = load(own + kLanes<T>);
        for (std::int64_t c = column + 1; c < task.last; ++c) {
            T* target = task.weight + c * stride + row;
            Vec<T> value0 = load(target) - upper[c] * error0;
            Vec<T> value1 = load(target + kLanes<T>) - upper[c] * error1;
            if (kResidual) {
                value0 += residual[c] * weight0;
                value1 += residual[c] * weight1;
            }
            store(target, value0);
            store(target + kLanes<T>, value1);
        }
    }
}

template <class T>
void sweepBlock(BlockTask<T>& task) {
    Vec<T> trouble{};
    for (std::int64_t column = task.first; column < task.last; ++column) {
        quantizeColumn(task, column, trouble);
        task.residual ? compensateBlock<T, true>(task, column) : compensateBlock<T, false>(task, column);
    }
    task.sawNonFinite |= anyLane(trouble != T(0));
}

// Columns of one register tile; two vectors of rows high.
inline constexpr int kTile = VLMPTQ_VECTOR_BYTES == 64 ? 12 : 6;

template <class T, bool kResidual>
void updateTile(T* weight, std::int64_t stride, const T* upper, const T* residual, const T* error,
                const T* driver, std::int64_t count) {
    Vec<T> sum0[kTile], sum1[kTile];
#pragma GCC unroll 16
    for (int c = 0; c < kTile; ++c) {
        sum0[c] = load(weight + c * stride);
        sum1[c] = load(weight + c * stride + kLanes<T>);
    }
    for (std::int64_t j = 0; j < count; ++j) {
        const Vec<T> error0 = load(error + j * stride), error1 = load(error + j * stride + kLanes<T>);
#pragma GCC unroll 16
        for (int c = 0; c < kTile; ++c) {
            sum0[c] -= upper[j * kTile + c] * error0;
            sum1[c] -= upper[j * kTile + c] * error1;
        }
        if (!kResidual)
            continue;
        const Vec<T> driver0 = load(driver + j * stride), driver1 = load(driver + j * stride + kLanes<T>);
#pragma GCC unroll 16
        for (int c = 0; c < kTile; ++c) {
            sum0[c] += residual[j * kTile + c] * driver0;
            sum1[c] += residual[j * kTile + c] * driver1;
        }
    }
#pragma GCC unroll 16
    for (int c = 0; c < kTile; ++c) {
        store(weight + c * stride, sum0[c]);
        store(weight + c * stride + kLanes<T>, sum1[c]);
    }
}

// matrix[first:last, begin : begin + kTailColumns] as [tile][row][kTile], zeros behind the last column.
// Without it the rows of a matrix whose width is a power of two would push each other out of the cache.
template <class T>
void pack(const TailTask<T>& task, const T* matrix, std::int64_t begin, T* to) {
    const std::int64_t count = task.last - task.first;
    for (std::int64_t j = 0; j < count; ++j) {
        const T* from = matrix + (task.first + j) * task.columns;
        for (std::int64_t tile = 0; tile < kTailColumns / kTile; ++tile)
            for (int c = 0; c < kTile; ++c) {
                const std::int64_t column = begin + tile * kTile + c;
                to[(tile * count + j) * kTile + c] = column < task.to ? from[column] : T(0);
            }
    }
}

template <class T, bool kResidual>
void updateColumns(const TailTask<T>& task) {
    const std::int64_t count = task.last - task.first;
    T *upper = task.scratch, *residual = task.scratch + count * kTailColumns;
    for (std::int64_t begin = task.from; begin < task.to; begin += kTailColumns) {
        pack(task, task.upper, begin, upper);
        if (kResidual)
            pack(task, task.residual, begin, residual);
        for (std::int64_t tile = 0; tile < kTailColumns / kTile && begin + tile * kTile < task.to; ++tile)
            for (std::int64_t row = 0; row < task.stride; row += 2 * kLanes<T>)
                updateTile<T, kResidual>(task.weight + (begin + tile * kTile) * task.stride + row,
                                         task.stride, upper + tile * count * kTile,
                                         residual + tile * count * kTile, task.error + row, task.driver + row,
                                         count);
    }
}

template <class T>
void updateTail(const TailTask<T>& task) {
    task.residual ? updateColumns<T, true>(task) : updateColumns<T, false>(task);
}

}
}
