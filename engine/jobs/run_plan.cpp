#include "engine/jobs/run_plan.h"

#include "engine/checkpoint/run_folder.h"
#include "engine/core/disk.h"
#include "engine/core/module_rules.h"
#include "engine/core/text.h"

namespace fs = std::filesystem;

namespace vlmptq::jobs {
namespace {

using Linear = families::ModelSummary::Linear;

constexpr std::uint64_t kScaleBytes = 4, kZeroBytes = 1; // one of each per group (checkpoint/run_folder.h)

void chooseModules(const QuantConfig& quant, RunPlan& plan) {
    std::vector<std::string> names;
    for (const auto& linear : plan.model.linears)
        names.push_back(linear.name);
    const auto leftOut = chooseLeftOut(quant, names);
    for (std::size_t i = 0; i < leftOut.size(); ++i) {
        const auto& linear = plan.model.linears[i];
        if (leftOut[i]) {
            ++plan.leftOut;
            continue;
        }
        requireGroupDivides(quant.groupSize, linear.name, linear.columns);
        plan.quantized.push_back(linear);
    }
}

std::int64_t groupsOf(const QuantConfig& quant, const Linear& linear) {
    return quant.groupSize < 0 ? 1 : linear.columns / quant.groupSize;
}

// As a run reports it: packed codes, a 16-bit scale and a zero of the weights' width for every group.
std::int64_t exportedBits(const QuantConfig& quant, const Linear& linear) {
    return linear.rows *
           (linear.columns * quant.weightBits + groupsOf(quant, linear) * (16 + quant.weightBits));
}

void countBytes(const QuantConfig& quant, RunPlan& plan) {
    std::uint64_t weights = 0;
    std::int64_t bits = 0;
    for (const auto& linear : plan.quantized) {
        weights += static_cast<std::uint64_t>(linear.rows * linear.columns);
        bits += exportedBits(quant, linear);
        plan.quantizedBytes += packedBytes(quant, linear);
    }
    const auto bytesPerWeight =
        static_cast<double>(plan.model.bytes) / static_cast<double>(plan.model.parameters);
    plan.originalBytes = static_cast<std::uint64_t>(bytesPerWeight * static_cast<double>(weights));
    plan.bitsPerWeight = static_cast<double>(bits) / static_cast<double>(weights);
}

void requireRoom(const fs::path& runsFolder, std::uint64_t bytes) {
    const auto free = freeBytes(runsFolder);
    if (free && *free < bytes)
        throw Error(ErrorKind::NoResource, "E-PLAN-04",
                    "The result needs " + bytesText(bytes) + ", but only " + bytesText(*free) +
                        " are free at " + runsFolder.string() + ".",
                    "Free space there, or choose a database on another disk.");
}

}

std::uint64_t packedBytes(const QuantConfig& quant, const Linear& linear) {
    return static_cast<std::uint64_t>(linear.rows) *
           (checkpoint::packedRowBytes(linear.columns, quant.weightBits) +
            static_cast<std::uint64_t>(groupsOf(quant, linear)) * (kScaleBytes + kZeroBytes));
}

RunPlan planRun(const RunConfig& config, const fs::path& runsFolder) {
    throwIfInvalid(config);
    RunPlan plan;
    for (const auto& issue : validate(config))
        plan.warnings.push_back(issue.message);
    const auto model = checkpoint::Checkpoint::open(config.model);
    plan.model = families::summarize(*model);
    families::requireUsable(model);
    chooseModules(config.quant, plan);
    countBytes(config.quant, plan);
    if (!config.calib.source.empty()) { // validate() demanded one where the method needs it
        const auto lines = calibration::loadCalibration(config.calib);
        plan.calibrationLines = lines.calibration.size();
        plan.heldoutLines = lines.heldout.size();
    }
    requireRoom(runsFolder, plan.quantizedBytes);
    return plan;
}

}
