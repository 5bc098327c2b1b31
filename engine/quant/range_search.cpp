#include "engine/quant/range_search.h"

#include "engine/core/error.h"
#include "engine/kernels/dispatch.h"
#include "engine/quant/precision.h"

#include <algorithm>

namespace vlmptq::quant {
namespace {

constexpr std::int64_t kRowsPerTask = 32;

GridRanges emptyRanges(const at::Tensor& weight, const MatrixGrid& grid) {
    const at::Tensor scale = at::empty({weight.size(0), weight.size(1) / grid.groupSize}, weight.options());
    return {scale, at::empty_like(scale)};
}

void searchRows(const at::Tensor& weight, const MatrixGrid& grid, const at::Tensor& importance,
                const GridRanges& ranges, std::int64_t firstRow, std::int64_t rows) {
    withReal(weight.scalar_type(), [&](auto real) {
        using T = decltype(real);
        const std::int64_t columns = weight.size(1), groups = ranges.scale.size(1);
        kernels::searchRanges<T>({.weight = weight.data_ptr<T>() + firstRow * columns,
                                  .rows = rows,
                                  .columns = columns,
                                  .rowStride = columns,
                                  .groupSize = grid.groupSize,
                                  .importance = importance.defined() ? importance.data_ptr<T>() : nullptr,
                                  .rule = grid.rule,
                                  .scale = ranges.scale.data_ptr<T>() + firstRow * groups,
                                  .zero = ranges.zero.data_ptr<T>() + firstRow * groups});
    });
}

void roundRows(const at::Tensor& weight, const MatrixGrid& grid, const GridMatrix& result,
               std::int64_t firstRow, std::int64_t rows) {
    withReal(weight.scalar_type(), [&](auto real) {
        using T = decltype(real);
        const std::int64_t columns = weight.size(1), groups = result.ranges.scale.size(1);
        kernels::stripKernels<T>().roundRows(
            {.weight = weight.data_ptr<T>() + firstRow * columns,
             .rows = rows,
             .columns = columns,
             .rowStride = columns,
             .groupSize = grid.groupSize,
             .scale = result.ranges.scale.data_ptr<T>() + firstRow * groups,
             .zero = result.ranges.zero.data_ptr<T>() + firstRow * groups,
             .range = grid.rule.range,
             .codes = result.codes.data_ptr<std::uint8_t>() + firstRow * columns});
    });
}

template <class Work>
void forRowRanges(std::int64_t rows, Workers& workers, const std::stop_token& stop, Work work) {
    workers.forEach(
        (rows + kRowsPerTask - 1) / kRowsPerTask,
        [&](std::int64_t i) { work(i * kRowsPerTask, std::min(kRowsPerTask, rows - i * kRowsPerTask)); },
        stop);
}

void checkInputs(const at::Tensor& weight, const at::Tensor& importance) {
    VLMPTQ_CHECK(weight.dim() == 2 && weight.is_contiguous(), "a dense matrix is needed");
    VLMPTQ_CHECK(!importance.defined() ||
                     (importance.is_contiguous() && importance.numel() == weight.size(1) &&
                      importance.scalar_type() == weight.scalar_type()),
                 "one importance per input channel, in the precision of the weights");
}

}

GridRanges searchRanges(const at::Tensor& weight, const MatrixGrid& grid, const at::Tensor& importance,
                        Workers& workers, const std::stop_token& stop) {
    checkInputs(weight, importance);
    const GridRanges ranges = emptyRanges(weight, grid);
    forRowRanges(weight.size(0), workers, stop, [&](std::int64_t first, std::int64_t rows) {
        searchRows(weight, grid, importance, ranges, first, rows);
    });
    return ranges;
}

GridMatrix roundToNearest(const at::Tensor& weight, const MatrixGrid& grid, const at::Tensor& importance,
                          Workers& workers, const std::stop_token& stop) {
    checkInputs(weight, importance);
    const GridMatrix result{at::empty(weight.sizes(), at::kByte), emptyRanges(weight, grid), {}};
    forRowRanges(weight.size(0), workers, stop, [&](std::int64_t first, std::int64_t rows) {
        searchRows(weight, grid, importance, result.ranges, first, rows);
        roundRows(weight, grid, result, first, rows);
    });
    return result;
}

}
