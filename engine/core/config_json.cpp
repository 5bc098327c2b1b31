// The stored form of a RunConfig: stable snake_case keys. A value of the wrong kind is an Error (BadInput)
// that names it.
#include "engine/core/config.h"
#include "engine/core/error.h"

#include <nlohmann/json.hpp>

#include <utility>

namespace vlmptq {
namespace {

using nlohmann::json;

[[noreturn]] void failField(const std::string& field, const json& value) {
    throw Error(ErrorKind::BadInput, "E-CONF-02",
                "Setting '" + field + "' has the value " + value.dump() + ", which does not fit it.",
                "Correct it, or leave it out to get the default.");
}

// nlohmann-json itself would wrap around what is too large for T, and cut fractions off.
template <class T>
bool fits(const json& value) {
    if (value.is_number_unsigned())
        return std::in_range<T>(value.get<std::uint64_t>());
    return value.is_number_integer() && std::in_range<T>(value.get<std::int64_t>());
}

// Reads the fields of one JSON object; a missing field leaves its target alone.
class Reader {
public:
    Reader(const json& object, std::string prefix) : m_object(object), m_prefix(std::move(prefix)) {
        if (!object.is_object())
            failField(m_prefix.empty() ? "settings" : m_prefix, object);
    }

    const json* find(const char* key) const {
        const auto found = m_object.find(key);
        return found == m_object.end() ? nullptr : &*found;
    }
    std::string path(const char* key) const { return m_prefix.empty() ? key : m_prefix + "." + key; }

