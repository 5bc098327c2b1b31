#include "engine/quant/residual.h"

#include <algorithm>

namespace vlmptq::quant {
namespace {

constexpr std::int64_t kRowsPerTask = 128;

// D[rows, columns from `first`] in sweep order, columns of dead channels zeroed.
at::Tensor crossStrip(const Factors& factors, const at::Tensor& cross, const at::Tensor& deadColumns,
                      std::int64_t first, std::int64_t rows, at::ScalarType type) {
    const std::int64_t columns = cross.size(1) - first;
    at::Tensor strip;
    if (factors.permutation.defined())
        strip = cross.index_select(0, factors.permutation.narrow(0, first, rows))
                    .index_select(1, factors.permutation.narrow(0, first, columns));
    else
        strip = cross.narrow(0, first, rows).narrow(1, first, columns);
    return strip.to(type).masked_fill(deadColumns.narrow(0, first, columns), 0);
}

// (alpha (S L) masked to its strict upper part) L^T for a sum S like D, into `target`. `seen` gets the strips
// of S L before masking.
template <class Seen>
void propagate(const Factors& factors, const at::Tensor& lower, const at::Tensor& sum, double alpha,
               at::Tensor& target, Workers& workers, const std::stop_token& stop, Seen seen) {
    const std::int64_t size = lower.size(0);
    const at::Tensor upper = lower.t();
    const at::Tensor dead =
        factors.permutation.defined() ? factors.dead.index_select(0, factors.permutation) : factors.dead;
    workers.forEach((size + kRowsPerTask - 1) / kRowsPerTask,
                    [&](std::int64_t i) {
                        // Rows first.. of S L and of the result need only what lies right of and below
                        // (first, first): L is triangular.
                        const std::int64_t first = i * kRowsPerTask,
                                           rows = std::min(kRowsPerTask, size - first);
                        const at::Tensor corner =
                            upper.narrow(0, first, size - first).narrow(1, first, size - first);
                        at::Tensor product =
                            crossStrip(factors, sum, dead, first, rows, lower.scalar_type()).mm(corner.t());
                        seen(product, first, rows);
                        at::Tensor strip = target.narrow(0, first, rows);
                        strip.narrow(1, 0, first).zero_();
                        strip.narrow(1, first, size - first).copy_(product.triu_(1).mm(corner).mul_(alpha));
                    },
                    stop);
}

}

void addResidual(Factors& factors, const at::Tensor& lower, const at::Tensor& cross, bool mayOverwrite,
                 double alpha, at::ScalarType type, Workers& workers, const std::stop_token& stop) {
    const std::int64_t size = lower.size(0);
    factors.correction = at::zeros({size}, type);
    if (!cross.defined())
        return;
    // A strip of P needs the same rows of D and no others, unless the order was changed.
    const bool isInPlace = mayOverwrite && cross.scalar_type() == type && !factors.permutation.defined();
    factors.residual = isInPlace ? cross : at::empty({size, size}, type);
    const at::Tensor diagonal = lower.diagonal();
    propagate(factors, lower, cross, alpha, factors.residual, workers, stop,
              [&](const at::Tensor& product, std::int64_t first, std::int64_t rows) {
                  factors.correction.narrow(0, first, rows)
                      .copy_(product.diagonal() * diagonal.narrow(0, first, rows) * alpha);
              });
}

at::Tensor returnResidual(const Factors& factors, const at::Tensor& lower, const at::Tensor& fullCross,
                          double alpha, at::ScalarType type, Workers& workers, const std::stop_token& stop) {
    at::Tensor result = at::empty(fullCross.sizes(), fullCross.options().dtype(type));
    propagate(factors, lower, fullCross, alpha, result, workers, stop,
              [](const at::Tensor&, std::int64_t, std::int64_t) {});
    return result;
}

at::Tensor regression(const Factors& factors, const at::Tensor& lower, const at::Tensor& cross,
                      bool mayOverwrite, at::ScalarType type, Workers& workers, const std::stop_token& stop) {
    if (!cross.defined())
        return {};
    const std::int64_t size = lower.size(0);
    const bool isInPlace = mayOverwrite && cross.scalar_type() == type;
    at::Tensor result = isInPlace ? cross : at::empty({size, size}, type);
    const at::Tensor& order = factors.permutation;
    const at::Tensor back = order.defined() ? order.argsort() : at::Tensor();
    workers.forEach(
        (size + kRowsPerTask - 1) / kRowsPerTask,
        [&](std::int64_t i) {
            const std::int64_t first = i * kRowsPerTask, rows = std::min(kRowsPerTask, size - first);
            at::Tensor strip = cross.narrow(0, first, rows).to(lower.scalar_type());
            strip = strip.masked_fill(factors.dead, 0);
            if (order.defined())
                strip = strip.index_select(1, order);
            strip = strip.mm(lower).mm(lower.t());
            result.narrow(0, first, rows).copy_(back.defined() ? strip.index_select(1, back) : strip);
        },
        stop);
    return result;
}

}
