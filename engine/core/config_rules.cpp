// The rules of interface.md 4 that need neither the model nor the data.
#include "engine/core/config.h"
#include "engine/core/error.h"
#include "engine/core/text.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace vlmptq {
namespace {

class Findings {
public:
    explicit Findings(std::string section) : m_prefix(section + ".") {}
    void error(const char* field, std::string message) {
        m_issues.push_back({m_prefix + field, std::move(message)});
    }
    void warning(const char* field, std::string message) {
        m_issues.push_back({m_prefix + field, std::move(message), false});
    }
    void range(const char* field, const char* what, std::int64_t value, std::int64_t low, std::int64_t high) {
        if (value < low || value > high)
            error(field, std::string(what) + " " + std::to_string(value) + " is not allowed: use " +
                             std::to_string(low) + " to " + std::to_string(high) + ".");
    }
    std::vector<ConfigIssue> take() { return std::move(m_issues); }

private:
    std::string m_prefix;
    std::vector<ConfigIssue> m_issues;
};

bool isKnownMethod(const std::string& name) {
    return std::any_of(methods().begin(), methods().end(),
                       [&](const MethodInfo& m) { return m.name == name; });
}

void checkMethod(const QuantConfig& quant, Findings& found) {
    if (!isKnownMethod(quant.method)) {
        std::vector<std::string> known;
        for (const auto& method : methods())
            known.emplace_back(method.name);
        found.error("method", "Method '" + quant.method + "' is not known: use " + join(known, ", ") + ".");
        return;
    }
    const auto& recipe = methodNamed(quant.method).recipe;
    if (!recipe.usesCalibration && quant.ranges &&
        (*quant.ranges == Ranges::DiagH || *quant.ranges == Ranges::Modality))
        found.error("ranges", "Ranges '" + std::string(toString(*quant.ranges)) +
                                  "' need calibration, which " + quant.method +
                                  " does not use: use minmax or mse.");
    if (quant.mode && !recipe.usesResidual)
        found.warning("mode",
                      "The tail mode has no effect on " + quant.method + ": it has no residual term.");
    if (quant.effectiveActOrder() && !recipe.sweeps)
        found.warning("actOrder",
                      "The activation order has no effect on " + quant.method + ": it sweeps no columns.");
}

void checkMuGrid(const QuantConfig& quant, Findings& found) {
    const auto& grid = quant.muGrid;
    if (grid.empty() || grid.size() > std::size_t(kMaxMuSteps))
        found.error("muGrid", "The mu grid has " + std::to_string(grid.size()) + " values: use 1 to " +
                                  std::to_string(kMaxMuSteps) + ".");
    for (const double mu : grid)
        if (!(mu >= 0 && mu <= 1)) {
            found.error("muGrid", "The mu grid value " + significant(mu, 3) +
                                      " is not allowed: use 0 (text only) to 1 (vision only).");
            break;
        }
    auto sorted = grid;
    std::sort(sorted.begin(), sorted.end());
    if (const auto twice = std::adjacent_find(sorted.begin(), sorted.end()); twice != sorted.end())
        found.error("muGrid",
                    "The mu grid holds " + significant(*twice, 3) + " twice: use every value once.");
    if (quant.muSamples < 0)
        found.error("muSamples", "The number of mu samples " + std::to_string(quant.muSamples) +
                                     " is not allowed: use 1 or more, or 0 for all.");
}

// "quant.weightBits": bits; most options are called as their field, written-like-this.
std::string optionOf(const std::string& field) {
    static const std::map<std::string, std::string> shorter{{"quant.weightBits", "bits"},
                                                            {"quant.groupSize", "group"},
                                                            {"quant.dampRatio", "damp"},
                                                            {"quant.blockSize", "block"},
                                                            {"calib.source", "calib"}};
    if (const auto found = shorter.find(field); found != shorter.end())
        return found->second;
    std::string option;
    for (const char c : field.substr(field.find('.') + 1)) {
        if (c >= 'A' && c <= 'Z')
            option += '-';
        option += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return option;
}

bool isDeviceName(const std::string& device) {
    if (device == "auto" || device == "cpu" || device == "cuda")
        return true;
    return device.size() > 5 && device.size() <= 8 && device.starts_with("cuda:") &&
           device.find_first_not_of("0123456789", 5) == std::string::npos;
}

}

std::vector<ConfigIssue> validate(const QuantConfig& quant) {
    Findings found("quant");
    checkMethod(quant, found);
    found.range("weightBits", "Weight bits", quant.weightBits, 2, 8);
    if (quant.groupSize != -1 && quant.groupSize < 1)
        found.error("groupSize",
                    "Group size " + std::to_string(quant.groupSize) +
                        " is not allowed: use 32, 64, 128, another divisor of the input channels, or "
                        "'channel' for one group per output channel.");
    if (quant.groupSize == -1 && quant.staticGroups.value_or(false))
        found.warning("staticGroups", "Static groups have no effect without a group size.");
    if (!(quant.dampRatio > 0 && quant.dampRatio <= 1))
        found.error("dampRatio", "Damping " + significant(quant.dampRatio, 3) +
                                     " is not allowed: use more than 0 and at most 1 (the default is 0.01).");
    if (!(quant.alpha >= 0 && quant.alpha <= 1))
        found.error("alpha", "Alpha " + significant(quant.alpha, 3) +
                                 " is not allowed: use 0 to 1 (the default is 0.25).");
    for (const auto& [field, title, bits] :
         {std::tuple("activationBits", "Activations", quant.activationBits),
          std::tuple("cacheBits", "The key/value cache", quant.cacheBits)})
        if (bits != 16 && bits != 8 && bits != 4)
            found.error(field, std::string(title) + " cannot have " + std::to_string(bits) +
                                   " bits: use 4, 8 or 16 (16: as the model computes).");
    for (const auto& [field, clip] :
         {std::pair("activationClip", quant.activationClip), std::pair("cacheClip", quant.cacheClip)})
        if (!(clip > 0 && clip <= 1))
            found.error(field, "The clip ratio " + significant(clip, 3) +
                                   " is not allowed: use more than 0 and at most 1.");
    if (!(quant.returnAlpha >= 0 && quant.returnAlpha <= 1))
        found.error("returnAlpha", "The strength of ResComp's R, " + significant(quant.returnAlpha, 3) +
                                       ", is not allowed: use 0 to 1 (the default is 0.25).");
    if (quant.retarget && !(*quant.retarget >= 0 && *quant.retarget <= 1))
        found.error("retarget", "The strength of the exact target, " + significant(*quant.retarget, 3) +
                                    ", is not allowed: use 0 to 1, or auto.");
    found.range("refinePasses", "The number of refinement passes", quant.refinePasses.value_or(0), 0, 100);
    if (quant.answerWeight && !(*quant.answerWeight >= 1 && *quant.answerWeight <= 1000))
        found.error("answerWeight", "The weight of answer tokens, " + significant(*quant.answerWeight, 3) +
                                        ", is not allowed: use 1 to 1000.");
    found.range("blockSize", "Block size", quant.blockSize, 1, 4096);
    checkMuGrid(quant, found);
    for (const auto& [field, value] : {std::pair("mPow", quant.mPow), std::pair("rangePow", quant.rangePow)})
        if (!(value > 0 && value <= 16))
            found.error(field, "The exponent of the range search " + significant(value, 3) +
                                   " is not allowed: use more than 0 and at most 16.");
    if (std::find(quant.skip.begin(), quant.skip.end(), "") != quant.skip.end())
        found.error(
            "skip",
            "An empty pattern of modules to leave out matches nothing: give names with * and ?, or none.");
    return found.take();
}

std::vector<ConfigIssue> validate(const CalibConfig& calib) {
    Findings found("calib");
    found.range("samples", "The number of calibration samples", calib.samples, 1, 4096);
    if (calib.samples >= 1 && calib.samples < 16)
        found.warning("samples",
                      "Only " + std::to_string(calib.samples) +
                          " calibration samples: fewer than 16 rarely represent the model's inputs.");
    found.range("heldout", "The number of held-out samples", calib.heldout, 0, 4096);
    found.range("maxTokens", "Max tokens", calib.maxTokens, 128, 32768);
    return found.take();
}

std::vector<ConfigIssue> validate(const DeviceConfig& device) {
    Findings found("device");
    if (!isDeviceName(device.device))
        found.error("device", "Device '" + device.device + "' is not known: use auto, cpu, cuda or cuda:N.");
    found.range("threads", "The number of threads", device.threads, 0, 1024);
    return found.take();
}

std::vector<ConfigIssue> validate(const RunConfig& config) {
    std::vector<ConfigIssue> issues;
    const auto add = [&](const std::vector<ConfigIssue>& more) {
        issues.insert(issues.end(), more.begin(), more.end());
    };
    if (config.model.empty())
        issues.push_back({"model", "No model is chosen: give the folder of a checkpoint."});
    add(validate(config.quant));
    add(validate(config.calib));
    add(validate(config.device));
    if (!isKnownMethod(config.quant.method))
        return issues;
    if (config.calib.source.empty()) // RTN needs none to round, but its errors are measured on it too
        issues.push_back(
            {"calib.source", "No calibration data is chosen: give a JSONL file or a folder that holds one."});
    if (config.quant.effectiveRanges() == Ranges::Modality && config.quant.muSamples > config.calib.samples)
        issues.push_back(
            {"quant.muSamples", "The mu search asks for " + std::to_string(config.quant.muSamples) + " of " +
                                    std::to_string(config.calib.samples) +
                                    " calibration samples: use at most that many, or 0 for all."});
    return issues;
}

void throwIfInvalid(const RunConfig& config) {
    for (const auto& issue : validate(config))
        if (issue.isError)
            throw Error(ErrorKind::BadOption, "E-CONF-01", issue.message,
                        issue.field == "model" ? "" : "Set it with --" + optionOf(issue.field) + ".");
}

}
