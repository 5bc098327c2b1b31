// precision.h - from a tensor's element type to the template argument of a kernel.
#pragma once
#include "engine/core/config.h"

#include <ATen/ATen.h>

#include <cmath>

namespace vlmptq::quant {

inline at::ScalarType scalarTypeOf(Precision precision) {
    return precision == Precision::Float64 ? at::kDouble : at::kFloat;
}

// Calls body(float{}) or body(double{}).
template <class Body>
decltype(auto) withReal(at::ScalarType type, Body&& body) {
    return type == at::kDouble ? body(double{}) : body(float{});
}

// By the sum, which NaN and infinity poison: no second matrix is needed.
inline bool allFinite(const at::Tensor& tensor) {
    return !tensor.defined() || std::isfinite(tensor.sum().item<double>());
}

}
