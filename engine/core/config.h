// config.h - the settings of a run as plain values, with the defaults of the paper. They are stored with the
// run, are part of its fingerprint, and are what `--print-config` and "Copy as command" show. No file is
// touched here: rules that need the model or the data are checked where those are opened. Source: method.md
// 7, interface.md 4 and 11.
#pragma once
#include "engine/core/methods.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vlmptq {

enum class MuEval { Rtn, Sweep };          // how a candidate mu is judged (method.md 8.1)
enum class MNorm { Sum, Mean };            // h_v, h_l as raw sums or per-token means (A2)
enum class Precision { Float32, Float64 }; // of Grams, factorisation and sweep
enum class SampleOrder { File, Seeded };   // which calibration lines are taken
enum class ComputeDtype { Auto, Float32, BFloat16 };

// Their names in options, JSON and the database; an unknown name is an Error (BadOption) that lists the known
// ones.
std::string_view toString(MuEval);       // rtn | sweep
std::string_view toString(MNorm);        // sum | mean
std::string_view toString(Precision);    // float32 | float64
std::string_view toString(SampleOrder);  // file | seeded
std::string_view toString(ComputeDtype); // auto | float32 | bfloat16
MuEval muEvalNamed(std::string_view);
MNorm mNormNamed(std::string_view);
Precision precisionNamed(std::string_view);
SampleOrder sampleOrderNamed(std::string_view);
ComputeDtype computeDtypeNamed(std::string_view);

struct QuantConfig {
    std::string method = "vlmptq";
    int weightBits = 3;
    int groupSize = -1; // input channels per group; -1: one group per output channel
    bool symmetric = false;
    std::optional<Ranges> ranges; // absent: the method's own
    std::optional<TailMode> mode; // absent: the method's own
    double dampRatio = 0.01;      // lambda, relative to mean(diag(H))
    double alpha = 0.25;          // strength of P and C
    double returnAlpha = 0.25;    // strength of R (ResComp)
    // Rotation and simulated quantizers of activations and key/value cache (method.md 13); 16 bits: none.
    bool rotate = false;
    std::uint64_t rotationSeed = 0;
    int activationBits = 16, cacheBits = 16;
    bool activationSymmetric = false;
    double activationClip = 0.9, cacheClip = 0.95;
    bool calibrateWithActivations = true; // the quantized stream has the input quantizers
    // Beyond the paper; absent: the method's own.
    bool originalResidual = false;      // P is driven by the original weights (method.md 17.3)
    std::optional<double> retarget;     // strength a of W + a W D H^-1, 0 to 1; absent: chosen per module
    std::optional<int> refinePasses;    // of coordinate descent over the codes
    bool fitScales = false;             // closed-form fit of the scales after every pass
    std::optional<double> answerWeight; // how often a token that predicts the answer counts
    int blockSize = 128;
    std::optional<bool> actOrder, staticGroups; // absent: the method's own
    std::vector<double> muGrid{0.0, 0.2, 0.4, 0.6, 0.8, 1.0};
    int muSamples = 16; // calibration samples a candidate is judged on; 0: all
    MuEval muEval = MuEval::Rtn;
    MNorm mNorm = MNorm::Sum;
    double mPow = 2.0;     // exponent of the weighted range search (A1)
    double rangePow = 2.4; // exponent of the unweighted one
    Precision precision = Precision::Float32;
    std::vector<std::string> skip; // globs of modules left in full precision

    Ranges effectiveRanges() const;
    TailMode effectiveMode() const;
    bool effectiveActOrder() const;
    bool effectiveStaticGroups() const;
    int effectiveRefinePasses() const;
    double effectiveAnswerWeight() const;
    // D H^-1 is needed: by the target itself, or by what refinement compares with.
    bool needsRegression() const;
};

struct CalibConfig {
    std::string source; // JSONL / JSON file, or a folder that holds one
    int samples = 128;
    int heldout = 32;
    SampleOrder order = SampleOrder::File;
    std::uint64_t seed = 0;
    int maxTokens = 2048; // longer sequences are cut after the image, never inside it
    bool allowTextOnly = false;
};

struct DeviceConfig {
    std::string device = "auto"; // auto | cpu | cuda:N
    ComputeDtype computeDtype = ComputeDtype::Auto;
    int threads = 0; // 0: all cores (command line) or cores - 1 (Studio)
    std::uint64_t activationBudgetBytes =
        0; // RAM for activations before they go to disk; 0: half of what is free
};

struct RunConfig {
    std::string model; // checkpoint folder
    std::string name;  // shown; empty: made from model, method and bits
    std::vector<std::string> tags;
    QuantConfig quant;
    CalibConfig calib;
    DeviceConfig device;
};

struct ConfigIssue {
    std::string field;   // "quant.weightBits"
    std::string message; // one sentence with the allowed values
    bool isError = true; // false: a warning
};

inline constexpr int kMaxMuSteps = 41;

// Rules that need neither model nor data (bits 2..8, 0 <= alpha <= 1, mu in [0, 1], ...). Empty: fine.
std::vector<ConfigIssue> validate(const QuantConfig&);
std::vector<ConfigIssue> validate(const CalibConfig&);
std::vector<ConfigIssue> validate(const DeviceConfig&);
std::vector<ConfigIssue> validate(const RunConfig&);
void throwIfInvalid(const RunConfig&); // the first error as Error (BadOption)

// "from:to:steps" (0:1:6), "6", "11" or a list "0,0.5,1"; throws Error (BadOption).
std::vector<double> parseMuGrid(const std::string& text);
// from + i (to - from) / (steps - 1)
std::vector<double> muGrid(double from, double to, int steps);

std::string schemeText(const QuantConfig&); // "W3A16 g128"
std::string defaultRunName(const RunConfig&);

void to_json(nlohmann::json&, const RunConfig&);
void from_json(const nlohmann::json&,
               RunConfig&); // unknown keys are ignored, missing ones keep their default

}
