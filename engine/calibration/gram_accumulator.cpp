#include "engine/calibration/gram_accumulator.h"

#include <algorithm>
#include <utility>

namespace vlmptq::calibration {
namespace {

// sum[rows of the tile, from:] += left[:, tile]^T right[:, from:]
void addTile(at::Tensor& sum, const at::Tensor& left, const at::Tensor& right, std::int64_t begin,
             std::int64_t end, std::int64_t from) {
    auto target = sum.slice(0, begin, end).slice(1, from);
    target.addmm_(left.slice(1, begin, end).t(), right.slice(1, from));
}

// Only the upper tiles of a symmetric sum were added up: writes them below the diagonal too.
void mirrorTiles(at::Tensor& sum, std::int64_t tile) {
    for (std::int64_t begin = 0, size = sum.size(0); begin < size; begin += tile) {
        const auto end = std::min(begin + tile, size);
        auto square = sum.slice(0, begin, end).slice(1, begin, end);
        square.copy_(at::triu(square) + at::triu(square, 1).t());
        sum.slice(0, end).slice(1, begin, end).copy_(sum.slice(0, begin, end).slice(1, end).t());
    }
}

at::Tensor taken(at::Tensor& sum, double scale) { return std::exchange(sum, {}).mul_(scale).to(at::kCPU); }

}

GramAccumulator::GramAccumulator(std::int64_t channels, const GramNeeds& needs, Workers& workers,
                                 at::Device device)
    : m_needs(needs), m_workers(workers) {
    const auto options = at::TensorOptions().dtype(needs.dtype).device(device);
    m_hessian = at::zeros({channels, channels}, options);
    m_vision = at::zeros({channels}, options);
    m_text = at::zeros({channels}, options);
    m_visionSquares = at::zeros({channels}, options);
    m_textSquares = at::zeros({channels}, options);
    if (needs.cross)
        m_cross = at::zeros({channels, channels}, options);
    if (needs.delta)
        m_delta = at::zeros({channels, channels}, options);
    if (device.is_cuda())
        m_tile = channels; // one product fills the device
}

void GramAccumulator::add(const at::Tensor& quantized, const at::Tensor& full, const at::Tensor& visionMask,
                          const at::Tensor& weights, const std::stop_token& stop) {
    const auto x = quantized.to(m_needs.dtype);
    const auto weighted = [&](const at::Tensor& rows) {
        return weights.defined() && rows.defined() ? rows * weights.to(rows.scalar_type()).unsqueeze(1)
                                                   : rows;
    };
    const bool wantsDelta = m_needs.cross || m_needs.delta;
    const auto delta = wantsDelta && !full.is_same(quantized) ? full.to(m_needs.dtype) - x : at::Tensor();
    m_streamsDiffer = m_streamsDiffer || delta.defined();
    const auto left = weighted(x), deltaLeft = weighted(delta);

    const std::int64_t channels = x.size(1), tiles = (channels + m_tile - 1) / m_tile;
    m_workers.forEach(
        tiles,
        [&](std::int64_t tile) {
            const std::int64_t begin = tile * m_tile, end = std::min(begin + m_tile, channels);
            addTile(m_hessian, left, x, begin, end, begin);
            if (delta.defined() && m_needs.cross)
                addTile(m_cross, deltaLeft, x, begin, end, 0);
            if (delta.defined() && m_needs.delta)
                addTile(m_delta, deltaLeft, delta, begin, end, begin);
        },
        stop);

    const auto vision = visionMask.to(m_needs.dtype), text = 1 - vision;
    const auto weightedSquares = left * x, squares = x * x;
    m_vision += at::mv(weightedSquares.t(), vision);
    m_text += at::mv(weightedSquares.t(), text);
    m_visionSquares += at::mv(squares.t(), vision);
    m_textSquares += at::mv(squares.t(), text);
    const auto visionTokens = visionMask.sum().item<std::int64_t>();
    m_visionTokens += visionTokens;
    m_textTokens += x.size(0) - visionTokens;
    ++m_samples;
}

Gram GramAccumulator::take() {
    const double scale = 2.0 / static_cast<double>(std::max<std::int64_t>(m_samples, 1));
    Gram gram;
    mirrorTiles(m_hessian, m_tile);
    gram.hessian = taken(m_hessian, scale);
    if (m_streamsDiffer && m_needs.cross)
        gram.cross = taken(m_cross, scale);
    if (m_streamsDiffer && m_needs.delta) {
        mirrorTiles(m_delta, m_tile);
        gram.delta = taken(m_delta, scale);
    }
    gram.visionDiag = taken(m_vision, scale);
    gram.textDiag = taken(m_text, scale);
    gram.visionSquares = taken(m_visionSquares, scale);
    gram.textSquares = taken(m_textSquares, scale);
    gram.samples = m_samples;
    gram.visionTokens = m_visionTokens;
    gram.textTokens = m_textTokens;
    m_cross = m_delta = at::Tensor();
    return gram;
}

}
