#include "engine/model/tensor_io.h"

#include "engine/core/error.h"

#include <cstring>

namespace vlmptq::model {
namespace {

using checkpoint::Checkpoint;
using checkpoint::Dtype;
using checkpoint::TensorInfo;

bool isFloatingPoint(Dtype dtype) {
    return dtype == Dtype::F64 || dtype == Dtype::F32 || dtype == Dtype::F16 || dtype == Dtype::BF16;
}

std::string shapeText(at::IntArrayRef shape) {
    TensorInfo info;
    info.shape = shape.vec();
    return info.shapeText();
}

const TensorInfo& requireWeight(const Checkpoint& files, std::string_view name, at::IntArrayRef shape) {
    const TensorInfo& info = files.require(name);
    if (!shape.empty() && shape != at::IntArrayRef(info.shape))
        throw Error(ErrorKind::BadInput, "E-MODEL-01",
                    "Tensor " + info.name + " in " + files.folder().string() + " has shape " +
                        info.shapeText() + ", but config.json asks for " + shapeText(shape) + ".",
                    "config.json and the weight files belong to different models: download both again.");
    if (!isFloatingPoint(info.dtype))
        throw Error(ErrorKind::BadInput, "E-MODEL-02",
                    "Tensor " + info.name + " in " + files.folder().string() + " has the type " +
                        info.dtypeName + "; weights must be F32, F16, BF16 or F64.",
                    "Quantized checkpoints cannot be opened: use the original model.");
    return info;
}

Dtype fileDtype(at::ScalarType type) {
    switch (type) {
    case at::kDouble:
        return Dtype::F64;
    case at::kFloat:
        return Dtype::F32;
    case at::kHalf:
        return Dtype::F16;
    case at::kBFloat16:
        return Dtype::BF16;
    case at::kLong:
        return Dtype::I64;
    case at::kInt:
        return Dtype::I32;
    case at::kShort:
        return Dtype::I16;
    case at::kChar:
        return Dtype::I8;
    case at::kByte:
        return Dtype::U8;
    case at::kBool:
        return Dtype::Bool;
    default:
        break;
    }
    failCheck("known type", __FILE__, __LINE__, std::string("no file type for ") + at::toString(type));
}

}

at::ScalarType scalarType(Dtype dtype) {
    switch (dtype) {
    case Dtype::F64:
        return at::kDouble;
    case Dtype::F32:
        return at::kFloat;
    case Dtype::F16:
        return at::kHalf;
    case Dtype::BF16:
        return at::kBFloat16;
    case Dtype::I64:
        return at::kLong;
    case Dtype::I32:
        return at::kInt;
    case Dtype::I16:
        return at::kShort;
    case Dtype::I8:
        return at::kChar;
    case Dtype::U8:
        return at::kByte;
    case Dtype::Bool:
        return at::kBool;
    case Dtype::Other:
        break;
    }
    throw Error(ErrorKind::BadInput, "E-MODEL-02", "A tensor has a type this program does not compute with.",
                "Use a checkpoint with F32, F16 or BF16 weights.");
}

at::Tensor tensorFromBytes(std::span<const std::byte> bytes, const TensorInfo& info) {
    at::Tensor tensor = at::empty(info.shape, at::TensorOptions(scalarType(info.dtype)));
    VLMPTQ_CHECK(bytes.size() == tensor.nbytes(), "bytes and shape of " + info.name + " disagree");
    if (!bytes.empty())
        std::memcpy(tensor.data_ptr(), bytes.data(), bytes.size());
    return tensor;
}

at::Tensor loadTensor(const Checkpoint& files, std::string_view name, at::ScalarType dtype, at::Device device,
                      at::IntArrayRef shape) {
    const TensorInfo& info = requireWeight(files, name, shape);
    return tensorFromBytes(files.bytes(info), info).to(device, dtype);
}

at::Tensor loadRows(const Checkpoint& files, std::string_view name, at::IntArrayRef rows,
                    at::ScalarType dtype, at::Device device) {
    const TensorInfo& info = requireWeight(files, name, {});
    VLMPTQ_CHECK(info.shape.size() == 2, info.name + " is not a matrix");
    const std::span<const std::byte> bytes = files.bytes(info);
    const std::size_t rowBytes = static_cast<std::size_t>(info.shape[1]) * byteSize(info.dtype);
    at::Tensor tensor = at::empty({static_cast<std::int64_t>(rows.size()), info.shape[1]},
                                  at::TensorOptions(scalarType(info.dtype)));
    auto* target = static_cast<std::byte*>(tensor.data_ptr());
    for (const std::int64_t row : rows) {
        if (row < 0 || row >= info.shape[0])
            throw Error(ErrorKind::BadInput, "E-MODEL-03",
                        "Token id " + std::to_string(row) + " has no row in " + info.name + " of " +
                            files.folder().string() + ", which has " + std::to_string(info.shape[0]) +
                            " rows.",
                        "tokenizer.json and the weight files belong to different models.");
        std::memcpy(target, bytes.data() + static_cast<std::size_t>(row) * rowBytes, rowBytes);
        target += rowBytes;
    }
    return tensor.to(device, dtype);
}

checkpoint::TensorData toTensorData(const std::string& name, const at::Tensor& tensor) {
    const at::Tensor plain = tensor.to(at::kCPU).contiguous();
    checkpoint::TensorData data;
    data.info.name = name;
    data.info.dtype = fileDtype(plain.scalar_type());
    data.info.dtypeName = std::string(toString(data.info.dtype));
    data.info.shape = plain.sizes().vec();
    const auto* bytes = static_cast<const std::byte*>(plain.data_ptr());
    data.bytes.assign(bytes, bytes + plain.nbytes());
    return data;
}

TensorSource loadingSource(const Checkpoint& files, at::ScalarType dtype, at::Device device) {
    return [&files, dtype, device](const std::string& name, at::IntArrayRef shape) {
        return loadTensor(files, name, dtype, device, shape);
    };
}

TensorSource checkingSource(const Checkpoint& files) {
    return [&files](const std::string& name, at::IntArrayRef shape) {
        requireWeight(files, name, shape);
        return at::Tensor();
    };
}

}
