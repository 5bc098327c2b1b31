#include "engine/quant/probe_rotation.h"

#include "engine/core/error.h"
#include "engine/model/activation_quant.h"
#include "engine/model/rotation.h"
#include "engine/model/tensor_io.h"
#include "engine/quant/precision.h"
#include "engine/quant/probe_case.h"
#include "engine/rotation/hadamard.h"

#include <nlohmann/json.hpp>

namespace vlmptq::quant {
namespace {

using checkpoint::SafetensorsFile;
using checkpoint::TensorData;
using model::DecoderConfig;
using model::DecoderLayer;
using model::Module;
using nlohmann::json;
using Tensors = std::vector<TensorData>;

TensorData stored(const std::string& name, const at::Tensor& tensor) {
    return model::toTensorData(name, tensor.to(at::kFloat).contiguous());
}

// Row-major, bit 1 = +1, most significant bit first.
at::Tensor packedSigns(std::int64_t order) {
    const auto signs = rotation::hadamardMatrix(order);
    std::vector<std::uint8_t> bytes((signs.size() + 7) / 8, 0);
    for (std::size_t i = 0; i < signs.size(); ++i)
        if (signs[i] > 0)
            bytes[i / 8] = static_cast<std::uint8_t>(bytes[i / 8] | 0x80u >> i % 8);
    return at::tensor(at::ArrayRef<std::uint8_t>(bytes), at::kByte);
}

Tensors runHadamardOrder(const json& entry, const std::filesystem::path&, const SafetensorsFile&, Precision) {
    const auto order = entry.at("order").get<std::int64_t>();
    return {model::toTensorData("hadamard." + std::to_string(order), packedSigns(order))};
}

Tensors runHadamardApply(const json& entry, const std::filesystem::path&, const SafetensorsFile& shared,
                         Precision precision) {
    const auto size = entry.at("size").get<std::int64_t>();
    const std::string name = "had_apply." + std::to_string(size);
    const rotation::HadamardTransform transform(size);
    return {
        stored(name + ".y", transform.apply(tensorNamed(shared, name + ".x").to(scalarTypeOf(precision))))};
}

Tensors runActivationQuantizer(const json& entry, const std::filesystem::path&, const SafetensorsFile& shared,
                               Precision precision) {
    const auto name = entry.at("name").get<std::string>();
    const model::ActivationGrid grid{.bits = entry.at("bits").get<int>(),
                                     .symmetric = entry.at("sym").get<bool>(),
                                     .clip = entry.at("clip").get<double>(),
                                     .groupSize = entry.at("groupsize").get<int>()};
    const auto x = tensorNamed(shared, entry.at("input").get<std::string>()).to(scalarTypeOf(precision));
    const auto quantized = model::quantizeActivation(x, grid);
    return {model::toTensorData(name + ".codes", quantized.codes.to(at::kShort)),
            stored(name + ".scale", quantized.scale), stored(name + ".zero", quantized.zero)};
}

// One decoder block with its file's names: "in.q.w", "in.q.b", "in.ln1".
constexpr std::array<std::pair<const char*, Module>, 7> kBlockNames{{{"q", Module::Q},
                                                                     {"k", Module::K},
                                                                     {"v", Module::V},
                                                                     {"o", Module::O},
                                                                     {"gate", Module::Gate},
                                                                     {"up", Module::Up},
                                                                     {"down", Module::Down}}};

DecoderLayer readBlock(const SafetensorsFile& file, at::ScalarType type) {
    DecoderLayer layer;
    layer.inputNorm = tensorNamed(file, "in.ln1").to(type);
    layer.postAttentionNorm = tensorNamed(file, "in.ln2").to(type);
    for (const auto& [name, module] : kBlockNames) {
        const std::string prefix = std::string("in.") + name;
        layer[module].weight = tensorNamed(file, prefix + ".w").to(type);
        if (file.find(prefix + ".b"))
            layer[module].bias = tensorNamed(file, prefix + ".b").to(type);
    }
    return layer;
}

Tensors blockTensors(const DecoderLayer& layer) {
    Tensors tensors{stored("rot.ln1", layer.inputNorm), stored("rot.ln2", layer.postAttentionNorm)};
    for (const auto& [name, module] : kBlockNames) {
        const std::string prefix = std::string("rot.") + name;
        tensors.push_back(stored(prefix + ".w", layer[module].weight));
        if (layer[module].bias.defined())
            tensors.push_back(stored(prefix + ".b", layer[module].bias));
    }
    return tensors;
}

DecoderConfig blockConfig(const json& entry) {
    DecoderConfig config;
    config.hidden = entry.at("hidden").get<std::int64_t>();
    config.layers = 1;
    config.heads = entry.at("heads").get<std::int64_t>();
    config.kvHeads = entry.at("kv_heads").get<std::int64_t>();
    config.headDim = entry.at("head_dim").get<std::int64_t>();
    config.intermediate = entry.at("intermediate").get<std::int64_t>();
    config.ropeTheta = entry.at("rope_base").get<double>();
    config.normEps = entry.at("rms_eps").get<double>();
    return config;
}

Tensors runQuarotBlock(const json& entry, const std::filesystem::path& dir, const SafetensorsFile&,
                       Precision precision) {
    const auto type = scalarTypeOf(precision);
    const auto file = SafetensorsFile::open(dir / entry.at("file").get<std::string>());
    const auto config = blockConfig(entry);
    const model::Rotation rotation(config, tensorNamed(*file, "signs"));
    const auto plain = readBlock(*file, type);
    auto rotated = rotation.rotated(plain, /*rotatesKeys=*/true);
    const auto x = tensorNamed(*file, "x").to(type).unsqueeze(0);
    const auto positions = model::rotary(config, at::arange(x.size(1)).unsqueeze(0), type, at::kCPU);
    const auto run = [&](const DecoderLayer& layer, const at::Tensor& input) {
        return model::forward(config, layer, input, positions)[0];
    };
    auto tensors = blockTensors(rotated);
    tensors.push_back(stored("R1", rotation.residual()));
    tensors.push_back(stored("y", run(plain, x)));
    tensors.push_back(stored("y_rot", run(rotated, rotation.enter(x))));
    rotated.online.cache = {.bits = 8, .groupSize = static_cast<int>(config.headDim)};
    tensors.push_back(stored("y_rot_kv8", run(rotated, rotation.enter(x))));
    return tensors;
}

}

std::vector<SpecialCase> specialCases(const json& index) {
    std::vector<SpecialCase> cases;
    const auto add = [&](const char* list, auto run, const std::function<std::string(const json&)>& name) {
        if (const auto found = index.find(list); found != index.end())
            for (const auto& entry : *found)
                cases.push_back({name(entry), run, &entry});
    };
    const auto ownName = [](const json& entry) { return entry.at("name").get<std::string>(); };
    const auto numbered = [](const char* prefix, const char* field) {
        return
            [=](const json& entry) { return prefix + std::to_string(entry.at(field).get<std::int64_t>()); };
    };
    add("quarot", runQuarotBlock, ownName);
    add("act_quant", runActivationQuantizer, ownName);
    add("hadamard_orders", runHadamardOrder, numbered("hadamard.", "order"));
    add("hadamard_apply", runHadamardApply, numbered("had_apply.", "size"));
    return cases;
}

}
