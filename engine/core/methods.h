// methods.h - the registry of quantization methods. A method is a composition (target, ranges, order, sweep),
// never a class of its own: what differs between them is data. `vlmptq methods` and the Studio list exactly
// this table. Immutable, any thread. Source: method.md section 7.
#pragma once
#include <span>
#include <string>
#include <string_view>

namespace vlmptq {

// How scale and zero of a row (or a group of it) are searched (method.md 3).
enum class Ranges {
    MinMax,   // plain minimum and maximum
    Mse,      // |w - q(w)|^2.4, unweighted
    DiagH,    // weighted by diag(H), squared error
    Modality, // weighted by M = mu h_v + (1 - mu) h_l (Eq. 23), squared error, mu searched per matrix
};

// Which weights drive the residual in the tail of a block (method.md 6).
enum class TailMode { Org, AllW, AllWClamp };

struct MethodRecipe {
    bool usesCalibration = false; // needs Grams; false only for RTN
    bool sweeps = false;          // column sweep with error compensation (GPTQ)
    bool usesResidual = false;    // P: propagates the stream difference (GPTAQ)
    bool usesCorrection = false;  // C: closed-form correction of the rounding target (Eq. 18)
    Ranges ranges = Ranges::Mse;
    TailMode mode = TailMode::Org;
    bool returnsToOriginal = false; // R: takes compensation itself for a residual to undo (ResComp)
    bool retargets = false; // sweeps W + a W D H^-1, the exact target of the asymmetric objective (17.7)
    // Settings a method brings along; a run may choose others.
    bool ordersByDiagonal = false; // act-order, with static groups
    int refinePasses = 0;          // coordinate descent after the sweep
    double answerWeight = 1;       // how often a token that predicts the answer counts in H, D, h_l
    bool isOfThePaper = true;      // compared in the paper; false: beyond it
};

struct MethodInfo {
    std::string_view name;    // as in the command line, database, JSON and goldens: "vlmptq_c"
    std::string_view title;   // as shown: "VLM-PTQ (C only)"
    std::string_view summary; // one sentence
    MethodRecipe recipe;
};

std::span<const MethodInfo> methods();
const MethodInfo& methodNamed(std::string_view name); // throws Error (BadOption) with the known names

std::string_view toString(Ranges);
std::string_view toString(TailMode);
Ranges rangesNamed(std::string_view);     // minmax | mse | diag-h | modality
TailMode tailModeNamed(std::string_view); // org | allw | allw_clamp

}
