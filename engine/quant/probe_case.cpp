#include "engine/quant/probe_case.h"

#include "engine/calibration/gram_accumulator.h"
#include "engine/checkpoint/strict_json.h"
#include "engine/core/file.h"
#include "engine/model/tensor_io.h"
#include "engine/quant/precision.h"
#include "engine/quant/probe_scales.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace vlmptq::quant {
namespace {

using nlohmann::json;

[[noreturn]] void failIndex(const std::string& sentence) {
    throw Error(ErrorKind::BadInput, "E-PROBE-01", sentence,
                "The folder must follow the schema of golden/methods.");
}

// Python writes Infinity and NaN for numbers that JSON does not have; nothing here needs them, so they become
// null.
std::string withoutPythonNumbers(const std::string& text) {
    std::string result;
    bool inString = false;
    for (std::size_t i = 0; i < text.size();) {
        const auto startsWith = [&](std::string_view word) {
            return text.compare(i, word.size(), word) == 0;
        };
        if (!inString && (startsWith("Infinity") || startsWith("-Infinity") || startsWith("NaN"))) {
            i += startsWith("NaN") ? 3 : startsWith("-") ? 9 : 8;
            result += "null";
            continue;
        }
        if (inString && text[i] == '\\' && i + 1 < text.size())
            result += text[i++];
        else if (text[i] == '"')
            inString = !inString;
        result += text[i++];
    }
    return result;
}

bool isOn(const json& settings, const char* flag) { return settings.value(flag, false); }

// The golden settings name the terms of a method; the engine names the combination.
std::string methodOf(const std::string& named, const json& settings) {
    if (named == "rtn")
        return named;
    if (isOn(settings, "use_r"))
        return "rescomp";
    if (!isOn(settings, "use_p"))
        return "gptq";
    if (isOn(settings, "use_c"))
        return isOn(settings, "use_m") ? "vlmptq" : "vlmptq_c";
    return isOn(settings, "use_m") ? "vlmptq_m" : "gptaq";
}

Ranges rangesOf(const json& settings) {
    if (isOn(settings, "use_m"))
        return Ranges::Modality;
    return settings.value("mse", true) ? Ranges::Mse : Ranges::MinMax;
}

QuantConfig configOf(const json& entry, Precision precision) {
    const json& settings = entry.at("settings");
    QuantConfig config;
    config.method = methodOf(entry.at("method").get<std::string>(), settings);
    config.weightBits = settings.at("bits").get<int>();
    config.groupSize = settings.value("groupsize", config.groupSize);
    config.symmetric = isOn(settings, "sym");
    config.ranges = rangesOf(settings);
    config.mode = tailModeNamed(settings.value("mode", "org"));
    config.dampRatio = settings.value("percdamp", config.dampRatio);
    config.alpha = settings.value("alpha", config.alpha);
    config.returnAlpha = settings.value("r_alpha", config.returnAlpha);
    config.blockSize = settings.value("blocksize", config.blockSize);
    config.actOrder = isOn(settings, "actorder");
    config.staticGroups = isOn(settings, "static_groups");
    config.mPow = settings.value("m_pow", config.mPow);
    config.rangePow = settings.value("norm", config.rangePow);
    config.mNorm = mNormNamed(settings.value("m_norm", "sum"));
    config.muSamples = 0;
    config.precision = precision;
    // The grid is written with the expected losses, and not at all where nothing is searched.
    const json grid = settings.contains("mu_grid")
                          ? settings["mu_grid"]
                          : entry.value("expected", json::object()).value("mu_grid", json::array());
    if (!grid.empty())
        config.muGrid = grid.get<std::vector<double>>();
    return config;
}

}

at::Tensor tensorNamed(const checkpoint::SafetensorsFile& file, const std::string& name) {
    const checkpoint::TensorInfo* info = file.find(name);
    if (!info)
        failIndex("Tensor " + name + " is missing in " + file.path().string() + ".");
    return model::tensorFromBytes(file.bytes(*info), *info);
}

std::string caseName(const json& entry) {
    auto name = entry.at("name").get<std::string>();
    if (name.empty() || std::filesystem::path(name).filename() != name)
        failIndex("The case name '" + name + "' cannot be used as a file name.");
    return name;
}

std::optional<std::string> whyUnsupported(const json& entry) {
    const std::string method = entry.at("method").get<std::string>();
    const auto known = methods();
    if (isScaleCase(entry))
        return std::nullopt;
    if (std::none_of(known.begin(), known.end(), [&](const MethodInfo& info) { return info.name == method; }))
        return "method " + method + " is not available yet";
    const json& settings = entry.at("settings");
    if (isOn(settings, "use_c") && !isOn(settings, "use_p"))
        return "C without P is not a method of this program";
    return std::nullopt;
}

ProbeFolder::ProbeFolder(std::filesystem::path dir, Precision precision)
    : m_dir(std::move(dir)), m_precision(precision) {
    const auto path = m_dir / "index.json";
    m_index = std::make_shared<const json>(
        checkpoint::parseStrictJson(withoutPythonNumbers(readFile(path)), path.string(), "E-PROBE-01"));
    if (!m_index->is_object() || !m_index->contains("cases") || !m_index->at("cases").is_array())
        failIndex("The field cases of " + path.string() + " is not a list.");
    for (const json& entry : cases())
        if (!entry.is_object() || !entry.contains("name") || !entry["name"].is_string())
            failIndex("A case of " + path.string() + " has no name.");
    m_shared = checkpoint::SafetensorsFile::open(m_dir / "shared_inputs.safetensors");
}

const json& ProbeFolder::cases() const { return m_index->at("cases"); }

ProbeCase ProbeFolder::load(const json& entry, Workers& workers) const {
    ProbeCase result;
    result.name = caseName(entry);
    result.config = configOf(entry, m_precision);
    const auto file = checkpoint::SafetensorsFile::open(m_dir / entry.at("file").get<std::string>());
    result.weight = tensorNamed(*file, "W");
    result.gram =
        gramOf(entry.at("acts").get<std::string>(), entry.value("token_importance", false), workers);
    return result;
}

at::Tensor ProbeFolder::activations(const std::string& name) const { return tensorNamed(*m_shared, name); }

calibration::Gram ProbeFolder::gramOf(const std::string& set, bool weighsTokens, Workers& workers) const {
    const at::ScalarType type = scalarTypeOf(m_precision);
    const at::Tensor x = activations(set + ".x").to(type), full = activations(set + ".x_fp").to(type);
    const at::Tensor isVision = activations(set + ".vision").to(at::kBool);
    const at::Tensor lengths = activations(set + ".seq_len").to(at::kLong);
    const at::Tensor importance = weighsTokens ? activations(set + ".g") : at::Tensor();
    if (full.sizes() != x.sizes() || isVision.numel() != x.size(0) ||
        lengths.sum().item<std::int64_t>() != x.size(0))
        failIndex("The tensors of the activation set " + set + " do not fit together.");

    calibration::GramAccumulator sums(x.size(1), {.cross = true, .delta = true, .dtype = type}, workers,
                                      at::kCPU);
    for (std::int64_t i = 0, first = 0; i < lengths.numel(); ++i) {
        const std::int64_t count = lengths[i].item<std::int64_t>();
        sums.add(x.narrow(0, first, count), full.narrow(0, first, count), isVision.narrow(0, first, count),
                 importance.defined() ? importance.narrow(0, first, count) : at::Tensor());
        first += count;
    }
    return sums.take();
}

}
