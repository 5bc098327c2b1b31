#include "engine/quant/pseudo_grid.h"

namespace vlmptq::quant {
namespace {

constexpr double kSmallestRange = 1e-5;

GridRanges rangesOf(const at::Tensor& groups, const kernels::CodeRange& range) { // groups [Co, G, g]
    if (range.symmetric) {
        const auto scale = groups.abs().amax(-1).clamp_min_(kSmallestRange).div_(range.high);
        return {scale, at::zeros_like(scale)};
    }
    const auto low = groups.amin(-1);
    const auto scale = (groups.amax(-1) - low).clamp_min_(kSmallestRange).div_(range.high);
    return {scale, at::round(low / scale).neg_().clamp_(0, range.high)};
}

}

GridMatrix placeOnGrid(const at::Tensor& weight, const PseudoGrid& grid) {
    const auto range = codeRange(grid.bits, grid.symmetric);
    const auto groups = weight.reshape({weight.size(0), -1, grid.groupSize});
    GridMatrix matrix;
    matrix.ranges = rangesOf(groups, range);
    const auto codes =
        at::round(groups / matrix.ranges.scale.unsqueeze(-1)).add_(matrix.ranges.zero.unsqueeze(-1));
    matrix.codes = codes.clamp_(range.low, range.high).sub_(range.low).to(at::kByte).view(weight.sizes());
    return matrix;
}

at::Tensor rounded(const at::Tensor& weight, const PseudoGrid& grid) {
    return dequantize(placeOnGrid(weight, grid), codeRange(grid.bits, grid.symmetric));
}

}
