#include "engine/model/dequantize.h"

#include "engine/core/error.h"

namespace vlmptq::model {
namespace {

template <class T>
at::Tensor copyOf(const std::vector<T>& values, at::IntArrayRef shape) {
    at::Tensor tensor = at::empty(shape, at::TensorOptions(c10::CppTypeToScalarType<T>::value));
    VLMPTQ_CHECK(static_cast<std::size_t>(tensor.numel()) == values.size(),
                 "a quantized matrix with parts missing");
    std::copy(values.begin(), values.end(), tensor.data_ptr<T>());
    return tensor;
}

at::Tensor groupOfColumn(const checkpoint::QuantizedModule& module) {
    if (!module.groupIndex.empty())
        return copyOf(module.groupIndex, {module.columns});
    const std::int64_t size = module.groupSize > 0 ? module.groupSize : module.columns;
    return at::arange(module.columns, at::kInt).div(size, "floor");
}

}

at::Tensor dequantize(const checkpoint::QuantizedModule& module) {
    const at::Tensor group = groupOfColumn(module);
    const at::Tensor codes = copyOf(module.codes, {module.rows, module.columns}).to(at::kFloat);
    const at::Tensor zero = copyOf(module.zero, {module.rows, module.groups()}).to(at::kFloat);
    const at::Tensor scale = copyOf(module.scale, {module.rows, module.groups()});
    return (codes - zero.index_select(1, group)) * scale.index_select(1, group);
}

}
