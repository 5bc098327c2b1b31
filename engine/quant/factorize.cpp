#include "engine/core/error.h"
#include "engine/quant/precision.h"
#include "engine/quant/quantize.h"
#include "engine/quant/residual.h"
#include "engine/quant/tiled_linalg.h"

#include <utility>

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

// H + damping with the order of its channels reversed.
at::Tensor reversedDamped(const at::Tensor& hessian, const Factors& factors, double damp,
                          at::ScalarType type) {
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
    return reversed;
}

// L, P and C of one Gram. With J the reversal of the order and J H J = G G^T, L = (J G^-1 J)^T: one
// factorisation and one triangular inverse where inverting H and factorising again would take two and a full
// inverse.
class Factorization {
public:
    Factorization(const QuantConfig& config, Workers& workers, const std::stop_token& stop)
        : m_config(config), m_type(scalarTypeOf(config.precision)), m_workers(workers), m_stop(stop) {}

    // With `mayOverwrite` the sums are given up as soon as they have been used.
    Factors run(at::Tensor& hessian, at::Tensor& cross, bool mayOverwrite) {
        inspect(hessian, cross);
        if (!m_factors.sumsAreFinite)
            return m_factors;
        at::Tensor root = factorizeDamped(hessian);
        if (!root.defined())
            return m_factors;
        const auto& recipe = methodNamed(m_config.method).recipe;
        at::Tensor fullCross; // X~ X^T
        if (recipe.returnsToOriginal)
            fullCross = cross.defined() ? hessian + cross : hessian;
        if (m_config.effectiveRefinePasses() > 0)
            m_factors.damped = dampedInOrder(mayOverwrite ? hessian : hessian.clone());
        if (mayOverwrite)
            hessian = at::Tensor();
        const at::Tensor upper = invertLowerReversed(std::exchange(root, {}), m_workers, m_stop);
        m_factors.lower = upper.to(m_type).t();
        const bool isLastUse = mayOverwrite && !m_config.needsRegression();
        if (recipe.usesResidual)
            addResidual(m_factors, upper.t(), cross, isLastUse, m_config.alpha, m_type, m_workers, m_stop);
        if (recipe.returnsToOriginal)
            splitResidual(returnResidual(m_factors, upper.t(), fullCross, m_config.returnAlpha, m_type,
                                         m_workers, m_stop));
        else if (m_config.originalResidual)
            m_factors.originalResidual = std::exchange(m_factors.residual, {});
        if (m_config.needsRegression())
            m_factors.regression =
                regression(m_factors, upper.t(), cross, mayOverwrite, m_type, m_workers, m_stop);
        return m_factors;
    }

private:
    void inspect(const at::Tensor& hessian, const at::Tensor& cross) {
        VLMPTQ_CHECK(hessian.dim() == 2 && hessian.size(0) == hessian.size(1), "H is square");
        VLMPTQ_CHECK(!cross.defined() || cross.sizes() == hessian.sizes(), "D has the shape of H");
        m_factors.diagonal = hessian.diagonal().clone();
        m_factors.dead = m_factors.diagonal == 0;
        m_factors.dampUsed = m_config.dampRatio;
        m_factors.sumsAreFinite = allFinite(hessian) && allFinite(cross);
        if (m_config.effectiveActOrder() && m_factors.sumsAreFinite)
            m_factors.permutation = std::get<1>(livingDiagonal(hessian, m_factors.dead)
                                                    .sort(/*stable=*/true, /*dim=*/0, /*descending=*/true));
    }

    at::Tensor dampedInOrder(at::Tensor hessian) const {
        const at::Tensor diagonal = livingDiagonal(hessian, m_factors.dead);
        hessian.diagonal().copy_(diagonal + m_factors.dampUsed * diagonal.mean());
        return hessian.to(m_type);
    }

    // w P + (w0 - w) R = w (P - R) + w0 R
    void splitResidual(const at::Tensor& back) {
        m_factors.residual = m_factors.residual.defined() ? m_factors.residual.sub_(back) : back.neg();
        m_factors.originalResidual = back;
    }

    // G of the damped, reversed H; undefined when no damping helped (method.md 5).
    at::Tensor factorizeDamped(const at::Tensor& hessian) {
        for (at::ScalarType work = m_type;;) {
            at::Tensor root = reversedDamped(hessian, m_factors, m_factors.dampUsed, work);
            if (choleskyInPlace(root, m_workers, m_stop) && allFinite(root.diagonal().reciprocal()))
                return root;
            if (work == at::kFloat && m_factors.dampUsed >= kFloat64From) {
                work = at::kDouble;
                m_factors.usedFloat64 = true;
                continue;
            }
            if (m_factors.retries == kMaxRetries)
                return {};
            m_factors.dampUsed = m_factors.dampUsed > 0 ? m_factors.dampUsed * kDampStep : kFirstDamp;
            ++m_factors.retries;
        }
    }

    const QuantConfig& m_config;
    const at::ScalarType m_type;
    Workers& m_workers;
    const std::stop_token& m_stop;
    Factors m_factors;
};

}

Factors factorize(const Gram& gram, const QuantConfig& config, Workers& workers,
                  const std::stop_token& stop) {
    at::Tensor hessian = gram.hessian, cross = gram.cross;
    return Factorization(config, workers, stop).run(hessian, cross, false);
}

Factors factorizeConsuming(Gram& gram, const QuantConfig& config, Workers& workers,
                           const std::stop_token& stop) {
    at::Tensor hessian = std::exchange(gram.hessian, {}), cross = std::exchange(gram.cross, {});
    return Factorization(config, workers, stop).run(hessian, cross, true);
}

}
