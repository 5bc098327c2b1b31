#include "engine/rotation/hadamard_transform.h"

#include "engine/core/error.h"
#include "engine/rotation/hadamard.h"

#include <ATen/CPUGeneratorImpl.h>

#include <cmath>

namespace vlmptq::rotation {
namespace {

constexpr std::int64_t kLargestOrthogonalPart = 4096;
constexpr std::int64_t kLargestSylvester = 64; // longer ones are products of these: less work per element

at::Tensor normalised(std::int64_t order) {
    const auto signs = hadamardMatrix(order);
    return at::tensor(at::ArrayRef<std::int8_t>(signs), at::kChar).view({order, order}).to(at::kDouble) /
           std::sqrt(static_cast<double>(order));
}

// Q of a random matrix, its columns' signs fixed by R so that it does not depend on the LAPACK in use.
at::Tensor randomOrthogonal(std::int64_t order, std::uint64_t seed) {
    const auto generator = at::detail::createCPUGenerator(seed);
    const auto [q, r] = at::linalg_qr(at::randn({order, order}, generator, at::TensorOptions(at::kDouble)));
    return q * r.diagonal().sign();
}

// The odd part with at most two factors 2: the smallest block that a power of two can complete.
std::int64_t orthogonalPart(std::int64_t size) {
    std::int64_t odd = size;
    while (odd % 2 == 0)
        odd /= 2;
    return odd * (size / odd % 4 == 0 ? 4 : size / odd % 2 == 0 ? 2 : 1);
}

}

HadamardTransform::HadamardTransform(std::int64_t size, std::uint64_t seed) : m_size(size) {
    VLMPTQ_CHECK(size >= 1, "a transform has at least one element");
    m_orders = hadamardFactors(size);
    if (m_orders.empty()) {
        m_isHadamard = false;
        const auto part = orthogonalPart(size);
        m_orders = {part, size / part};
        m_matrices.push_back(randomOrthogonal(part, seed));
    } else {
        for (std::size_t i = 0; i + 1 < m_orders.size(); ++i)
            m_matrices.push_back(normalised(m_orders[i]));
    }
    for (std::int64_t rest = m_orders.back(); rest > 1;) {
        const auto part = std::min(rest, kLargestSylvester); // S(ab) = S(a) x S(b)
        m_matrices.push_back(normalised(part));
        rest /= part;
    }
}

at::Tensor HadamardTransform::multiply(const at::Tensor& x, bool isInverse) const {
    VLMPTQ_CHECK(x.size(-1) == m_size, "the last dimension is the transform's");
    at::Tensor result = x;
    std::int64_t behind = m_size;
    for (const auto& matrix : m_matrices) {
        const auto order = matrix.size(0);
        behind /= order;
        const auto own = (isInverse ? matrix.t() : matrix).to(x.options());
        result = at::matmul(own, result.reshape({-1, order, behind}));
    }
    return result.reshape(x.sizes());
}

at::Tensor HadamardTransform::apply(const at::Tensor& x) const { return multiply(x, false); }
at::Tensor HadamardTransform::inverse(const at::Tensor& y) const { return multiply(y, true); }

at::Tensor HadamardTransform::matrix() const { return apply(at::eye(m_size, at::kDouble)).t().contiguous(); }

std::optional<std::string> whyNotOnline(std::int64_t size) {
    const auto part = hadamardFactors(size).empty() ? orthogonalPart(size) : 0;
    if (part <= kLargestOrthogonalPart)
        return std::nullopt;
    return "No Hadamard matrix of order " + std::to_string(size) +
           " is known, and an orthogonal block of order " + std::to_string(part) +
           " costs too much per token.";
}

}
