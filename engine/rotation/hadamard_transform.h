// hadamard_transform.h - y = x H^T / sqrt(n) along the last dimension, factor by factor on a reshaped tensor
// (method.md 13.1). Where n is no product of known orders, the part that has none is a random orthogonal
// matrix from a seeded QR: orthogonality is all that correctness needs. Immutable; any thread.
#pragma once
#include <ATen/ATen.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vlmptq::rotation {

class HadamardTransform {
public:
    explicit HadamardTransform(std::int64_t size, std::uint64_t seed = 0);
    std::int64_t size() const { return m_size; }
    const std::vector<std::int64_t>& factors() const { return m_orders; }
    bool isHadamard() const { return m_isHadamard; } // false: a factor is a random orthogonal matrix

    at::Tensor apply(const at::Tensor& x) const;   // x H^T / sqrt(n)
    at::Tensor inverse(const at::Tensor& y) const; // y H / sqrt(n)
    at::Tensor matrix() const;                     // H / sqrt(n) [n, n], float64

private:
    at::Tensor multiply(const at::Tensor&, bool isInverse) const;

    std::int64_t m_size;
    bool m_isHadamard = true;
    std::vector<std::int64_t> m_orders;
    std::vector<at::Tensor> m_matrices; // orthogonal, float64, one per order
};

// Larger orthogonal parts are not worth their online cost: why a size is refused, or none.
std::optional<std::string> whyNotOnline(std::int64_t size);

}
