// The table of settings: the only place where an option of `quantize` is written down.
#include "app/cli/settings.h"
#include "engine/core/error.h"
#include "engine/core/text.h"

#include <array>
#include <charconv>
#include <cmath>

namespace vlmptq::cli {
namespace {

template <class Number>
Number parsedNumber(const std::string& option, const std::string& text, const char* kind) {
    Number value{};
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure == std::errc() && end == text.data() + text.size())
        return value;
    throw Error(ErrorKind::BadOption, "E-OPT-10",
                "Option --" + option + ": '" + text + "' is not " + kind + ".",
                "See 'vlmptq help' for what it takes.");
}

int smallNumber(const std::string& option, const std::string& text) {
    return parsedNumber<int>(option, text, "a whole number");
}

bool truth(const std::string& option, const std::string& text) {
    for (const auto* yes : {"true", "yes", "on", "1"})
        if (text == yes)
            return true;
    for (const auto* no : {"false", "no", "off", "0"})
        if (text == no)
            return false;
    throw Error(ErrorKind::BadOption, "E-OPT-10",
                "Option --" + option + ": '" + text + "' is neither true nor false.", "Use true or false.");
}

// The shortest text that reads back as the same number.
std::string text(double value) {
    std::array<char, 32> buffer;
    return {buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr};
}
std::string text(int value) { return std::to_string(value); }
std::string text(bool value) { return value ? "true" : "false"; }
std::string text(std::string_view value) { return std::string(value); }

std::string muGridText(const std::vector<double>& grid) {
    std::vector<std::string> values;
    for (const double mu : grid)
        values.push_back(text(mu));
    return join(values, ",");
}

void onlyValue(const char* option, const std::string& given, const char* supported, const char* what) {
    if (given != supported)
        throw Error(ErrorKind::BadOption, "E-OPT-14",
                    "Option --" + std::string(option) + ": '" + given + "' is not supported by this version.",
                    std::string(what) + "; use " + supported + ".");
}

std::string methodNames() {
    std::string names;
    for (const auto& method : methods())
        names += (names.empty() ? "" : ", ") + std::string(method.name);
    return names;
}

std::optional<double> ownOr(const char* option, const std::string& value, const std::string& own) {
    return value == own ? std::nullopt : std::optional(realNumber(option, value));
}

const std::string kMethod = "Method and grid", kMu = "Modality awareness (μ)", kCalib = "Calibration",
                  kWhere = "Device", kExpert = "Expert", kBeyond = "Beyond the paper";

// clang-format off
const std::vector<Setting> kSettings{
    {"method", "NAME", kMethod, methodNames() + "; see 'vlmptq methods' [vlmptq]",
     [](RunConfig& c, const std::string& v) { c.quant.method = methodNamed(v).name; },
     [](const RunConfig& c) { return c.quant.method; }, true},
    {"bits", "N", kMethod, "bits per weight, 2 to 8 [3]",
     [](RunConfig& c, const std::string& v) { c.quant.weightBits = smallNumber("bits", v); },
     [](const RunConfig& c) { return text(c.quant.weightBits); }, true},
    {"group", "N", kMethod, "input channels per group: 'channel' (one group per output channel), 32, 64, 128, … [channel]",
     [](RunConfig& c, const std::string& v) { c.quant.groupSize = v == "channel" ? -1 : smallNumber("group", v); },
     [](const RunConfig& c) { return c.quant.groupSize < 0 ? std::string("channel") : text(c.quant.groupSize); }, true},
    {"sym", "", kMethod, "symmetric grid; --no-sym: with a zero point [--no-sym]",
     [](RunConfig& c, const std::string& v) { c.quant.symmetric = truth("sym", v); },
     [](const RunConfig& c) { return text(c.quant.symmetric); }},
    {"act-bits", "N", kMethod, "bits of activations: 4, 8 or 16 [16]",
     [](RunConfig& c, const std::string& v) { c.quant.activationBits = smallNumber("act-bits", v); },
     [](const RunConfig& c) { return text(c.quant.activationBits); }},
    {"kv-bits", "N", kMethod, "bits of the key/value cache: 4, 8 or 16 [16]",
     [](RunConfig& c, const std::string& v) { c.quant.cacheBits = smallNumber("kv-bits", v); },
     [](const RunConfig& c) { return text(c.quant.cacheBits); }},
    {"rotate", "", kMethod, "rotate the model first (QuaRot)",
     [](RunConfig& c, const std::string& v) { c.quant.rotate = truth("rotate", v); },
     [](const RunConfig& c) { return text(c.quant.rotate); }},
    {"parts", "NAME", kMethod, "part of the model to quantize; this version: language",
     [](RunConfig&, const std::string& v) { onlyValue("parts", v, "language", "Only the language model is quantized"); },
     [](const RunConfig&) { return std::string("language"); }},
    {"skip", "GLOB", kMethod, "modules to leave in full precision, with * and ?; comma-separated or repeated",
     [](RunConfig& c, const std::string& v) { c.quant.skip = v.empty() ? std::vector<std::string>{} : split(v, ','); },
     [](const RunConfig& c) { return join(c.quant.skip, ","); }},

    {"mu-grid", "GRID", kMu, "from:to:steps, a number of steps, or a list; 0: text only, 1: vision only [0:1:6]",
     [](RunConfig& c, const std::string& v) { c.quant.muGrid = parseMuGrid(v); },
     [](const RunConfig& c) { return muGridText(c.quant.muGrid); }},
    {"mu-samples", "N", kMu, "calibration samples a candidate is judged on; 0: all [16, or fewer --samples]",
     [](RunConfig& c, const std::string& v) { c.quant.muSamples = smallNumber("mu-samples", v); },
     [](const RunConfig& c) { return text(c.quant.muSamples); }},
    {"mu-eval", "KIND", kMu, "how a candidate is judged: rtn (quick) or sweep (6 to 11 times slower) [rtn]",
     [](RunConfig& c, const std::string& v) { c.quant.muEval = muEvalNamed(v); },
     [](const RunConfig& c) { return text(toString(c.quant.muEval)); }},

    {"calib", "PATH", kCalib, "image-text pairs: JSONL, JSON, or a folder with one [the demo's pairs]",
     [](RunConfig& c, const std::string& v) { c.calib.source = v; },
     [](const RunConfig& c) { return c.calib.source; }},
    {"samples", "N", kCalib, "pairs that calibrate [128]",
     [](RunConfig& c, const std::string& v) { c.calib.samples = smallNumber("samples", v); },
     [](const RunConfig& c) { return text(c.calib.samples); }},
    {"heldout", "N", kCalib, "pairs kept out of calibration, for the held-out error [32]",
     [](RunConfig& c, const std::string& v) { c.calib.heldout = smallNumber("heldout", v); },
     [](const RunConfig& c) { return text(c.calib.heldout); }},
    {"order", "KIND", kCalib, "file: first lines calibrate, last are held out; seeded: shuffled first [file]",
     [](RunConfig& c, const std::string& v) { c.calib.order = sampleOrderNamed(v); },
     [](const RunConfig& c) { return text(toString(c.calib.order)); }},
    {"seed", "N", kCalib, "of the shuffle [0]",
     [](RunConfig& c, const std::string& v) { c.calib.seed = parsedNumber<std::uint64_t>("seed", v, "a whole number"); },
     [](const RunConfig& c) { return std::to_string(c.calib.seed); }},
    {"max-tokens", "N", kCalib, "longer sequences are cut after the picture, never inside it [2048]",
     [](RunConfig& c, const std::string& v) { c.calib.maxTokens = smallNumber("max-tokens", v); },
     [](const RunConfig& c) { return text(c.calib.maxTokens); }},
    {"allow-text-only", "", kCalib, "accept calibration pairs none of which has a picture",
     [](RunConfig& c, const std::string& v) { c.calib.allowTextOnly = truth("allow-text-only", v); },
     [](const RunConfig& c) { return text(c.calib.allowTextOnly); }},

    {"device", "NAME", kWhere, "auto, cpu or cuda:N [auto]",
     [](RunConfig& c, const std::string& v) { c.device.device = v; },
     [](const RunConfig& c) { return c.device.device; }},
    {"compute-dtype", "KIND", kWhere, "auto, float32 or bfloat16 [auto]",
     [](RunConfig& c, const std::string& v) { c.device.computeDtype = computeDtypeNamed(v); },
     [](const RunConfig& c) { return text(toString(c.device.computeDtype)); }},
    {"threads", "N", kWhere, "0: all cores [0]",
     [](RunConfig& c, const std::string& v) { c.device.threads = smallNumber("threads", v); },
     [](const RunConfig& c) { return text(c.device.threads); }},
    {"activation-budget", "SIZE", kWhere, "memory for activations before they go to disk; 0: half of what is free [0]",
     [](RunConfig& c, const std::string& v) { c.device.activationBudgetBytes = byteCount("activation-budget", v); },
     [](const RunConfig& c) { return std::to_string(c.device.activationBudgetBytes); }},

    {"ranges", "KIND", kExpert, "range search: minmax, mse, diag-h or modality [the method's own]",
     [](RunConfig& c, const std::string& v) { c.quant.ranges = rangesNamed(v); },
     [](const RunConfig& c) { return text(toString(c.quant.effectiveRanges())); }},
    {"mode", "KIND", kExpert, "weights that drive the residual: org, allw or allw_clamp [the method's own]",
     [](RunConfig& c, const std::string& v) { c.quant.mode = tailModeNamed(v); },
     [](const RunConfig& c) { return text(toString(c.quant.effectiveMode())); }},
    {"damp", "X", kExpert, "damping relative to the mean of diag(H) [0.01]",
     [](RunConfig& c, const std::string& v) { c.quant.dampRatio = realNumber("damp", v); },
     [](const RunConfig& c) { return text(c.quant.dampRatio); }},
    {"alpha", "X", kExpert, "strength of residual and correction, 0 to 1 [0.25]",
     [](RunConfig& c, const std::string& v) { c.quant.alpha = realNumber("alpha", v); },
     [](const RunConfig& c) { return text(c.quant.alpha); }},
    {"act-clip", "X", kExpert, "share of an activation's range that is kept [0.9]",
     [](RunConfig& c, const std::string& v) { c.quant.activationClip = realNumber("act-clip", v); },
     [](const RunConfig& c) { return text(c.quant.activationClip); }},
    {"act-sym", "", kExpert, "symmetric grid of activations",
     [](RunConfig& c, const std::string& v) { c.quant.activationSymmetric = truth("act-sym", v); },
     [](const RunConfig& c) { return text(c.quant.activationSymmetric); }},
    {"kv-clip", "X", kExpert, "share of a key's or value's range that is kept [0.95]",
     [](RunConfig& c, const std::string& v) { c.quant.cacheClip = realNumber("kv-clip", v); },
     [](const RunConfig& c) { return text(c.quant.cacheClip); }},
    {"calibrate-with-act", "", kExpert, "calibrate on inputs with the activations' error [on]",
     [](RunConfig& c, const std::string& v) { c.quant.calibrateWithActivations = truth("calibrate-with-act", v); },
     [](const RunConfig& c) { return text(c.quant.calibrateWithActivations); }},
    {"rotation-seed", "N", kExpert, "of the rotation's signs [0]",
     [](RunConfig& c, const std::string& v) { c.quant.rotationSeed = parsedNumber<std::uint64_t>("rotation-seed", v, "a whole number"); },
     [](const RunConfig& c) { return std::to_string(c.quant.rotationSeed); }},
    {"return-alpha", "X", kExpert, "strength of ResComp's R, 0 to 1 [0.25]",
     [](RunConfig& c, const std::string& v) { c.quant.returnAlpha = realNumber("return-alpha", v); },
     [](const RunConfig& c) { return text(c.quant.returnAlpha); }},
    {"block", "N", kExpert, "columns per block of the sweep [128]",
     [](RunConfig& c, const std::string& v) { c.quant.blockSize = smallNumber("block", v); },
     [](const RunConfig& c) { return text(c.quant.blockSize); }},
    {"act-order", "", kExpert, "sweep the columns by falling diag(H)",
     [](RunConfig& c, const std::string& v) { c.quant.actOrder = truth("act-order", v); },
     [](const RunConfig& c) { return text(c.quant.effectiveActOrder()); }},
    {"static-groups", "", kExpert, "fix the ranges of all groups before the sweep",
     [](RunConfig& c, const std::string& v) { c.quant.staticGroups = truth("static-groups", v); },
     [](const RunConfig& c) { return text(c.quant.effectiveStaticGroups()); }},
    {"m-norm", "KIND", kExpert, "modality magnitudes as sum or mean per token [sum]",
     [](RunConfig& c, const std::string& v) { c.quant.mNorm = mNormNamed(v); },
     [](const RunConfig& c) { return text(toString(c.quant.mNorm)); }},
    {"m-pow", "X", kExpert, "exponent of the weighted range search [2]",
     [](RunConfig& c, const std::string& v) { c.quant.mPow = realNumber("m-pow", v); },
     [](const RunConfig& c) { return text(c.quant.mPow); }},
    {"range-pow", "X", kExpert, "exponent of the unweighted range search [2.4]",
     [](RunConfig& c, const std::string& v) { c.quant.rangePow = realNumber("range-pow", v); },
     [](const RunConfig& c) { return text(c.quant.rangePow); }},
    {"precision", "KIND", kExpert, "of Grams, factorisation and sweep: float32 or float64 [float32]",
     [](RunConfig& c, const std::string& v) { c.quant.precision = precisionNamed(v); },
     [](const RunConfig& c) { return text(toString(c.quant.precision)); }},

    {"retarget", "X", kBeyond, "strength of the exact target W + x W D H^-1, 0 to 1; auto: chosen per module [auto]",
     [](RunConfig& c, const std::string& v) { c.quant.retarget = ownOr("retarget", v, "auto"); },
     [](const RunConfig& c) { return c.quant.retarget ? text(*c.quant.retarget) : std::string("auto"); }},
    {"refine", "N", kBeyond, "passes of coordinate descent over the codes [the method's own]",
     [](RunConfig& c, const std::string& v) { c.quant.refinePasses = smallNumber("refine", v); },
     [](const RunConfig& c) { return text(c.quant.effectiveRefinePasses()); }},
    {"fit-scales", "", kBeyond, "fit the scales in closed form after every pass",
     [](RunConfig& c, const std::string& v) { c.quant.fitScales = truth("fit-scales", v); },
     [](const RunConfig& c) { return text(c.quant.fitScales); }},
    {"answer-weight", "X", kBeyond, "how often a token that predicts the answer counts [the method's own]",
     [](RunConfig& c, const std::string& v) { c.quant.answerWeight = realNumber("answer-weight", v); },
     [](const RunConfig& c) { return text(c.quant.effectiveAnswerWeight()); }},
    {"original-residual", "", kBeyond, "let the original weights drive the residual P",
     [](RunConfig& c, const std::string& v) { c.quant.originalResidual = truth("original-residual", v); },
     [](const RunConfig& c) { return text(c.quant.originalResidual); }},
};
// clang-format on

}

