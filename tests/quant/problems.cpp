#include "problems.h"

#include <ATen/CPUGeneratorImpl.h>

namespace vlmptq::test {
namespace {

at::Tensor normal(at::IntArrayRef shape, const at::Generator& generator) {
    return at::randn(shape, generator, at::TensorOptions(at::kDouble));
}

}

Streams randomStreams(std::int64_t tokens, std::int64_t columns, std::uint64_t seed, double visionShare) {
    const at::Generator generator = at::detail::createCPUGenerator(seed);
    Streams streams;
    const at::Tensor mixing = normal({columns, columns}, generator) / std::sqrt(double(columns));
    const at::Tensor size = normal({columns}, generator).mul_(0.6).exp_();
    streams.xFull =
        (normal({tokens, columns}, generator).mm(mixing) + normal({tokens, columns}, generator) * 0.5) * size;
    streams.x = streams.xFull * 0.97 + normal({tokens, columns}, generator) * size * 0.12;
    streams.isVision = at::arange(tokens).lt(std::int64_t(visionShare * double(tokens)));
    streams.x.mul_(at::where(streams.isVision, 1.0, 0.4).to(at::kDouble).unsqueeze(1));
    streams.xFull.mul_(at::where(streams.isVision, 1.0, 0.4).to(at::kDouble).unsqueeze(1));
    return streams;
}

calibration::Gram gramOf(const Streams& streams) {
    const double factor = 2.0 / double(streams.samples);
    const at::Tensor delta = streams.xFull - streams.x;
    const at::Tensor vision = streams.isVision.to(at::kDouble).unsqueeze(1), squares = streams.x * streams.x;
    calibration::Gram gram;
    gram.hessian = streams.x.t().mm(streams.x) * factor;
    gram.cross = delta.t().mm(streams.x) * factor;
    gram.delta = delta.t().mm(delta) * factor;
    gram.visionDiag = (squares * vision).sum(0) * factor;
    gram.textDiag = (squares * (1 - vision)).sum(0) * factor;
    gram.samples = streams.samples;
    gram.visionTokens = streams.isVision.sum().item<std::int64_t>();
    gram.textTokens = streams.x.size(0) - gram.visionTokens;
    return gram;
}

at::Tensor randomWeight(std::int64_t rows, std::int64_t columns, std::uint64_t seed) {
    return normal({rows, columns}, at::detail::createCPUGenerator(seed))
        .mul_(0.05)
        .to(at::kFloat)
        .to(at::kDouble);
}

reference::Matrix toMatrix(const at::Tensor& tensor) {
    const at::Tensor plain = tensor.to(at::kDouble).contiguous();
    reference::Matrix matrix(plain.size(0), plain.size(1));
    std::copy_n(plain.data_ptr<double>(), plain.numel(), matrix.values.begin());
    return matrix;
}

at::Tensor toTensor(const reference::Matrix& matrix) {
    at::Tensor tensor = at::empty({matrix.rows, matrix.columns}, at::kDouble);
    std::copy(matrix.values.begin(), matrix.values.end(), tensor.data_ptr<double>());
    return tensor;
}

}
