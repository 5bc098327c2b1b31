// tensor_io.h - checkpoint bytes to tensors and back.
#pragma once
#include "engine/checkpoint/checkpoint.h"

#include <ATen/ATen.h>

#include <functional>

namespace vlmptq::model {

// A copy on `device` in `dtype` (widened or rounded). `shape`, when not empty, is checked: a mismatch is an
// Error (BadInput) naming tensor, shape found and shape expected.
at::Tensor loadTensor(const checkpoint::Checkpoint&, std::string_view name, at::ScalarType dtype,
                      at::Device device, at::IntArrayRef shape = {});
// Rows of a matrix, [rows.size(), columns], without reading the others. Throws Error (BadInput) for a row
// that is not there.
at::Tensor loadRows(const checkpoint::Checkpoint&, std::string_view name, at::IntArrayRef rows,
                    at::ScalarType dtype, at::Device device);
at::Tensor tensorFromBytes(std::span<const std::byte>,
                           const checkpoint::TensorInfo&);                       // a copy in the file's dtype
checkpoint::TensorData toTensorData(const std::string& name, const at::Tensor&); // any device and layout
at::ScalarType scalarType(checkpoint::Dtype);

// Hands out a tensor by name with its shape checked. A part of a model is built from any source: from one
// that loads, or from one that only checks (undefined tensors), which finds every missing or misshapen tensor
// from the headers alone.
using TensorSource = std::function<at::Tensor(const std::string& name, at::IntArrayRef shape)>;
TensorSource loadingSource(const checkpoint::Checkpoint&, at::ScalarType dtype, at::Device device);
TensorSource checkingSource(const checkpoint::Checkpoint&);

}
