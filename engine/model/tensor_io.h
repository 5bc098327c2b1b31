// tensor_io.h - checkpoint bytes to tensors and back.
#pragma once
#include "engine/checkpoint/checkpoint.h"

#include <ATen/ATen.h>

namespace vlmptq::model {

// A copy on `device` in `dtype` (widened or rounded). `shape`, when not empty, is checked: a mismatch is an Error (BadInput)
// naming tensor, shape found and shape expected.
at::Tensor loadTensor(const checkpoint::Checkpoint&, std::string_view name, at::ScalarType dtype, at::Device device,
                      at::IntArrayRef shape = {});
at::Tensor tensorFromBytes(std::span<const std::byte>, const checkpoint::TensorInfo&); // a copy in the file's dtype
checkpoint::TensorData toTensorData(const std::string& name, const at::Tensor&);       // any device and layout
at::ScalarType scalarType(checkpoint::Dtype);

}
