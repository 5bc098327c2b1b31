#include "engine/core/error.h"
#include "engine/quant/precision.h"
#include "engine/quant/quantize.h"
#include "engine/quant/residual.h"
#include "engine/quant/tiled_linalg.h"

namespace vlmptq::quant {
namespace {

constexpr int kMaxRetries = 8;
constexpr double kDampStep = 10,
                 kFloat64From = 0.0999; // float32 failing at lambda >= 0.1 is redone in float64
constexpr double kFirstDamp = 1e-4;     // first step when lambda was 0

// H with dead channels mended, diagonal only.
at::Tensor livingDiagonal(const at::Tensor& hessian, const at::Tensor& dead) {
    return hessian.diagonal().masked_fill(dead, 1);
}

// U = L^T of (H + damping)^-1 = L L^T, in sweep order; undefined when H + damping is not positive definite.
// With J the reversal of the order and J H J = G G^T, L = (J G^-1 J)^T: one factorisation and one triangular
// inverse where inverting H and factorising again would take two and a full inverse.
at::Tensor upperOfInverse(const at::Tensor& hessian, const Factors& factors, double damp, at::ScalarType type,
                          Workers& workers, const std::stop_token& stop) {
    at::Tensor reversed;
    const at::Tensor diagonal = livingDiagonal(hessian, factors.dead).to(type);
    at::Tensor damped = diagonal + damp * diagonal.mean();
    if (factors.permutation.defined()) {
        const at::Tensor order = factors.permutation.flip(0);
        reversed = hessian.index_select(0, order).index_select(1, order).to(type);
        damped = damped.index_select(0, order);
    } else {
        reversed = hessian.to(type).flip({0, 1});
        damped = damped.flip(0);
    }
    reversed.diagonal().copy_(damped);
    if (!choleskyInPlace(reversed, workers, stop))
        return {};
    const at::Tensor upper = invertLower(reversed, workers, stop).flip({0, 1});
    return allFinite(upper) ? upper : at::Tensor();
}

}

Factors factorize(const Gram& gram, const QuantConfig& config, Workers& workers, std::stop_token stop) {
    const at::ScalarType type = scalarTypeOf(config.precision);
    const at::Tensor& hessian = gram.hessian;
    VLMPTQ_CHECK(hessian.dim() == 2 && hessian.size(0) == hessian.size(1), "H is square");
    VLMPTQ_CHECK(!gram.cross.defined() || gram.cross.sizes() == hessian.sizes(), "D has the shape of H");

    Factors factors;
    factors.dead = hessian.diagonal() == 0;
    factors.dampUsed = config.dampRatio;
    if (!allFinite(hessian) || !allFinite(gram.cross))
        return factors;
    if (config.actOrder)
        factors.permutation = std::get<1>(
            livingDiagonal(hessian, factors.dead).sort(/*stable=*/true, /*dim=*/0, /*descending=*/true));

    at::Tensor upper;
    for (at::ScalarType work = type; !upper.defined();) {
        upper = upperOfInverse(hessian, factors, factors.dampUsed, work, workers, stop);
        if (upper.defined())
            break;
        if (work == at::kFloat && factors.dampUsed >= kFloat64From) {
            work = at::kDouble;
            factors.usedFloat64 = true;
            continue;
        }
        if (factors.retries == kMaxRetries)
            return factors;
        factors.dampUsed = factors.dampUsed > 0 ? factors.dampUsed * kDampStep : kFirstDamp;
        ++factors.retries;
    }
    factors.lower = upper.to(type).t();
    if (methodNamed(config.method).recipe.usesResidual)
        addResidual(factors, upper.t(), gram.cross, config.alpha, type, workers, stop);
    return factors;
}

}
