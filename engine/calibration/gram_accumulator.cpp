#include "engine/calibration/gram_accumulator.h"

#include <algorithm>

namespace vlmptq::calibration {
namespace {

// sum[rows of the tile, from:] += left[:, tile]^T right[:, from:]
void addTile(at::Tensor& sum, const at::Tensor& left, const at::Tensor& right, std::int64_t begin,
             std::int64_t end, std::int64_t from) {
    auto target = sum.slice(0, begin, end).slice(1, from);
    target.addmm_(left.slice(1, begin, end).t(), right.slice(1, from));
}

// Only the upper tiles were summed.
at::Tensor mirrored(const at::Tensor& upper, double scale) {
    return (at::triu(upper) + at::triu(upper, 1).t()).mul_(scale).to(at::kCPU);
}

}

GramAccumulator::GramAccumulator(std::int64_t channels, const GramNeeds& needs, Workers& workers,
                                 at::Device device)
    : m_needs(needs), m_workers(workers) {
    const auto options = at::TensorOptions().dtype(needs.dtype).device(device);
    m_hessian = at::zeros({channels, channels}, options);
    m_vision = at::zeros({channels}, options);
    m_text = at::zeros({channels}, options);
    if (needs.cross)
        m_cross = at::zeros({channels, channels}, options);
    if (needs.muSearch)
        m_delta = at::zeros({channels, channels}, options);
    if (device.is_cuda())
        m_tile = channels; // one product fills the device
}

void GramAccumulator::add(const at::Tensor& quantized, const at::Tensor& full, const at::Tensor& visionMask,
                          std::stop_token stop) {
    const auto x = quantized.to(m_needs.dtype);
    const bool differ = !full.is_same(quantized);
    const auto delta = differ && m_needs.cross ? full.to(m_needs.dtype) - x : at::Tensor();
    const bool addDelta = delta.defined() && m_delta.defined() && m_snapshotSamples == 0;
    m_streamsDiffer = m_streamsDiffer || delta.defined();

    const std::int64_t channels = x.size(1), tiles = (channels + m_tile - 1) / m_tile;
    m_workers.forEach(
        tiles,
        [&](std::int64_t tile) {
            const std::int64_t begin = tile * m_tile, end = std::min(begin + m_tile, channels);
            addTile(m_hessian, x, x, begin, end, begin);
            if (delta.defined())
                addTile(m_cross, delta, x, begin, end, 0);
            if (addDelta)
                addTile(m_delta, delta, delta, begin, end, begin);
        },
        std::move(stop));

    const auto squares = x.square();
    const auto vision = visionMask.to(m_needs.dtype);
    m_vision += at::mv(squares.t(), vision);
    m_text += at::mv(squares.t(), 1 - vision);
    const auto visionTokens = visionMask.sum().item<std::int64_t>();
    m_visionTokens += visionTokens;
    m_textTokens += x.size(0) - visionTokens;
    if (++m_samples == m_needs.muSamples && m_needs.muSearch)
        takeSnapshot();
}

void GramAccumulator::takeSnapshot() {
    m_snapshotSamples = m_samples;
    m_snapshotHessian = m_hessian.clone();
    if (m_streamsDiffer) {
        m_snapshotCross = m_cross.clone();
        m_snapshotDelta = m_delta;
    }
    m_delta = at::Tensor();
}

quant::Gram GramAccumulator::gram() const {
    const double scale = 2.0 / static_cast<double>(std::max<std::int64_t>(m_samples, 1));
    quant::Gram gram;
    gram.hessian = mirrored(m_hessian, scale);
    if (m_streamsDiffer)
        gram.cross = (m_cross * scale).to(at::kCPU);
    gram.visionDiag = (m_vision * scale).to(at::kCPU);
    gram.textDiag = (m_text * scale).to(at::kCPU);
    gram.samples = m_samples;
    gram.visionTokens = m_visionTokens;
    gram.textTokens = m_textTokens;
    return gram;
}

quant::MuSearchData GramAccumulator::muSearchData() const {
    quant::MuSearchData data;
    if (m_snapshotSamples == 0)
        return data;
    const double scale = 2.0 / static_cast<double>(m_snapshotSamples);
    data.samples = m_snapshotSamples;
    data.hessian = mirrored(m_snapshotHessian, scale);
    if (m_snapshotCross.defined()) {
        data.cross = (m_snapshotCross * scale).to(at::kCPU);
        data.delta = mirrored(m_snapshotDelta, scale);
    }
    return data;
}

at::Tensor GramAccumulator::deltaSum() const {
    if (!m_delta.defined() || !m_streamsDiffer)
        return {};
    return mirrored(m_delta, 2.0 / static_cast<double>(m_samples));
}

at::Tensor GramAccumulator::channelMagnitude(bool vision) const {
    const auto tokens = vision ? m_visionTokens : m_textTokens;
    if (tokens == 0)
        return {};
    return ((vision ? m_vision : m_text) / static_cast<double>(tokens)).to(at::kCPU);
}

}
