#include "engine/core/error.h"
#include "engine/families/processor_family.h"

#include <array>
#include <map>

namespace vlmptq::families {

namespace {

using checkpoint::Checkpoint;
using checkpoint::TensorInfo;

// In the order in which the layer uses them (models.md 1.3).
constexpr std::array<const char*, 7> linearPaths{"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj",
                                                 "self_attn.o_proj", "mlp.gate_proj",    "mlp.up_proj",
                                                 "mlp.down_proj"};

std::string weightName(const std::string& prefix, int layer, const std::string& path) {
    return prefix + std::to_string(layer) + "." + path + ".weight";
}

ModelSummary::Linear linearOf(const TensorInfo& weight, const std::string& path, int layer) {
    if (weight.shape.size() != 2)
        throw Error(ErrorKind::BadInput, "E-FAM-04",
                    "The tensor '" + weight.name + "' has the shape " + weight.shapeText() +
                        ", not two dimensions.");
    const auto name = weight.name.substr(0, weight.name.size() - std::string(".weight").size());
    return {name, path.substr(path.find('.') + 1), layer, weight.shape[0], weight.shape[1]};
}

const nlohmann::ordered_json& textConfig(const nlohmann::ordered_json& config) {
    for (const char* key : {"text_config", "llm_config"})
        if (const auto found = config.find(key); found != config.end() && found->is_object())
            return *found;
    return config;
}

std::int64_t integerOr(const nlohmann::ordered_json& object, const char* key, std::int64_t fallback) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : fallback;
}

// The kind of number most of the bytes are.
std::string mainDtype(const Checkpoint& model) {
    std::map<std::string, std::uint64_t> bytes;
    for (const auto* tensor : model.tensors())
        bytes[tensor->dtypeName] += tensor->byteCount();
    std::string dtype;
    for (const auto& [name, count] : bytes)
        if (dtype.empty() || count > bytes[dtype])
            dtype = name;
    return dtype;
}

void addLinears(ModelSummary& summary, const Checkpoint& model, const std::string& prefix) {
    const auto declared = integerOr(textConfig(model.config()), "num_hidden_layers", 0);
    int layer = 0;
    for (; layer < declared || model.find(weightName(prefix, layer, linearPaths[0])); ++layer)
        for (const char* path : linearPaths)
            summary.linears.push_back(linearOf(model.require(weightName(prefix, layer, path)), path, layer));
    if (declared > 0 && layer != declared)
        throw Error(ErrorKind::BadInput, "E-FAM-05",
                    (model.folder() / "config.json").string() + ": num_hidden_layers is " +
                        std::to_string(declared) + ", but the weights have " + std::to_string(layer) +
                        " layers.");
    summary.decoderLayers = layer;
}

}

std::string decoderPrefixOf(const Checkpoint& model) {
    const auto& prefixes = processorFamilyOf(model).decoderPrefixes;
    for (const auto& prefix : prefixes)
        if (model.find(weightName(prefix, 0, linearPaths[0])))
            return prefix;
    throw Error(ErrorKind::BadInput, "E-FAM-03",
                "The model in " + model.folder().string() + " has no tensor '" +
                    weightName(prefixes.front(), 0, linearPaths[0]) + "'.",
                "The checkpoint is incomplete, or already quantized; its full-precision original is needed.");
}

ModelSummary summarize(const Checkpoint& model) {
    const auto& family = processorFamilyOf(model);
    ModelSummary summary;
    summary.family = family.info.name;
    summary.architecture = checkpoint::architectureOf(model.config());
    summary.folder = model.folder().string();
    summary.weightsDtype = mainDtype(model);
    for (const auto* tensor : model.tensors())
        summary.parameters += tensor->elementCount();
    summary.bytes = model.tensorBytes();
    summary.shards = static_cast<int>(model.files().size());
    summary.maxPositions = integerOr(textConfig(model.config()), "max_position_embeddings", 0);
    addLinears(summary, model, decoderPrefixOf(model));
    return summary;
}

}
