#include "engine/kernels/coordinate_descent.h"

#include "engine/kernels/dispatch.h"
#include "engine/kernels/strip.h"

#include <algorithm>

namespace vlmptq::kernels {
namespace {

template <class T>
class StripDescent {
public:
    StripDescent(const CoordinateDescent<T>& descent, std::int64_t firstRow)
        : m_descent(descent), m_firstRow(firstRow), m_rows(std::min(kStripGranule, descent.rows - firstRow)),
          m_gradient((descent.columns + kTailColumns) * kStripGranule),
          m_change(descent.blockSize * kStripGranule), m_scale(descent.groups * kStripGranule),
          m_zero(descent.groups * kStripGranule), m_packed(2 * descent.blockSize * kTailColumns),
          m_codes(descent.columns * kStripGranule) {
        std::fill_n(m_scale.get(), descent.groups * kStripGranule, T(1));
    }

    void run(const std::stop_token& stop) {
        const std::int64_t columns = m_descent.columns, groups = m_descent.groups, stride = kStripGranule;
        toStrip(m_descent.gradient + m_firstRow * columns, columns, m_rows, columns, m_gradient.get(),
                stride);
        toStrip(m_descent.codes + m_firstRow * columns, columns, m_rows, columns, m_codes.get(), stride);
        toStrip(m_descent.scale + m_firstRow * groups, groups, m_rows, groups, m_scale.get(), stride);
        toStrip(m_descent.zero + m_firstRow * groups, groups, m_rows, groups, m_zero.get(), stride);
        for (std::int64_t first = 0; first < columns; first += m_descent.blockSize) {
            throwIfStopped(stop);
            runBlock(first, std::min(first + m_descent.blockSize, columns));
        }
        fromStrip(m_gradient.get(), stride, m_rows, columns, m_descent.gradient + m_firstRow * columns,
                  columns);
        fromStrip(m_codes.get(), stride, m_rows, columns, m_descent.codes + m_firstRow * columns, columns);
    }

private:
    void runBlock(std::int64_t first, std::int64_t last) {
        m_kernels.descendBlock({.gradient = m_gradient.get(),
                                .stride = kStripGranule,
                                .columns = m_descent.columns,
                                .first = first,
                                .last = last,
                                .hessian = m_descent.hessian,
                                .scale = m_scale.get(),
                                .zero = m_zero.get(),
                                .groupOf = m_descent.groupOf,
                                .range = m_descent.range,
                                .codes = m_codes.get(),
                                .change = m_change.get()});
        updateGradient(first, last, 0, first);
        updateGradient(first, last, last, m_descent.columns);
    }

    // gradient[:, from:to] -= change H[first:last, from:to]
    void updateGradient(std::int64_t first, std::int64_t last, std::int64_t from, std::int64_t to) {
        if (from < to)
            m_kernels.updateTail({.weight = m_gradient.get(),
                                  .stride = kStripGranule,
                                  .columns = m_descent.columns,
                                  .first = first,
                                  .last = last,
                                  .from = from,
                                  .to = to,
                                  .upper = m_descent.hessian,
                                  .error = m_change.get(),
                                  .scratch = m_packed.get()});
    }

    const CoordinateDescent<T>& m_descent;
    const StripKernels<T>& m_kernels = stripKernels<T>();
    std::int64_t m_firstRow, m_rows;
    Scratch<T> m_gradient, m_change, m_scale, m_zero, m_packed;
    Scratch<std::uint8_t> m_codes;
};

}

template <class T>
void descend(const CoordinateDescent<T>& descent, Workers& workers, std::stop_token stop) {
    workers.forEach((descent.rows + kStripGranule - 1) / kStripGranule,
                    [&](std::int64_t i) { StripDescent<T>(descent, i * kStripGranule).run(stop); }, stop);
}

template void descend(const CoordinateDescent<float>&, Workers&, std::stop_token);
template void descend(const CoordinateDescent<double>&, Workers&, std::stop_token);

}
