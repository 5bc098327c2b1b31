// "Copy as command": only what differs from the command line's defaults, in its own names (interface.md 11).
#include "engine/core/text.h"
#include "ui/qt_text.h"
#include "ui/setup/setup_state.h"

#include <array>
#include <charconv>

namespace vlmptq::ui {
namespace {

std::string quoted(const std::string& word) {
    const bool isPlain =
        !word.empty() && word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                "0123456789-_./:,=+@%") == std::string::npos;
    if (isPlain)
        return word;
    std::string result = "'";
    for (const char c : word)
        result += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return result + "'";
}

template <class Number>
std::string number(Number value) { // shortest text that reads back as the same value
    std::array<char, 32> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
    return {buffer.data(), end};
}

class Command {
public:
    void word(const std::string& text) { m_words.push_back(quoted(text)); }
    void option(const char* name, const std::string& value) {
        m_words.emplace_back(name);
        word(value);
    }
    template <class Number>
    void option(const char* name, Number value, Number fallback) {
        if (value != fallback)
            option(name, number(value));
    }
    void flag(const char* name, bool on) {
        if (on)
            m_words.emplace_back(name);
    }
    std::string text() const { return join(m_words, " "); }

private:
    std::vector<std::string> m_words{"vlmptq", "quantize"};
};

void addQuant(Command& command, const QuantConfig& quant) {
    const QuantConfig fallback;
    command.option("--method", quant.method);
    command.option("--bits", std::to_string(quant.weightBits));
    command.option("--group", quant.groupSize, fallback.groupSize);
    command.flag("--sym", quant.symmetric);
    if (quant.muGrid != fallback.muGrid) {
        std::vector<std::string> values;
        for (const double mu : quant.muGrid)
            values.push_back(number(mu));
        command.option("--mu-grid", join(values, ","));
    }
    command.option("--mu-samples", quant.muSamples, fallback.muSamples);
    if (quant.muEval != fallback.muEval)
        command.option("--mu-eval", std::string(toString(quant.muEval)));
    command.option("--damp", quant.dampRatio, fallback.dampRatio);
    command.option("--alpha", quant.alpha, fallback.alpha);
    command.option("--block", quant.blockSize, fallback.blockSize);
    if (quant.ranges)
        command.option("--ranges", std::string(toString(*quant.ranges)));
    if (quant.mode)
        command.option("--mode", std::string(toString(*quant.mode)));
    if (quant.mNorm != fallback.mNorm)
        command.option("--m-norm", std::string(toString(quant.mNorm)));
    command.option("--m-pow", quant.mPow, fallback.mPow);
    if (quant.actOrder)
        command.flag(*quant.actOrder ? "--act-order" : "--no-act-order", true);
    if (quant.staticGroups)
        command.flag(*quant.staticGroups ? "--static-groups" : "--no-static-groups", true);
    if (quant.precision != fallback.precision)
        command.option("--precision", std::string(toString(quant.precision)));
    command.option("--act-bits", quant.activationBits, fallback.activationBits);
    command.option("--kv-bits", quant.cacheBits, fallback.cacheBits);
    command.flag("--rotate", quant.rotate);
    command.option("--rotation-seed", quant.rotationSeed, fallback.rotationSeed);
    command.option("--act-clip", quant.activationClip, fallback.activationClip);
    command.option("--kv-clip", quant.cacheClip, fallback.cacheClip);
    command.flag("--act-sym", quant.activationSymmetric);
    if (!quant.calibrateWithActivations)
        command.flag("--no-calibrate-with-act", true);
    command.option("--return-alpha", quant.returnAlpha, fallback.returnAlpha);
    if (quant.retarget)
        command.option("--retarget", number(*quant.retarget));
    if (quant.refinePasses)
        command.option("--refine", std::to_string(*quant.refinePasses));
    command.flag("--fit-scales", quant.fitScales);
    if (quant.answerWeight)
        command.option("--answer-weight", number(*quant.answerWeight));
    command.flag("--original-residual", quant.originalResidual);
    for (const std::string& glob : quant.skip)
        command.option("--skip", glob);
}

void addCalibration(Command& command, const CalibConfig& calib) {
    const CalibConfig fallback;
    if (!calib.source.empty())
        command.option("--calib", calib.source);
    command.option("--samples", calib.samples, fallback.samples);
    command.option("--heldout", calib.heldout, fallback.heldout);
    if (calib.order != fallback.order)
        command.option("--order", std::string(toString(calib.order)));
    command.option("--seed", calib.seed, fallback.seed);
    command.option("--max-tokens", calib.maxTokens, fallback.maxTokens);
    command.flag("--allow-text-only", calib.allowTextOnly);
}

}

QString commandText(const SetupState& state) {
    const RunConfig& config = state.config;
    const DeviceConfig fallback;
    Command command;
    command.word(config.model);
    addQuant(command, config.quant);
    addCalibration(command, config.calib);
    if (config.device.device != fallback.device)
        command.option("--device", config.device.device);
    if (config.device.computeDtype != fallback.computeDtype)
        command.option("--compute-dtype", std::string(toString(config.device.computeDtype)));
    command.option("--threads", config.device.threads, fallback.threads);
    if (!config.name.empty())
        command.option("--name", config.name);
    for (const std::string& tag : config.tags)
        command.option("--tag", tag);
    if (!state.alsoRun.empty())
        command.option("--also", join(state.alsoRun, ","));
    return text(command.text());
}

}
