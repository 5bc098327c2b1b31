#include "engine/core/config.h"

#include "engine/core/named.h"
#include "engine/core/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>

namespace vlmptq {
namespace {

constexpr std::array<std::string_view, 2> kMuEvals{"rtn", "sweep"};
constexpr std::array<std::string_view, 2> kMNorms{"sum", "mean"};
constexpr std::array<std::string_view, 2> kPrecisions{"float32", "float64"};
constexpr std::array<std::string_view, 2> kSampleOrders{"file", "seeded"};
constexpr std::array<std::string_view, 3> kComputeDtypes{"auto", "float32", "bfloat16"};

template <class Number>
std::optional<Number> parsed(std::string_view text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

[[noreturn]] void failMuGrid(const std::string& text) {
    throw Error(ErrorKind::BadOption, "E-OPT-03", "The mu grid '" + text + "' cannot be read.",
                "Give from:to:steps (0:1:6), the number of steps (6 or 11), or a list (0,0.5,1).");
}

// "demo" for ".../demo/model": a folder called "model" says nothing.
std::string modelFolderName(const std::string& model) {
    auto path = std::filesystem::path(model).lexically_normal();
    if (!path.has_filename())
        path = path.parent_path();
    if (path.filename() == "model" && path.parent_path().has_filename())
        path = path.parent_path();
    return path.filename().empty() ? "model" : path.filename().string();
}

}

std::string_view toString(MuEval value) { return kMuEvals[static_cast<std::size_t>(value)]; }
std::string_view toString(MNorm value) { return kMNorms[static_cast<std::size_t>(value)]; }
std::string_view toString(Precision value) { return kPrecisions[static_cast<std::size_t>(value)]; }
std::string_view toString(SampleOrder value) { return kSampleOrders[static_cast<std::size_t>(value)]; }
std::string_view toString(ComputeDtype value) { return kComputeDtypes[static_cast<std::size_t>(value)]; }
MuEval muEvalNamed(std::string_view name) { return enumNamed<MuEval>(kMuEvals, name, "Mu evaluation"); }
MNorm mNormNamed(std::string_view name) { return enumNamed<MNorm>(kMNorms, name, "M normalisation"); }
Precision precisionNamed(std::string_view name) {
    return enumNamed<Precision>(kPrecisions, name, "Precision");
}
SampleOrder sampleOrderNamed(std::string_view name) {
    return enumNamed<SampleOrder>(kSampleOrders, name, "Sample order");
}
ComputeDtype computeDtypeNamed(std::string_view name) {
    return enumNamed<ComputeDtype>(kComputeDtypes, name, "Compute dtype");
}

Ranges QuantConfig::effectiveRanges() const { return ranges.value_or(methodNamed(method).recipe.ranges); }

// ResComp's tail is `org` at two bits (A4).
TailMode QuantConfig::effectiveMode() const {
    const auto& recipe = methodNamed(method).recipe;
    const bool isTwoBitResComp = recipe.returnsToOriginal && weightBits == 2;
    return mode.value_or(isTwoBitResComp ? TailMode::Org : recipe.mode);
}

bool QuantConfig::effectiveActOrder() const {
    return actOrder.value_or(methodNamed(method).recipe.ordersByDiagonal);
}
bool QuantConfig::effectiveStaticGroups() const {
    return staticGroups.value_or(methodNamed(method).recipe.ordersByDiagonal);
}
int QuantConfig::effectiveRefinePasses() const {
    return refinePasses.value_or(methodNamed(method).recipe.refinePasses);
}
double QuantConfig::effectiveAnswerWeight() const {
    return answerWeight.value_or(methodNamed(method).recipe.answerWeight);
}
bool QuantConfig::needsRegression() const {
    const auto& recipe = methodNamed(method).recipe;
    return recipe.retargets || (recipe.usesResidual && effectiveRefinePasses() > 0);
}

std::vector<double> muGrid(double from, double to, int steps) {
    if (steps == 1)
        return {from};
    std::vector<double> grid;
    for (int i = 0; i < steps; ++i)
        grid.push_back(from + i * (to - from) / (steps - 1));
    return grid;
}

std::vector<double> parseMuGrid(const std::string& text) {
    const auto parts = split(text, ':');
    if (parts.size() == 3) {
        const auto from = parsed<double>(parts[0]), to = parsed<double>(parts[1]);
        const auto steps = parsed<int>(parts[2]);
        if (!from || !to || !steps || *steps < 1 || *steps > kMaxMuSteps || (*steps > 1 && *from >= *to))
            failMuGrid(text);
        return muGrid(*from, *to, *steps);
    }
    if (parts.size() != 1)
        failMuGrid(text);
    if (const auto steps = parsed<int>(text); steps && *steps >= 2 && *steps <= kMaxMuSteps)
        return muGrid(0, 1, *steps);
    std::vector<double> grid;
    for (const auto& item : split(text, ',')) {
        const auto value = parsed<double>(item);
        if (!value || !(*value >= 0 && *value <= 1))
            failMuGrid(text);
        grid.push_back(*value);
    }
    return grid;
}

std::string schemeText(const QuantConfig& quant) {
    std::string scheme = "W" + std::to_string(quant.weightBits) + "A" + std::to_string(quant.activationBits);
    if (quant.cacheBits < 16)
        scheme += "KV" + std::to_string(quant.cacheBits);
    if (quant.groupSize > 0)
        scheme += " g" + std::to_string(quant.groupSize);
    return quant.rotate ? scheme + " rotated" : scheme;
}

std::string defaultRunName(const RunConfig& config) {
    const auto& quant = config.quant;
    std::string name = modelFolderName(config.model) + "-w" + std::to_string(quant.weightBits);
    if (quant.groupSize > 0)
        name += "-g" + std::to_string(quant.groupSize);
    name += "-" + quant.method;
    if (quant.ranges)
        name += "-" + std::string(toString(*quant.ranges));
    return name;
}

}
