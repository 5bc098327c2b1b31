#include "engine/model/activation_quant.h"

#include "engine/core/error.h"

namespace vlmptq::model {

QuantizedActivation quantizeActivation(const at::Tensor& x, const ActivationGrid& grid) {
    const auto width = grid.groupSize > 0 ? grid.groupSize : x.size(-1);
    VLMPTQ_CHECK(x.size(-1) % width == 0, "the group size divides the channels");
    const auto rows = x.reshape({-1, width});
    const auto zero = at::zeros({}, rows.options());
    auto low = at::minimum(rows.amin(1, true), zero) * grid.clip;
    auto high = at::maximum(rows.amax(1, true), zero) * grid.clip;
    QuantizedActivation result;
    if (grid.symmetric) {
        const double last = (1 << (grid.bits - 1)) - 1;
        const auto largest = at::maximum(low.abs(), high);
        result.scale = at::where(largest == 0, at::ones_like(largest), largest / last);
        result.zero = at::zeros_like(result.scale);
        result.codes = at::round(rows / result.scale).clamp_(-last - 1, last);
    } else {
        const double last = (1 << grid.bits) - 1;
        const auto isFlat = low.eq(0).logical_and_(high.eq(0));
        low.masked_fill_(isFlat, -1);
        high.masked_fill_(isFlat, 1);
        result.scale = (high - low) / last;
        result.zero = at::round(-low / result.scale);
        result.codes = at::round(rows / result.scale).add_(result.zero).clamp_(0, last);
    }
    result.codes = result.codes.view(x.sizes());
    return result;
}

at::Tensor roundActivation(const at::Tensor& x, const ActivationGrid& grid) {
    if (!grid.isOn())
        return x;
    // In float32 also for bfloat16 values: a code is not to be decided by a rounded quotient.
    const auto values = x.scalar_type() == at::kDouble ? x : x.to(at::kFloat);
    const auto quantized = quantizeActivation(values, grid);
    const auto codes = quantized.codes.reshape({quantized.scale.size(0), -1});
    return ((codes - quantized.zero) * quantized.scale).view(x.sizes()).to(x.scalar_type());
}

}
