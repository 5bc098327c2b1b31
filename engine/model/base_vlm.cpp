#include "engine/model/base_vlm.h"

#include "engine/core/error.h"
#include "engine/model/dequantize.h"

#include <algorithm>
#include <utility>

namespace vlmptq::model {
namespace {

constexpr const char* kOtherModel =
    "The model folder is no longer the one the run was made from: put that one back.";

}

BaseVlm::BaseVlm(VlmSource source, DecoderConfig config, std::string prefix)
    : m_source(std::move(source)), m_config(std::move(config)), m_prefix(std::move(prefix)),
      m_processor(families::openProcessor(m_source.files)),
      m_slots(static_cast<std::size_t>(m_config.layers)) {
    const TensorSource check = checkingSource(*m_source.files);
    check(m_prefix + "embed_tokens.weight", {m_config.vocab, m_config.hidden});
    check(headName(), {m_config.vocab, m_config.hidden});
    for (int i = 0; i < m_config.layers; ++i)
        buildLayer(i, check);
    if (!m_source.runDir.empty())
        checkRun();
    m_norm = weights()(m_prefix + "norm.weight", {m_config.hidden});
    if (m_source.options.rotationSeed) {
        m_rotation.emplace(m_config, *m_source.options.rotationSeed);
        m_norm = at::ones_like(m_norm);
    }
}

std::string BaseVlm::layerPrefix(int layer) const {
    return m_prefix + "layers." + std::to_string(layer) + ".";
}

std::string BaseVlm::moduleName(int layer, Module module) const {
    return layerPrefix(layer) + kModuleNames[static_cast<std::size_t>(module)];
}

DecoderLayer BaseVlm::buildLayer(int index, const TensorSource& tensors) const {
    DecoderLayer layer;
    layer.inputNorm = tensors(layerPrefix(index) + "input_layernorm.weight", {m_config.hidden});
    layer.postAttentionNorm =
        tensors(layerPrefix(index) + "post_attention_layernorm.weight", {m_config.hidden});
    for (std::size_t i = 0; i < kModuleNames.size(); ++i) {
        const auto module = static_cast<Module>(i);
        const auto shape = moduleShape(m_config, module);
        layer[module].weight = tensors(moduleName(index, module) + ".weight", shape);
        if (module <= Module::V)
            layer[module].bias = tensors(moduleName(index, module) + ".bias", {shape[0]});
    }
    return layer;
}

void BaseVlm::checkRun() const {
    if (m_source.runLayers != m_config.layers)
        throw Error(ErrorKind::BadInput, "E-MODEL-05",
                    "The run in " + m_source.runDir.string() + " was made from a model with " +
                        std::to_string(m_source.runLayers) + " decoder layers, but " +
                        m_source.files->folder().string() + " has " + std::to_string(m_config.layers) + ".",
                    kOtherModel);
    for (int i = 0; i < m_config.layers; ++i) {
        if (std::filesystem::exists(checkpoint::layerFile(m_source.runDir, i)))
            continue;
        throw Error(ErrorKind::BadInput, "E-MODEL-12",
                    "The run in " + m_source.runDir.string() + " is not finished: decoder layer " +
                        std::to_string(i) + " of " + std::to_string(m_config.layers) + " is missing.",
                    "Resume the run first.");
    }
}

void BaseVlm::replaceByCodes(int index, DecoderLayer& layer) const {
    for (const auto& quantized : checkpoint::readLayer(m_source.runDir, index)) {
        const std::string file = checkpoint::layerFile(m_source.runDir, index).string();
        std::size_t i = 0;
        while (i < kModuleNames.size() && moduleName(index, static_cast<Module>(i)) != quantized.name)
            ++i;
        if (i == kModuleNames.size())
            throw Error(ErrorKind::BadInput, "E-MODEL-06",
                        file + " holds " + quantized.name + ", which decoder layer " + std::to_string(index) +
                            " of " + m_source.files->folder().string() + " does not have.",
                        kOtherModel);
        const auto shape = moduleShape(m_config, static_cast<Module>(i));
        if (quantized.rows != shape[0] || quantized.columns != shape[1])
            throw Error(ErrorKind::BadInput, "E-MODEL-07",
                        file + ": " + quantized.name + " is " + std::to_string(quantized.rows) + " x " +
                            std::to_string(quantized.columns) + ", in the model " + std::to_string(shape[0]) +
                            " x " + std::to_string(shape[1]) + ".",
                        kOtherModel);
        layer.linears[i].weight = dequantize(quantized).to(device(), dtype());
    }
}

DecoderLayer BaseVlm::loadLayer(int index) const {
    const OpenOptions& options = m_source.options;
    DecoderLayer layer = buildLayer(index, weights());
    if (m_rotation)
        layer = m_rotation->rotated(layer, options.rotatesKeys);
    layer.online.input = options.input;
    layer.online.cache = options.cache;
    if (!m_source.runDir.empty())
        replaceByCodes(index, layer);
    return layer;
}

std::shared_ptr<const DecoderLayer> BaseVlm::layer(int index) const {
    Slot& slot = m_slots.at(static_cast<std::size_t>(index));
    std::scoped_lock lock(slot.mutex);
    auto layer = slot.used.lock();
    if (!layer)
        slot.used = layer = std::make_shared<const DecoderLayer>(loadLayer(index));
    if (m_keep)
        slot.kept = layer;
    return layer;
}

void BaseVlm::keepResident(bool keep) {
    m_keep = keep;
    if (keep)
        return;
    for (Slot& slot : m_slots) {
        std::scoped_lock lock(slot.mutex);
        slot.kept.reset();
    }
}

at::Tensor BaseVlm::entered(const at::Tensor& embeddings) const {
    return m_rotation ? m_rotation->enter(embeddings) : embeddings;
}

at::Tensor BaseVlm::embedTokens(at::IntArrayRef ids) const { return entered(plainTokens(ids)); }

at::Tensor BaseVlm::plainTokens(at::IntArrayRef ids) const {
    return loadRows(*m_source.files, m_prefix + "embed_tokens.weight", ids, dtype(), device()).unsqueeze(0);
}

at::Tensor BaseVlm::embed(const families::ProcessedPrompt& prompt, const at::Tensor& imageRows) const {
    std::vector<std::int64_t> positions;
    for (std::size_t i = 0; i < prompt.visionMask.size(); ++i)
        if (prompt.visionMask[i])
            positions.push_back(static_cast<std::int64_t>(i));
    const std::int64_t rows = imageRows.defined() ? imageRows.size(0) : 0;
    if (rows != static_cast<std::int64_t>(positions.size()))
        throw Error(ErrorKind::BadInput, "E-MODEL-08",
                    "The prompt has " + std::to_string(positions.size()) +
                        " image positions, but the images give " + std::to_string(rows) + " rows.",
                    "Image tokens must not be written in the text.");
    const at::Tensor embeddings = plainTokens(prompt.inputIds);
    if (rows == 0)
        return entered(embeddings);
    const at::Tensor index = at::tensor(positions, at::kLong).to(device());
    return entered(embeddings.index_copy(1, index, imageRows.to(device(), dtype()).unsqueeze(0)));
}

// A head in the file wins over tie_word_embeddings (models.md 1.2).
std::string BaseVlm::headName() const {
    return m_source.files->find("lm_head.weight") ? "lm_head.weight" : m_prefix + "embed_tokens.weight";
}

const at::Tensor& BaseVlm::head() const {
    std::call_once(m_headLoaded, [&] {
        m_head = weights()(headName(), {m_config.vocab, m_config.hidden});
        if (m_rotation)
            m_head = m_rotation->head(m_head, weights()(m_prefix + "norm.weight", {m_config.hidden}));
    });
    return m_head;
}

at::Tensor BaseVlm::finalNorm(const at::Tensor& hidden) const {
    return rmsNorm(hidden, m_norm, m_config.normEps);
}

at::Tensor BaseVlm::logits(const at::Tensor& hidden) const {
    return at::linear(finalNorm(hidden), head()).to(at::kFloat);
}

}
