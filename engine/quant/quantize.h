// quantize.h - one weight matrix through any method: W [Co, Ci] and its group's Gram in, codes, scales, zeros
// and the diagnostics out (method.md 5-8). A group's factorisation (L, P, C) is shared by its modules.
// Precision follows QuantConfig::precision; results do not depend on the number of threads. All tensors are
// on the CPU.
#pragma once
#include "engine/calibration/gram.h"
#include "engine/core/config.h"
#include "engine/core/records.h"
#include "engine/workers.h"

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace vlmptq::quant {

using calibration::Gram;

// L, P, C, order and damping of one module group; in permuted order under act-order.
struct Factors {
    at::Tensor lower;    // L [Ci, Ci], (H + damping)^-1 = L L^T; undefined when no factorisation succeeded
    at::Tensor residual; // P [Ci, Ci], strictly upper; undefined without P. With R: P - R
    at::Tensor originalResidual; // R (or P under originalResidual): driven by the original weights
    at::Tensor
        correction; // C [Ci]; computed whenever P is (applied only by methods with C); undefined without P
    at::Tensor permutation; // [Ci] int64: original column at each position; undefined: identity
    at::Tensor regression;  // K = D H^-1 [Ci, Ci], original order; undefined: not needed, or D = 0
    at::Tensor damped;      // H + damping [Ci, Ci], original order; undefined: nothing is refined
    at::Tensor dead;        // [Ci] bool, original order
    at::Tensor diagonal;    // of H as accumulated [Ci], original order
    bool sumsAreFinite = true;
    double dampUsed = 0;
    int retries = 0;
    bool usedFloat64 = false;
};
// Never throws for numerical trouble: with every damping step failed, `lower` is undefined (callers fall back
// to RTN).
Factors factorize(const Gram&, const QuantConfig&, Workers&, const std::stop_token& = {});
// The same bits, but H and D are used up (undefined afterwards): at most three [Ci, Ci] matrices exist at a
// time (method.md 14), as long as the first factorisation succeeds in the precision of the sums.
Factors factorizeConsuming(Gram&, const QuantConfig&, Workers&, const std::stop_token& = {});

struct QuantizedMatrix {
    at::Tensor codes;       // [Co, Ci] uint8, unsigned 0 … 2^b - 1 (symmetric: signed code + 2^(b-1))
    at::Tensor scale, zero; // [Co, G] float32 and uint8 (symmetric: 2^(b-1)); original column order
    at::Tensor groupIndex;  // [Ci] int32; undefined: column / group size
    at::Tensor dequantized; // W^ [Co, Ci] float32 = scale * (code - zero)
    std::optional<double> awareness;
    std::vector<MuPoint> muCurve;
    std::optional<double> retarget; // strength a of the target
    std::vector<double> refinement; // tr(E H E^T) before, and after every pass; empty: not refined
    at::Tensor importance;          // M [Ci] original order, or undefined
    at::Tensor extraLoss;           // [Ci] float32, original order; undefined without P (method.md 9.2)
    double saturatedShare = 0;
    bool fellBackToRtn = false;
    std::string trouble; // why it fell back, one sentence; empty: nothing happened
    double muSearchSeconds = 0, solveSeconds = 0;
    std::vector<MatrixMemory> memory; // method.md 14: formula beside measured tensor bytes
};

// What candidates for mu are judged on: the first k samples. Either their sums (2/k), cross and delta
// undefined when the streams are equal, or the inputs themselves.
struct MuSearchData {
    at::Tensor hessian, cross, delta; // H, D, dX dX^T [Ci, Ci]
    at::Tensor x, xFull;              // [T, Ci], with hessian undefined; xFull undefined: streams equal
    std::int64_t samples = 0;
};

// Another part of the calibration samples, to choose settings of one matrix on: factors of the larger part,
// sums of the smaller one (with dX dX^T).
struct Fold {
    Factors factors;
    Gram judge;
};

struct Problem {
    at::Tensor weight;          // [Co, Ci], any float dtype; copied, never changed
    const Gram* gram = nullptr; // null: a method without calibration; H and D may be used up where the
                                // factors are given and muData too or nothing is searched
    const Factors* factors = nullptr;
    const MuSearchData* muData = nullptr; // null: the whole Gram (mu_samples = all)
    std::string name;                     // for messages
    const Fold* fold = nullptr;           // for a strength of the target that is chosen; null: kUsualRetarget
};

inline constexpr double kUsualRetarget = 0.5;
inline constexpr std::array kRetargets{0.0, 0.25, 0.5, 0.75, 1.0};

using MuCallback = std::function<void(const MuPoint&, int candidate, int candidates)>;

// Throws Error (BadInput) when the group size does not divide Ci, naming the module; Error (Stopped) on a
// stop.
QuantizedMatrix quantizeMatrix(const Problem&, const QuantConfig&, Workers&, const MuCallback& = {},
                               std::stop_token = {});

// tr(E H E^T) + 2 sum(E * (W D)) + tr(W S W^T), E = W - W^, S = dX dX^T (method.md 8.2); the last term only
// where the Gram has it.
double reconstructionLoss(const at::Tensor& weight, const at::Tensor& dequantized, const Gram&);

}
