#include "aten_reference.h"

#include <algorithm>

namespace vlmptq::bench {
namespace {

at::Tensor roundTo(const at::Tensor& weight, const AtenRanges& ranges, int bits) {
    const at::Tensor codes = at::clamp(at::round(weight / ranges.scale) + ranges.zero, 0, (1 << bits) - 1);
    return ranges.scale * (codes - ranges.zero);
}

}

AtenRanges searchRanges(const at::Tensor& weight, const at::Tensor& importance, int bits) {
    const double steps = (1 << bits) - 1;
    const at::Tensor low = at::clamp_max(std::get<0>(weight.min(1, true)), 0);
    const at::Tensor high = at::clamp_min(std::get<0>(weight.max(1, true)), 0);
    AtenRanges chosen;
    at::Tensor best = at::full_like(low, std::numeric_limits<double>::infinity());
    for (int i = 0; i < 80; ++i) {
        const double factor = 1 - i / 100.0;
        const at::Tensor scale = (high * factor - low * factor) / steps;
        const AtenRanges candidate{scale, at::round(-(low * factor) / scale)};
        at::Tensor error = roundTo(weight, candidate, bits).sub_(weight).abs_();
        error = importance.defined() ? error.mul_(error).mul_(importance) : error.pow_(2.4);
        const at::Tensor sum = error.sum(1, true), better = sum < best;
        best = at::where(better, sum, best);
        chosen.scale =
            chosen.scale.defined() ? at::where(better, candidate.scale, chosen.scale) : candidate.scale;
        chosen.zero = chosen.zero.defined() ? at::where(better, candidate.zero, chosen.zero) : candidate.zero;
    }
    return chosen;
}

at::Tensor sweepColumns(const at::Tensor& weight, const at::Tensor& upper, const at::Tensor& residual,
                        const at::Tensor& correction, const AtenRanges& ranges, int bits,
                        std::int64_t blockSize) {
    const std::int64_t columns = weight.size(1);
    at::Tensor work = weight.clone(), result = at::empty_like(weight);
    for (std::int64_t first = 0; first < columns; first += blockSize) {
        const std::int64_t last = std::min(first + blockSize, columns), count = last - first;
        at::Tensor block = work.slice(1, first, last).clone(), errors = at::zeros_like(block);
        for (std::int64_t i = 0; i < count; ++i) {
            const at::Tensor w = block.slice(1, i, i + 1).clone();
            const at::Tensor rounded = roundTo(w * (1 + correction[first + i]), ranges, bits);
            result.slice(1, first + i, first + i + 1).copy_(rounded);
            const at::Tensor error = (w - rounded) / upper[first + i][first + i];
            block.slice(1, i) -=
                error.matmul(upper.slice(0, first + i, first + i + 1).slice(1, first + i, last)) -
                w.matmul(residual.slice(0, first + i, first + i + 1).slice(1, first + i, last));
            errors.slice(1, i, i + 1).copy_(error);
        }
        work.slice(1, last) -= errors.matmul(upper.slice(0, first, last).slice(1, last)) -
                               block.matmul(residual.slice(0, first, last).slice(1, last));
    }
    return result;
}

}
