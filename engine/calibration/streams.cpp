#include "engine/calibration/streams.h"

#include "engine/core/error.h"

#include <algorithm>

namespace vlmptq::calibration {
namespace {

using model::Module;

at::Tensor tokenMasks(const CalibrationSample& sample, at::Device device) {
    const auto& ids = sample.sequence.inputIds;
    const auto tokens = static_cast<std::int64_t>(ids.size());
    auto masks = at::zeros({kTokenSets, tokens}, at::kDouble);
    auto rows = masks.accessor<double, 2>();
    for (std::int64_t t = 0; t < tokens; ++t) {
        const bool vision = sample.sequence.visionMask[static_cast<std::size_t>(t)] != 0;
        rows[AllTokens][t] = 1;
        rows[vision ? VisionTokens : TextTokens][t] = 1;
        // The positions that predict the answer: from the last token of the prompt on.
        if (sample.answerBegin < tokens && t >= sample.answerBegin - 1)
            rows[AnswerTokens][t] = 1;
    }
    return masks.to(device);
}

StreamSample describe(const model::Vlm& vlm, const CalibrationSample& sample, std::int64_t endToken) {
    StreamSample result;
    const auto& ids = sample.sequence.inputIds;
    result.tokens = static_cast<std::int64_t>(ids.size());
    result.visionTokens = sample.visionTokens;
    result.masks = tokenMasks(sample, vlm.device());
    result.visionMask = result.masks.select(0, VisionTokens).to(at::kBool);
    result.wasCut = sample.wasCut;
    if (sample.answerBegin < result.tokens && !sample.wasCut) {
        result.answerTargets.assign(ids.begin() + sample.answerBegin, ids.end());
        result.answerTargets.push_back(endToken);
    }
    const auto positions = at::tensor(at::ArrayRef<std::int64_t>(sample.sequence.positionIds))
                               .view({sample.sequence.positionRows, result.tokens});
    result.rotary = model::rotary(vlm.config(), positions.to(vlm.device()), vlm.dtype(), vlm.device());
    return result;
}

at::Tensor embed(const model::Vlm& vlm, const CalibrationSample& sample) {
    std::vector<at::Tensor> rows;
    for (const auto& image : sample.images)
        rows.push_back(vlm.encodeImage(image));
    return vlm.embed(sample.sequence, rows.empty() ? at::Tensor() : at::cat(rows));
}

std::int64_t endTokenOf(const model::Vlm& vlm) {
    const auto ids = vlm.checkpoint().endTokenIds();
    if (ids.empty())
        throw Error(ErrorKind::BadInput, "E-MODEL-20",
                    "No end token is given in generation_config.json or config.json of " +
                        vlm.checkpoint().folder().string() + ".",
                    "Add eos_token_id to generation_config.json.");
    return ids.front();
}

struct BothOutputs {
    at::Tensor full, quantized;
};

// Both streams through one module. The errors are those of the products without bias (method.md 9.2).
BothOutputs multiply(const at::Tensor& full, const at::Tensor& quantized, const model::Linear& fullLinear,
                     const model::Linear& quantizedLinear, const at::Tensor& masks, ErrorSums& sums) {
    BothOutputs out;
    out.full = at::matmul(full, fullLinear.weight.t());
    out.quantized = at::matmul(quantized, quantizedLinear.weight.t());
    sums = errorSums(out.full, out.quantized, masks);
    if (fullLinear.bias.defined()) {
        out.full = out.full + fullLinear.bias;
        out.quantized = out.quantized + fullLinear.bias;
    }
    out.full.unsqueeze_(0);
    out.quantized.unsqueeze_(0);
    return out;
}

// Mean |difference| per channel and token of each set; -1 for an empty one.
std::array<double, 3> meanAbsolute(const at::Tensor& full, const at::Tensor& quantized,
                                   const at::Tensor& masks) {
    const auto perToken = (full - quantized).abs().to(at::kFloat).mean(-1).to(at::kDouble);
    const auto sums = at::mv(masks, perToken).to(at::kCPU), counts = masks.sum(-1).to(at::kCPU);
    std::array<double, 3> means{};
    for (const int set : {AllTokens, VisionTokens, TextTokens}) {
        const double count = counts[set].item<double>();
        means[static_cast<std::size_t>(set)] = count > 0 ? sums[set].item<double>() / count : -1;
    }
    return means;
}

}

std::span<const Module> modulesOf(Group group) {
    static constexpr std::array kOrder{Module::Q,    Module::K,  Module::V,   Module::O,
                                       Module::Gate, Module::Up, Module::Down};
    const std::span<const Module> order(kOrder);
    switch (group) {
    case Group::Qkv:
        return order.subspan(0, 3);
    case Group::O:
        return order.subspan(3, 1);
    case Group::GateUp:
        return order.subspan(4, 2);
    case Group::Down:
        return order.subspan(6, 1);
    }
    return {};
}

Streams::Streams(const model::Vlm& vlm, Workers& workers, std::uint64_t budgetBytes,
                 std::filesystem::path scratch, std::size_t samples, std::size_t calibrationCount,
                 const SampleBuilder& build, std::stop_token stop, const StepCallback& step)
    : m_model(vlm), m_workers(workers), m_store(samples, budgetBytes, std::move(scratch)), m_samples(samples),
      m_calibrationCount(calibrationCount) {
    const auto endToken = endTokenOf(vlm);
    forEachSample(
        [&](std::size_t i) {
            const auto sample = build(i);
            m_samples[i] = describe(vlm, sample, endToken);
            m_store.put(i, Slot::FullHidden, embed(vlm, sample));
        },
        stop, step);
}

void Streams::deal(std::size_t count, const std::function<void(std::size_t)>& work,
                   const std::stop_token& stop) {
    if (!m_model.device().is_cuda()) {
        m_workers.forEach(
            static_cast<std::int64_t>(count), [&](std::int64_t i) { work(static_cast<std::size_t>(i)); },
            stop);
        return;
    }
    for (std::size_t i = 0; i < count; ++i) { // one stream: host threads would only add memory
        throwIfStopped(stop);
        work(i);
    }
}

void Streams::forEachSample(const std::function<void(std::size_t)>& work, const std::stop_token& stop,
                            const StepCallback& step) {
    // In slices, so that progress can be told from the engine's thread.
    const auto slice = static_cast<std::size_t>(8 * m_workers.threads());
    for (std::size_t begin = 0; begin < size(); begin += slice) {
        const auto count = std::min(slice, size() - begin);
        deal(
            count, [&](std::size_t i) { work(begin + i); }, stop);
        if (step)
            step(static_cast<double>(begin + count) / static_cast<double>(size()));
    }
}

at::Tensor Streams::input(std::size_t sample, bool quantized) const {
    const bool isOther = quantized && !m_inputsAreEqual;
    return m_store.get(sample, isOther ? Slot::QuantizedInput : Slot::FullInput)[0];
}

at::Tensor Streams::hidden(std::size_t sample, bool quantized) const {
    return m_store.get(sample, quantized && !m_hiddenAreEqual ? Slot::QuantizedHidden : Slot::FullHidden);
}

void Streams::beginLayer(const model::DecoderLayer& full, std::stop_token stop, const StepCallback& step) {
    const double eps = m_model.config().normEps;
    forEachSample(
        [&](std::size_t i) {
            m_store.put(i, Slot::FullInput, model::rmsNorm(hidden(i, false), full.inputNorm, eps));
            if (!m_inputsAreEqual)
                m_store.put(i, Slot::QuantizedInput,
                            model::roundActivation(model::rmsNorm(hidden(i, true), full.inputNorm, eps),
                                                   m_inputGrid));
        },
        stop, step);
}

struct Streams::Walk {
    const model::DecoderLayer& full;
    const model::DecoderLayer& quantized;
    LayerErrors& errors;
};

void Streams::advance(Group group, const model::DecoderLayer& full, const model::DecoderLayer& quantized,
                      LayerErrors& errors, std::stop_token stop, const StepCallback& step) {
    errors.modules.resize(size());
    errors.output.resize(size());
    errors.meanAbs.resize(size());
    static constexpr std::array kCarry{&Streams::carryAttention, &Streams::carryOutput, &Streams::carryGate,
                                       &Streams::carryDown}; // in the order of Group
    const auto carry = kCarry[static_cast<std::size_t>(group)];
    const Walk walk{full, quantized, errors};
    forEachSample([&](std::size_t i) { (this->*carry)(walk, i); }, stop, step);
    m_inputsAreEqual = false;
    m_hiddenAreEqual = m_hiddenAreEqual && group == Group::Qkv; // the first to write hidden states is O
}

// Both streams of a sample through the modules of one group.
class Streams::Products {
public:
    Products(const Streams& streams, const Walk& walk, std::size_t sample)
        : m_walk(walk), m_masks(streams.sample(sample).masks), m_errors(walk.errors.modules[sample]),
          m_full(streams.input(sample, false)), m_quantized(streams.input(sample, true)) {}

