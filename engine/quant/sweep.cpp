#include "engine/quant/sweep.h"

#include "engine/kernels/column_sweep.h"
#include "engine/quant/precision.h"
#include "engine/quant/range_search.h"

namespace vlmptq::quant {
namespace {

at::Tensor inSweepOrder(const at::Tensor& tensor, std::int64_t dim, const at::Tensor& permutation) {
    return permutation.defined() && tensor.defined() ? tensor.index_select(dim, permutation) : tensor;
}

// Group of each column in sweep order.
at::Tensor groupsInSweepOrder(const Factors& factors, const MatrixGrid& grid, std::int64_t columns,
                              bool isStatic) {
    const at::Tensor position =
        isStatic && factors.permutation.defined() ? factors.permutation : at::arange(columns);
    return position.div(grid.groupSize, "floor").to(at::kInt);
}

template <class T>
T* dataOrNull(const at::Tensor& tensor) {
    return tensor.defined() ? tensor.data_ptr<T>() : nullptr;
}

}

SweepResult sweepMatrix(const at::Tensor& weight, const Factors& factors, const QuantConfig& config,
                        const MatrixGrid& grid, const at::Tensor& importance, Workers& workers,
                        const std::stop_token& stop) {
    const std::int64_t rows = weight.size(0), columns = weight.size(1);
    const bool isDynamic = !grid.perChannel && !config.effectiveStaticGroups();
    const at::Tensor& order = factors.permutation;
    const at::Tensor living = weight.masked_fill(factors.dead, 0);
    // Per-channel ranges see dead columns, those of groups do not (method.md 5).
    GridRanges ranges;
    if (isDynamic) {
        ranges.scale = at::empty({rows, columns / grid.groupSize}, weight.options());
        ranges.zero = at::empty_like(ranges.scale);
    } else {
        ranges = searchRanges(grid.perChannel ? weight : living, grid, importance, workers, stop);
    }
    const at::Tensor ordered = inSweepOrder(living, 1, order);
    const at::Tensor orderedImportance = inSweepOrder(importance, 0, order);
    const at::Tensor groupOf = groupsInSweepOrder(factors, grid, columns, !isDynamic);
    const at::Tensor upper = factors.lower.t().contiguous();
    const at::Tensor codes = at::empty({rows, columns}, at::kByte);
    const at::Tensor extraLoss =
        factors.correction.defined() ? at::zeros({columns}, at::kDouble) : at::Tensor();

    SweepResult result;
    withReal(weight.scalar_type(), [&](auto real) {
        using T = decltype(real);
        const kernels::ColumnSweep<T> sweep{.weight = ordered.data_ptr<T>(),
                                            .rows = rows,
                                            .columns = columns,
                                            .blockSize = config.blockSize,
                                            .upper = upper.data_ptr<T>(),
                                            .residual = dataOrNull<T>(factors.residual),
                                            .originalResidual = dataOrNull<T>(factors.originalResidual),
                                            .correction = dataOrNull<T>(factors.correction),
                                            .appliesCorrection =
                                                methodNamed(config.method).recipe.usesCorrection,
                                            .mode = config.effectiveMode(),
                                            .range = grid.rule.range,
                                            .groups = ranges.scale.size(1),
                                            .groupOf = groupOf.data_ptr<std::int32_t>(),
                                            .scale = ranges.scale.data_ptr<T>(),
                                            .zero = ranges.zero.data_ptr<T>(),
                                            .dynamicGroups = isDynamic,
                                            .groupSize = grid.groupSize,
                                            .rule = grid.rule,
                                            .importance = dataOrNull<T>(orderedImportance),
                                            .codes = codes.data_ptr<std::uint8_t>(),
                                            .extraLoss = dataOrNull<double>(extraLoss)};
        result.isFinite = kernels::sweepColumns(sweep, workers, stop);
        result.scratchBytes = kernels::sweepScratchBytes(sweep);
    });
    result.matrix = {codes, ranges, {}};
    result.extraLoss = extraLoss;
    if (order.defined()) {
        const at::Tensor back = order.argsort();
        result.matrix.codes = codes.index_select(1, back);
        if (extraLoss.defined())
            result.extraLoss = extraLoss.index_select(0, back);
        if (isDynamic)
            result.matrix.groupIndex = groupOf.index_select(0, back);
    }
    return result;
}

}
