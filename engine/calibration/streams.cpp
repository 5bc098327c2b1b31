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

// Products without bias: biases are part of neither error (method.md 9.2).
struct BothOutputs {
    at::Tensor full, quantized;
};

BothOutputs multiply(const at::Tensor& full, const at::Tensor& quantized, const model::Linear& fullLinear,
                     const model::Linear& quantizedLinear, const at::Tensor& masks, ErrorSums& sums) {
    BothOutputs out;
    out.full = at::matmul(full, fullLinear.weight.t());
    out.quantized = at::matmul(quantized, quantizedLinear.weight.t());
    sums = errorSums(out.full[0], out.quantized[0], masks);
    if (fullLinear.bias.defined()) {
        out.full = out.full + fullLinear.bias;
        out.quantized = out.quantized + fullLinear.bias;
    }
    return out;
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
            const auto hidden = embed(vlm, sample);
            m_store.put(i, Slot::FullHidden, hidden);
            m_store.put(i, Slot::QuantizedHidden, hidden);
        },
        stop, step);
}

void Streams::forEachSample(const std::function<void(std::size_t)>& work, std::stop_token stop,
                            const StepCallback& step) {
    // In slices, so that progress can be told from the engine's thread.
    const auto slice = static_cast<std::size_t>(8 * m_workers.threads());
    for (std::size_t begin = 0; begin < size(); begin += slice) {
        const auto count = std::min(slice, size() - begin);
        const auto one = [&](std::int64_t i) { work(begin + static_cast<std::size_t>(i)); };
        if (m_model.device().is_cuda()) { // one stream: host threads would only add memory
            for (std::size_t i = 0; i < count; ++i) {
                throwIfStopped(stop);
                one(static_cast<std::int64_t>(i));
            }
        } else {
            m_workers.forEach(static_cast<std::int64_t>(count), one, stop);
        }
        if (step)
            step(static_cast<double>(begin + count) / static_cast<double>(size()));
    }
}

at::Tensor Streams::input(std::size_t sample, bool quantized) const {
    return m_store.get(sample, quantized ? Slot::QuantizedInput : Slot::FullInput)[0];
}

void Streams::beginLayer(const model::DecoderLayer& full, std::stop_token stop, const StepCallback& step) {
    const double eps = m_model.config().normEps;
    forEachSample(
        [&](std::size_t i) {
            const auto hidden = m_store.get(i, Slot::FullHidden),
                       quantized = m_store.get(i, Slot::QuantizedHidden);
            const auto input = model::rmsNorm(hidden, full.inputNorm, eps);
            m_store.put(i, Slot::FullInput, input);
            m_store.put(i, Slot::QuantizedInput,
                        quantized.is_same(hidden) ? input : model::rmsNorm(quantized, full.inputNorm, eps));
        },
        stop, step);
}

void Streams::advance(Group group, const model::DecoderLayer& full, const model::DecoderLayer& quantized,
                      LayerErrors& errors, std::stop_token stop, const StepCallback& step) {
    errors.modules.resize(size());
    errors.output.resize(size());
    errors.meanAbs.resize(size());
    forEachSample([&](std::size_t i) { carry(group, i, full, quantized, errors); }, stop, step);
}

void Streams::carry(Group group, std::size_t i, const model::DecoderLayer& full,
                    const model::DecoderLayer& quantized, LayerErrors& errors) {
    const auto& config = m_model.config();
    const auto& sample = m_samples[i];
    const auto x = m_store.get(i, Slot::FullInput), xq = m_store.get(i, Slot::QuantizedInput);
    const auto product = [&](Module m) {
        return multiply(x, xq, full[m], quantized[m], sample.masks,
                        errors.modules[i][static_cast<std::size_t>(m)]);
    };
    const auto putInputs = [&](at::Tensor fullInput, at::Tensor quantizedInput) {
        m_store.put(i, Slot::FullInput, std::move(fullInput));
        m_store.put(i, Slot::QuantizedInput, std::move(quantizedInput));
    };
    const auto addToHidden = [&](const BothOutputs& out) {
        m_store.put(i, Slot::FullHidden, m_store.get(i, Slot::FullHidden) + out.full);
        m_store.put(i, Slot::QuantizedHidden, m_store.get(i, Slot::QuantizedHidden) + out.quantized);
    };
    switch (group) {
    case Group::Qkv: {
        const auto q = product(Module::Q), k = product(Module::K), v = product(Module::V);
        putInputs(model::attention(config, q.full, k.full, v.full, sample.rotary),
                  model::attention(config, q.quantized, k.quantized, v.quantized, sample.rotary));
        break;
    }
    case Group::O: {
        addToHidden(product(Module::O));
        putInputs(
            model::rmsNorm(m_store.get(i, Slot::FullHidden), full.postAttentionNorm, config.normEps),
            model::rmsNorm(m_store.get(i, Slot::QuantizedHidden), full.postAttentionNorm, config.normEps));
        break;
    }
    case Group::GateUp: {
        const auto gate = product(Module::Gate), up = product(Module::Up);
        putInputs(model::gatedActivation(gate.full, up.full),
                  model::gatedActivation(gate.quantized, up.quantized));
        break;
    }
    case Group::Down: {
        addToHidden(product(Module::Down));
        const auto h = m_store.get(i, Slot::FullHidden)[0], hq = m_store.get(i, Slot::QuantizedHidden)[0];
        errors.output[i] = errorSums(h, hq, sample.masks);
        const auto perToken = (h - hq).abs().to(at::kFloat).mean(-1).to(at::kDouble);
        const auto sums = at::mv(sample.masks, perToken).to(at::kCPU),
                   counts = sample.masks.sum(-1).to(at::kCPU);
        for (int set : {AllTokens, VisionTokens, TextTokens}) {
            const double count = counts[set].item<double>();
            errors.meanAbs[i][static_cast<std::size_t>(set)] =
                count > 0 ? sums[set].item<double>() / count : -1;
        }
        putInputs({}, {});
        break;
    }
    }
}

std::optional<double> Streams::answerNll(std::size_t i, bool quantized) const {
    const auto& sample = m_samples[i];
    if (sample.answerTargets.empty())
        return std::nullopt;
    const auto hidden = m_store.get(i, quantized ? Slot::QuantizedHidden : Slot::FullHidden)[0];
    const auto count = static_cast<std::int64_t>(sample.answerTargets.size());
    const auto logits = m_model.logits(hidden.slice(0, sample.tokens - count)); // row t predicts token t + 1
    const auto targets =
        at::tensor(at::ArrayRef<std::int64_t>(sample.answerTargets)).to(logits.device()).unsqueeze(1);
    return -at::log_softmax(logits, -1).gather(1, targets).to(at::kDouble).sum().item<double>();
}

}