    BothOutputs operator()(Module module) const {
        return multiply(m_full, m_quantized, m_walk.full[module], m_walk.quantized[module], m_masks,
                        m_errors[static_cast<std::size_t>(module)]);
    }

private:
    const Walk& m_walk;
    const at::Tensor& m_masks;
    std::array<ErrorSums, 7>& m_errors;
    at::Tensor m_full, m_quantized; // [tokens, Ci]
};

void Streams::carryAttention(const Walk& walk, std::size_t i) {
    const Products product(*this, walk, i);
    const auto q = product(Module::Q), k = product(Module::K), v = product(Module::V);
    const auto& rotary = m_samples[i].rotary;
    const auto mixed = [&](const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                           const model::DecoderLayer& layer) {
        return model::attention(m_model.config(), query, key, value, rotary, layer.online);
    };
    putInputs(i, mixed(q.full, k.full, v.full, walk.full),
              mixed(q.quantized, k.quantized, v.quantized, walk.quantized));
}

void Streams::carryOutput(const Walk& walk, std::size_t i) {
    const auto out = Products(*this, walk, i)(Module::O);
    const auto full = hidden(i, false) + out.full, quantized = hidden(i, true) + out.quantized;
    const auto normed = [&](const at::Tensor& h) {
        return model::rmsNorm(h, walk.full.postAttentionNorm, m_model.config().normEps);
    };
    putInputs(i, normed(full), normed(quantized));
    putHidden(i, full, quantized);
}

void Streams::carryGate(const Walk& walk, std::size_t i) {
    const Products product(*this, walk, i);
    const auto gate = product(Module::Gate), up = product(Module::Up);
    putInputs(i, model::gatedActivation(gate.full, up.full, walk.full.online),
              model::gatedActivation(gate.quantized, up.quantized, walk.quantized.online));
}

void Streams::carryDown(const Walk& walk, std::size_t i) {
    const auto out = Products(*this, walk, i)(Module::Down);
    const auto full = hidden(i, false) + out.full, quantized = hidden(i, true) + out.quantized;
    const auto& masks = m_samples[i].masks;
    walk.errors.output[i] = errorSums(full[0], quantized[0], masks);
    walk.errors.meanAbs[i] = meanAbsolute(full[0], quantized[0], masks);
    putInputs(i, {}, {});
    putHidden(i, full, quantized);
}

void Streams::putInputs(std::size_t i, at::Tensor full, at::Tensor quantized) {
    m_store.put(i, Slot::FullInput, std::move(full));
    m_store.put(i, Slot::QuantizedInput,
                quantized.defined() ? model::roundActivation(quantized, m_inputGrid) : quantized);
}

void Streams::setInputGrid(const model::ActivationGrid& grid) {
    m_inputGrid = grid;
    m_inputsAreEqual = m_inputsAreEqual && !grid.isOn();
}

void Streams::putHidden(std::size_t i, at::Tensor full, at::Tensor quantized) {
    m_store.put(i, Slot::FullHidden, std::move(full));
    m_store.put(i, Slot::QuantizedHidden, std::move(quantized));
}

AnswerLoss Streams::answerLoss(std::size_t i, bool quantized) const {
    const auto& sample = m_samples[i];
    const auto count = static_cast<std::int64_t>(sample.answerTargets.size());
    // Row t predicts token t + 1; the last row predicts the end token.
    const auto rows = hidden(i, quantized)[0].slice(0, sample.tokens - count);
    return {model::negativeLogLikelihood(m_model.logits(rows), sample.answerTargets), count};
}

std::vector<AnswerLoss> Streams::heldoutLosses(bool quantized, std::stop_token stop) {
    std::vector<std::size_t> asked;
    for (std::size_t i = m_calibrationCount; i < size(); ++i)
        if (!m_samples[i].answerTargets.empty())
            asked.push_back(i);
    std::vector<AnswerLoss> losses(asked.size());
    deal(
        asked.size(), [&](std::size_t k) { losses[k] = answerLoss(asked[k], quantized); }, stop);
    return losses;
}

}