std::span<const Setting> settings() { return kSettings; }

std::int64_t wholeNumber(const std::string& option, const std::string& text) {
    return parsedNumber<std::int64_t>(option, text, "a whole number");
}

double realNumber(const std::string& option, const std::string& text) {
    const auto value = parsedNumber<double>(option, text, "a number");
    if (std::isfinite(value))
        return value;
    throw Error(ErrorKind::BadOption, "E-OPT-10",
                "Option --" + option + ": '" + text + "' is not a finite number.", "Give a plain number.");
}

std::uint64_t byteCount(const std::string& option, const std::string& text) {
    static constexpr std::array<std::pair<std::string_view, double>, 10> kUnits{{{"TB", 1e12},
                                                                                 {"GB", 1e9},
                                                                                 {"MB", 1e6},
                                                                                 {"kB", 1e3},
                                                                                 {"KB", 1e3},
                                                                                 {"T", 1e12},
                                                                                 {"G", 1e9},
                                                                                 {"M", 1e6},
                                                                                 {"k", 1e3},
                                                                                 {"K", 1e3}}};
    for (const auto& [unit, factor] : kUnits)
        if (text.size() > unit.size() && text.ends_with(unit)) {
            const auto lastDigit = text.find_last_not_of(' ', text.size() - unit.size() - 1);
            const double amount = realNumber(option, text.substr(0, lastDigit + 1));
            if (amount >= 0 && amount * factor < 9e18)
                return static_cast<std::uint64_t>(amount * factor);
        }
    return parsedNumber<std::uint64_t>(option, text, "a size such as 4GB");
}

}
