#include "engine/kernels/column_sweep.h"

#include "engine/kernels/dispatch.h"
#include "engine/kernels/strip.h"

#include <algorithm>
#include <atomic>
#include <functional>
#include <vector>

namespace vlmptq::kernels {
namespace {

// Taller strips read U and P less often; lower ones feed more threads. Depends on the matrix only, never on
// the threads.
std::int64_t stripHeight(std::int64_t rows) { return rows >= 2048 ? 2 * kStripGranule : kStripGranule; }

// One strip of rows on its way through all blocks.
template <class T>
class StripSweep {
public:
    StripSweep(const ColumnSweep<T>& sweep, std::int64_t firstRow, std::int64_t stride, T* extraLoss)
        : m_sweep(sweep), m_firstRow(firstRow), m_rows(std::min(stride, sweep.rows - firstRow)),
          m_stride(stride), m_weight((sweep.columns + kTailColumns) * stride),
          m_error(sweep.blockSize * stride), m_driver(sweep.blockSize * stride),
          m_scale(sweep.groups * stride), m_zero(sweep.groups * stride),
          m_packed(2 * sweep.blockSize * kTailColumns),
          m_original(sweep.originalResidual ? sweep.columns * stride : 0), m_codes(sweep.columns * stride) {
        std::fill_n(m_scale.get(), sweep.groups * stride, T(1));
        m_block = {.weight = m_weight.get(),
                   .stride = stride,
                   .columns = sweep.columns,
                   .upper = sweep.upper,
                   .residual = sweep.residual,
                   .correction = sweep.correction,
                   .appliesCorrection = sweep.appliesCorrection,
                   .tailUsesRounded = sweep.mode == TailMode::Org,
                   .scale = m_scale.get(),
                   .zero = m_zero.get(),
                   .groupOf = sweep.groupOf,
                   .range = sweep.range,
                   .codes = m_codes.get(),
                   .error = m_error.get(),
                   .driver = m_driver.get(),
                   .extraLoss = extraLoss};
    }

    bool run(const std::stop_token& stop) {
        toStrip(m_sweep.weight + m_firstRow * m_sweep.columns, m_sweep.columns, m_rows, m_sweep.columns,
                m_weight.get(), m_stride);
        if (m_sweep.originalResidual) // negative, as updateTail subtracts
            std::transform(m_weight.get(), m_weight.get() + m_sweep.columns * m_stride, m_original.get(),
                           std::negate<T>());
        if (!m_sweep.dynamicGroups)
            readRanges();
        for (std::int64_t first = 0; first < m_sweep.columns; first += m_sweep.blockSize) {
            throwIfStopped(stop);
            runBlock(first, std::min(first + m_sweep.blockSize, m_sweep.columns));
        }
        if (m_sweep.dynamicGroups)
            writeRanges();
        fromStrip(m_codes.get(), m_stride, m_rows, m_sweep.columns,
                  m_sweep.codes + m_firstRow * m_sweep.columns, m_sweep.columns);
        return !m_block.sawNonFinite;
    }

private:
    void runBlock(std::int64_t first, std::int64_t last) {
        if (m_sweep.dynamicGroups)
            searchGroups(first, last);
        if (m_sweep.originalResidual)
            addOriginal(first, last);
        m_block.first = first;
        m_block.last = last;
        m_kernels.sweepBlock(m_block);
        if (m_sweep.mode == TailMode::AllWClamp)
            clampDriver(first, last);
        if (last == m_sweep.columns)
            return;
        updateTail(first, last, m_sweep.upper, m_error.get(), m_sweep.residual);
        if (m_sweep.originalResidual)
            updateTail(first, last, m_sweep.originalResidual, m_original.get() + first * m_stride, nullptr);
    }

    void updateTail(std::int64_t first, std::int64_t last, const T* upper, const T* error,
                    const T* residual) {
        m_kernels.updateTail({.weight = m_weight.get(),
                              .stride = m_stride,
                              .columns = m_sweep.columns,
                              .first = first,
                              .last = last,
                              .from = last,
                              .to = m_sweep.columns,
                              .upper = upper,
                              .residual = residual,
                              .error = error,
                              .driver = m_driver.get(),
                              .scratch = m_packed.get()});
    }

    // What the block's original weights add to one another. It does not depend on any code: all at once.
    void addOriginal(std::int64_t first, std::int64_t last) {
        for (std::int64_t c = first + 1; c < last; ++c)
            for (std::int64_t j = first; j < c; ++j) {
                const T strength = m_sweep.originalResidual[j * m_sweep.columns + c];
                const T* original = m_original.get() + j * m_stride;
                T* target = m_weight.get() + c * m_stride;
                for (std::int64_t r = 0; r < m_stride; ++r)
                    target[r] -= strength * original[r];
            }
    }

