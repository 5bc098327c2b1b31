#include "engine/core/methods.h"

#include "engine/core/error.h"
#include "engine/core/named.h"

#include <array>

namespace vlmptq {
namespace {

// A new method is one line here (and its own file in quant/ when it brings new arithmetic).
constexpr std::array kMethods{
    MethodInfo{"rtn",
               "RTN",
               "Rounds every weight to the nearest grid point; needs no data.",
               {.usesCalibration = false}},
    MethodInfo{"gptq",
               "GPTQ",
               "Rounds column by column and lets later columns compensate the error.",
               {.usesCalibration = true, .sweeps = true}},
    MethodInfo{
        "gptaq",
        "GPTAQ",
        "GPTQ that also compensates the difference of the quantized and the full-precision stream (P).",
        {.usesCalibration = true, .sweeps = true, .usesResidual = true}},
    MethodInfo{"vlmptq_c",
               "VLM-PTQ (C only)",
               "GPTAQ with the closed-form correction C of the rounding target.",
               {.usesCalibration = true, .sweeps = true, .usesResidual = true, .usesCorrection = true}},
    MethodInfo{"vlmptq_m",
               "VLM-PTQ (M only)",
               "GPTAQ with ranges weighted by the modality-aware importance M.",
               {.usesCalibration = true, .sweeps = true, .usesResidual = true, .ranges = Ranges::Modality}},
    MethodInfo{"vlmptq",
               "VLM-PTQ",
               "The paper's method: correction C and modality-aware ranges M together.",
               {.usesCalibration = true,
                .sweeps = true,
                .usesResidual = true,
                .usesCorrection = true,
                .ranges = Ranges::Modality}},
    MethodInfo{"rescomp",
               "ResComp",
               "GPTAQ that also counts its own compensation as a residual (R).",
               {.usesCalibration = true,
                .sweeps = true,
                .usesResidual = true,
                .mode = TailMode::AllWClamp,
                .returnsToOriginal = true}},
    MethodInfo{"retarget",
               "Re-targeted GPTQ",
               "GPTQ on the exact target of the asymmetric objective, with diag(H) ranges.",
               {.usesCalibration = true,
                .sweeps = true,
                .ranges = Ranges::DiagH,
                .retargets = true,
                .isOfThePaper = false}},
    MethodInfo{"vlm-ptq-plus",
               "VLM-PTQ plus",
               "Re-targeted GPTQ in act-order with answer tokens weighted and codes refined afterwards.",
               {.usesCalibration = true,
                .sweeps = true,
                .ranges = Ranges::DiagH,
                .retargets = true,
                .ordersByDiagonal = true,
                .refinePasses = 4,
                .answerWeight = 30,
                .isOfThePaper = false}},
};

constexpr std::array<std::string_view, 4> kRanges{"minmax", "mse", "diag-h", "modality"};
constexpr std::array<std::string_view, 3> kTailModes{"org", "allw", "allw_clamp"};

}

std::span<const MethodInfo> methods() { return kMethods; }

const MethodInfo& methodNamed(std::string_view name) {
    std::vector<std::string> known;
    for (const auto& method : kMethods) {
        if (method.name == name)
            return method;
        known.emplace_back(method.name);
    }
    throw Error(ErrorKind::BadOption, "E-OPT-02", "Method '" + std::string(name) + "' is not known.",
                knownNamesHint(name, known));
}

std::string_view toString(Ranges ranges) { return kRanges[static_cast<size_t>(ranges)]; }
std::string_view toString(TailMode mode) { return kTailModes[static_cast<size_t>(mode)]; }
Ranges rangesNamed(std::string_view name) { return enumNamed<Ranges>(kRanges, name, "Range search"); }
TailMode tailModeNamed(std::string_view name) { return enumNamed<TailMode>(kTailModes, name, "Tail mode"); }

}
