#include "engine/quant/grid.h"

#include "engine/core/error.h"

namespace vlmptq::quant {

kernels::CodeRange codeRange(int bits, bool symmetric) {
    VLMPTQ_CHECK(bits >= 2 && bits <= 8, "weights have 2 to 8 bits, not " + std::to_string(bits));
    const int half = 1 << (bits - 1);
    if (symmetric)
        return {.low = -half, .high = half - 1, .symmetric = true};
    return {.low = 0, .high = 2 * half - 1, .symmetric = false};
}

MatrixGrid gridOf(const QuantConfig& config, Ranges ranges, std::int64_t columns, const std::string& module) {
    const bool weighted = ranges == Ranges::DiagH || ranges == Ranges::Modality;
    MatrixGrid grid;
    grid.rule = {.range = codeRange(config.weightBits, config.symmetric),
                 .candidates = ranges == Ranges::MinMax ? 1 : kernels::kRangeCandidates,
                 .power = weighted ? config.mPow : config.rangePow};
    grid.perChannel = config.groupSize <= 0;
    grid.groupSize = grid.perChannel ? columns : config.groupSize;
    if (columns % grid.groupSize != 0)
        throw Error(ErrorKind::BadInput, "E-QUANT-01",
                    "Group size " + std::to_string(config.groupSize) + " does not divide the " +
                        std::to_string(columns) + " input channels of " + module + ".",
                    "Use another group size, per-channel (-1), or skip this module.");
    return grid;
}

at::Tensor dequantize(const GridMatrix& matrix, const kernels::CodeRange& range) {
    const auto& [scale, zero] = matrix.ranges;
    const at::Tensor codes = matrix.codes.to(scale.scalar_type()).add_(range.low);
    if (matrix.groupIndex.defined())
        return (codes - zero.index_select(1, matrix.groupIndex))
            .mul_(scale.index_select(1, matrix.groupIndex));
    const at::Tensor grouped = codes.view({codes.size(0), scale.size(1), -1});
    return (grouped - zero.unsqueeze(2)).mul_(scale.unsqueeze(2)).view_as(codes);
}

}
