#include "ui/setup/setup_state.h"

#include "engine/core/module_rules.h"
#include "engine/jobs/run_plan.h"

#include <algorithm>

namespace vlmptq::ui {
namespace {
constexpr int kDeployGroup = 128;
}

std::vector<RunConfig> SetupState::runs() const {
    std::vector<RunConfig> runs{config};
    for (const std::string& method : alsoRun) {
        RunConfig other = config;
        other.quant.method = method;
        other.name.clear();
        const MethodRecipe& recipe = methodNamed(method).recipe;
        const bool needsData = other.quant.ranges == Ranges::DiagH || other.quant.ranges == Ranges::Modality;
        if (!recipe.usesCalibration && needsData)
            other.quant.ranges.reset();
        if (!recipe.usesResidual)
            other.quant.mode.reset();
        runs.push_back(std::move(other));
    }
    if (runs.size() > 1) // one name cannot stand for several methods
        for (RunConfig& run : runs) {
            if (config.name.empty())
                continue;
            run.name = config.name + " " + run.quant.method;
        }
    return runs;
}

Preset presetOf(const QuantConfig& quant) {
    if (quant.groupSize == -1 && !quant.symmetric)
        return Preset::Paper;
    if (quant.groupSize == kDeployGroup && quant.symmetric)
        return Preset::Deploy;
    return Preset::Own;
}

void applyPreset(Preset preset, QuantConfig& quant) {
    if (preset == Preset::Own)
        return;
    quant.groupSize = preset == Preset::Deploy ? kDeployGroup : -1;
    quant.symmetric = preset == Preset::Deploy;
}

int leftOut(const families::ModelSummary& model, const QuantConfig& quant) {
    return int(std::ranges::count_if(model.linears,
                                     [&](const auto& linear) { return isLeftOut(quant, linear.name); }));
}

std::uint64_t estimatedRunBytes(const families::ModelSummary& model, const QuantConfig& quant) {
    std::uint64_t bytes = 0;
    for (const auto& linear : model.linears)
        if (!isLeftOut(quant, linear.name))
            bytes += jobs::packedBytes(quant, linear);
    return bytes;
}

}