    template <class T>
    void read(const char* key, T& target) const {
        const json* value = find(key);
        if (!value)
            return;
        if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>)
            if (!fits<T>(*value))
                failField(path(key), *value);
        try {
            value->get_to(target);
        } catch (const json::exception&) {
            failField(path(key), *value);
        }
    }
    template <class T>
    void read(const char* key, std::optional<T>& target) const {
        if (T value{}; find(key)) {
            read(key, value);
            target = value;
        }
    }
    template <class Parse, class T>
    void readNamed(const char* key, Parse parse, T& target) const {
        std::string name;
        read(key, name);
        if (!name.empty())
            target = parse(name);
    }

private:
    const json& m_object;
    std::string m_prefix;
};

json quantJson(const QuantConfig& quant) {
    json j{{"method", quant.method},
           {"weight_bits", quant.weightBits},
           {"group_size", quant.groupSize},
           {"symmetric", quant.symmetric},
           {"damp_ratio", quant.dampRatio},
           {"alpha", quant.alpha},
           {"rotate", quant.rotate},
           {"rotation_seed", quant.rotationSeed},
           {"activation_bits", quant.activationBits},
           {"activation_symmetric", quant.activationSymmetric},
           {"activation_clip", quant.activationClip},
           {"cache_bits", quant.cacheBits},
           {"cache_clip", quant.cacheClip},
           {"calibrate_with_activations", quant.calibrateWithActivations},
           {"return_alpha", quant.returnAlpha},
           {"original_residual", quant.originalResidual},
           {"fit_scales", quant.fitScales},
           {"block_size", quant.blockSize},
           {"mu_grid", quant.muGrid},
           {"mu_samples", quant.muSamples},
           {"mu_eval", toString(quant.muEval)},
           {"m_norm", toString(quant.mNorm)},
           {"m_pow", quant.mPow},
           {"range_pow", quant.rangePow},
           {"precision", toString(quant.precision)},
           {"skip", quant.skip}};
    if (quant.ranges)
        j["ranges"] = toString(*quant.ranges);
    if (quant.mode)
        j["mode"] = toString(*quant.mode);
    if (quant.actOrder)
        j["act_order"] = *quant.actOrder;
    if (quant.staticGroups)
        j["static_groups"] = *quant.staticGroups;
    if (quant.retarget)
        j["retarget"] = *quant.retarget;
    if (quant.refinePasses)
        j["refine_passes"] = *quant.refinePasses;
    if (quant.answerWeight)
        j["answer_weight"] = *quant.answerWeight;
    return j;
}

void readQuant(const json& j, QuantConfig& quant) {
    const Reader reader(j, "quant");
    reader.read("method", quant.method);
    reader.read("weight_bits", quant.weightBits);
    reader.read("group_size", quant.groupSize);
    reader.read("symmetric", quant.symmetric);
    reader.readNamed("ranges", rangesNamed, quant.ranges);
    reader.readNamed("mode", tailModeNamed, quant.mode);
    reader.read("damp_ratio", quant.dampRatio);
    reader.read("alpha", quant.alpha);
    reader.read("rotate", quant.rotate);
    reader.read("rotation_seed", quant.rotationSeed);
    reader.read("activation_bits", quant.activationBits);
    reader.read("activation_symmetric", quant.activationSymmetric);
    reader.read("activation_clip", quant.activationClip);
    reader.read("cache_bits", quant.cacheBits);
    reader.read("cache_clip", quant.cacheClip);
    reader.read("calibrate_with_activations", quant.calibrateWithActivations);
    reader.read("return_alpha", quant.returnAlpha);
    reader.read("original_residual", quant.originalResidual);
    reader.read("fit_scales", quant.fitScales);
    reader.read("retarget", quant.retarget);
    reader.read("refine_passes", quant.refinePasses);
    reader.read("answer_weight", quant.answerWeight);
    reader.read("block_size", quant.blockSize);
    reader.read("act_order", quant.actOrder);
    reader.read("static_groups", quant.staticGroups);
    reader.read("mu_grid", quant.muGrid);
    reader.read("mu_samples", quant.muSamples);
    reader.readNamed("mu_eval", muEvalNamed, quant.muEval);
    reader.readNamed("m_norm", mNormNamed, quant.mNorm);
    reader.read("m_pow", quant.mPow);
    reader.read("range_pow", quant.rangePow);
    reader.readNamed("precision", precisionNamed, quant.precision);
    reader.read("skip", quant.skip);
}

json calibJson(const CalibConfig& calib) {
    return {{"source", calib.source},
            {"samples", calib.samples},
            {"heldout", calib.heldout},
            {"order", toString(calib.order)},
            {"seed", calib.seed},
            {"max_tokens", calib.maxTokens},
            {"allow_text_only", calib.allowTextOnly}};
}

void readCalib(const json& j, CalibConfig& calib) {
    const Reader reader(j, "calib");
    reader.read("source", calib.source);
    reader.read("samples", calib.samples);
    reader.read("heldout", calib.heldout);
    reader.readNamed("order", sampleOrderNamed, calib.order);
    reader.read("seed", calib.seed);
    reader.read("max_tokens", calib.maxTokens);
    reader.read("allow_text_only", calib.allowTextOnly);
}

json deviceJson(const DeviceConfig& device) {
    return {{"device", device.device},
            {"compute_dtype", toString(device.computeDtype)},
            {"threads", device.threads},
            {"activation_budget_bytes", device.activationBudgetBytes}};
}

void readDevice(const json& j, DeviceConfig& device) {
    const Reader reader(j, "device");
    reader.read("device", device.device);
    reader.readNamed("compute_dtype", computeDtypeNamed, device.computeDtype);
    reader.read("threads", device.threads);
    reader.read("activation_budget_bytes", device.activationBudgetBytes);
}

}

void to_json(json& j, const RunConfig& config) {
    j = {{"model", config.model},
         {"name", config.name},
         {"tags", config.tags},
         {"quant", quantJson(config.quant)},
         {"calib", calibJson(config.calib)},
         {"device", deviceJson(config.device)}};
}

void from_json(const json& j, RunConfig& config) {
    const Reader reader(j, "");
    reader.read("model", config.model);
    reader.read("name", config.name);
    reader.read("tags", config.tags);
    if (const json* quant = reader.find("quant"))
        readQuant(*quant, config.quant);
    if (const json* calib = reader.find("calib"))
        readCalib(*calib, config.calib);
    if (const json* device = reader.find("device"))
        readDevice(*device, config.device);
}

}
