#include "engine/quant/objective.h"

#include "engine/quant/quantize.h"

#include <algorithm>
#include <vector>

namespace vlmptq::quant {
namespace {

constexpr std::int64_t kRowsPerTask = 64;

double innerProduct(const at::Tensor& a, const at::Tensor& b) {
    return (a * b).sum(at::kDouble).item<double>();
}

at::Tensor rowsOf(const at::Tensor& matrix, std::int64_t first, std::int64_t rows) {
    return matrix.narrow(0, first, rows);
}

}

at::Tensor product(const at::Tensor& left, const at::Tensor& right, Workers& workers,
                   const std::stop_token& stop) {
    at::Tensor result = at::empty({left.size(0), right.size(1)}, left.options());
    workers.forEach((left.size(0) + kRowsPerTask - 1) / kRowsPerTask,
                    [&](std::int64_t i) {
                        const std::int64_t first = i * kRowsPerTask,
                                           rows = std::min(kRowsPerTask, left.size(0) - first);
                        rowsOf(result, first, rows).copy_(rowsOf(left, first, rows).mm(right));
                    },
                    stop);
    return result;
}

template <class Work>
double Objective::sumOverStrips(std::int64_t rows, Workers& workers, const std::stop_token& stop, Work work) {
    std::vector<double> parts((rows + kRowsPerTask - 1) / kRowsPerTask);
    workers.forEach(
        static_cast<std::int64_t>(parts.size()),
        [&](std::int64_t i) {
            const std::int64_t first = i * kRowsPerTask;
            parts[i] = work(first, std::min(kRowsPerTask, rows - first));
        },
        stop);
    double sum = 0;
    for (double part : parts)
        sum += part;
    return sum;
}

Objective Objective::ofSums(const at::Tensor& weight, const at::Tensor& hessian, const at::Tensor& cross,
                            const at::Tensor& delta, Workers& workers, const std::stop_token& stop) {
    Objective objective;
    objective.m_weight = weight;
    objective.m_hessian = hessian.to(weight.scalar_type());
    if (cross.defined())
        objective.m_linear = product(weight, cross.to(weight.scalar_type()), workers, stop).mul_(2);
    if (delta.defined()) {
        const at::Tensor difference = delta.to(weight.scalar_type());
        objective.m_constant =
            sumOverStrips(weight.size(0), workers, stop, [&](std::int64_t first, std::int64_t rows) {
                const at::Tensor own = rowsOf(weight, first, rows);
                return innerProduct(own, own.mm(difference));
            });
    }
    objective.m_reference = objective.loss(at::zeros_like(weight), workers, stop);
    return objective;
}

Objective Objective::ofInputs(const at::Tensor& weight, const at::Tensor& x, const at::Tensor& xFull,
                              std::int64_t samples, Workers& workers, const std::stop_token& stop) {
    Objective objective;
    objective.m_weight = weight;
    objective.m_inputs = x.to(weight.scalar_type()).contiguous();
    const at::Tensor full = xFull.defined() ? xFull.to(weight.scalar_type()) : objective.m_inputs;
    objective.m_target = product(weight, full.t(), workers, stop);
    objective.m_factor = 2.0 / static_cast<double>(samples);
    objective.m_reference = objective.loss(at::zeros_like(weight), workers, stop);
    return objective;
}

double Objective::loss(const at::Tensor& rounded, Workers& workers, const std::stop_token& stop) const {
    const double sum =
        sumOverStrips(m_weight.size(0), workers, stop, [&](std::int64_t first, std::int64_t rows) {
            if (m_inputs.defined()) {
                const at::Tensor miss =
                    rowsOf(m_target, first, rows) - rowsOf(rounded, first, rows).mm(m_inputs.t());
                return innerProduct(miss, miss);
            }
            const at::Tensor error = rowsOf(m_weight, first, rows) - rowsOf(rounded, first, rows);
            at::Tensor gradient = error.mm(m_hessian);
            if (m_linear.defined())
                gradient += rowsOf(m_linear, first, rows);
            return innerProduct(error, gradient);
        });
    return m_factor * sum + m_constant;
}

std::uint64_t Objective::bytes() const {
    std::uint64_t bytes = 0;
    for (const auto* tensor : {&m_hessian, &m_linear, &m_inputs, &m_target})
        if (tensor->defined())
            bytes += tensor->nbytes();
    return bytes;
}

double reconstructionLoss(const at::Tensor& weight, const at::Tensor& dequantized, const Gram& gram) {
    const at::ScalarType type = gram.hessian.scalar_type();
    const at::Tensor original = weight.to(type), error = original - dequantized.to(type);
    at::Tensor gradient = error.mm(gram.hessian);
    if (gram.cross.defined())
        gradient.add_(original.mm(gram.cross.to(type)), 2);
    double loss = innerProduct(error, gradient);
    if (gram.delta.defined())
        loss += innerProduct(original, original.mm(gram.delta.to(type)));
    return loss;
}

}
