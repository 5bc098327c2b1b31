#include "engine/kernels/range_search.h"

#include "engine/kernels/dispatch.h"
#include "engine/kernels/strip.h"

namespace vlmptq::kernels {

template <class T>
void searchRanges(const RangeSearch<T>& search) {
    const auto& kernels = stripKernels<T>();
    const std::int64_t groups = search.columns / search.groupSize;
    const std::int64_t height = std::min<std::int64_t>(paddedRows(search.rows), 2 * kStripGranule);
    const Scratch<T> values(search.groupSize * height), scale(height), zero(height);
    for (std::int64_t row = 0; row < search.rows; row += height)
        for (std::int64_t group = 0; group < groups; ++group) {
            const std::int64_t rows = std::min(height, search.rows - row), first = group * search.groupSize;
            toStrip(search.weight + row * search.rowStride + first, search.rowStride, rows, search.groupSize,
                    values.get(), height);
            kernels.searchRange({.values = values.get(),
                                 .columns = search.groupSize,
                                 .stride = height,
                                 .importance = search.importance ? search.importance + first : nullptr,
                                 .power = search.rule.power,
                                 .candidates = search.rule.candidates,
                                 .range = search.rule.range,
                                 .scale = scale.get(),
                                 .zero = zero.get()});
            for (std::int64_t r = 0; r < rows; ++r) {
                search.scale[(row + r) * groups + group] = scale.get()[r];
                search.zero[(row + r) * groups + group] = zero.get()[r];
            }
        }
}

template void searchRanges(const RangeSearch<float>&);
template void searchRanges(const RangeSearch<double>&);

}