    // All groups that start in the block, before it runs: their ranges see the earlier blocks' updates, not
    // this one's (6.2).
    void searchGroups(std::int64_t first, std::int64_t last) {
        const std::int64_t size = m_sweep.groupSize;
        for (std::int64_t group = (first + size - 1) / size; group * size < last; ++group)
            m_kernels.searchRange(
                {.values = m_weight.get() + group * size * m_stride,
                 .columns = size,
                 .stride = m_stride,
                 .importance = m_sweep.importance ? m_sweep.importance + group * size : nullptr,
                 .power = m_sweep.rule.power,
                 .candidates = m_sweep.rule.candidates,
                 .range = m_sweep.rule.range,
                 .scale = m_scale.get() + group * m_stride,
                 .zero = m_zero.get() + group * m_stride});
    }

    // To what the last quantizer of the block can represent.
    void clampDriver(std::int64_t first, std::int64_t last) {
        const std::int64_t group = m_sweep.groupOf[last - 1];
        for (std::int64_t r = 0; r < m_stride; ++r) {
            const T scale = m_scale.get()[group * m_stride + r], zero = m_zero.get()[group * m_stride + r];
            const T low = (T(m_sweep.range.low) - zero) * scale,
                    high = (T(m_sweep.range.high) - zero) * scale;
            for (std::int64_t i = 0; i < last - first; ++i) {
                T& value = m_driver.get()[i * m_stride + r];
                value = std::min(std::max(value, low), high);
            }
        }
    }

    void readRanges() {
        const std::int64_t groups = m_sweep.groups, at = m_firstRow * groups;
        toStrip(m_sweep.scale + at, groups, m_rows, groups, m_scale.get(), m_stride);
        toStrip(m_sweep.zero + at, groups, m_rows, groups, m_zero.get(), m_stride);
    }
    void writeRanges() {
        const std::int64_t groups = m_sweep.groups, at = m_firstRow * groups;
        fromStrip(m_scale.get(), m_stride, m_rows, groups, m_sweep.scale + at, groups);
        fromStrip(m_zero.get(), m_stride, m_rows, groups, m_sweep.zero + at, groups);
    }

    const ColumnSweep<T>& m_sweep;
    const StripKernels<T>& m_kernels = stripKernels<T>();
    std::int64_t m_firstRow, m_rows, m_stride;
    Scratch<T> m_weight, m_error, m_driver, m_scale, m_zero, m_packed, m_original;
    Scratch<std::uint8_t> m_codes;
    BlockTask<T> m_block;
};

}

template <class T>
bool sweepColumns(const ColumnSweep<T>& sweep, Workers& workers, std::stop_token stop) {
    const std::int64_t height = stripHeight(sweep.rows), strips = (sweep.rows + height - 1) / height;
    const bool wantsExtra = sweep.extraLoss && sweep.correction;
    std::vector<T> extra(wantsExtra ? strips * sweep.columns : 0); // per strip, so that the sum has one order
    std::atomic<bool> finite{true};
    workers.forEach(
        strips,
        [&](std::int64_t i) {
            StripSweep<T> strip(sweep, i * height, height,
                                wantsExtra ? extra.data() + i * sweep.columns : nullptr);
            if (!strip.run(stop))
                finite = false;
        },
        stop);
    if (wantsExtra) {
        std::fill_n(sweep.extraLoss, sweep.columns, 0.0);
        for (std::int64_t i = 0; i < strips; ++i)
            for (std::int64_t c = 0; c < sweep.columns; ++c)
                sweep.extraLoss[c] += extra[i * sweep.columns + c];
    }
    return finite;
}

template <class T>
std::uint64_t sweepScratchBytes(const ColumnSweep<T>& sweep) {
    const std::int64_t height = stripHeight(sweep.rows);
    const std::int64_t reals = ((sweep.originalResidual ? 2 : 1) * sweep.columns + kTailColumns +
                                2 * sweep.blockSize + 2 * sweep.groups) *
                                   height +
                               2 * sweep.blockSize * kTailColumns;
    return static_cast<std::uint64_t>(reals) * sizeof(T) + static_cast<std::uint64_t>(sweep.columns * height);
}

template bool sweepColumns(const ColumnSweep<float>&, Workers&, std::stop_token);
template bool sweepColumns(const ColumnSweep<double>&, Workers&, std::stop_token);
template std::uint64_t sweepScratchBytes(const ColumnSweep<float>&);
template std::uint64_t sweepScratchBytes(const ColumnSweep<double>&);

}
