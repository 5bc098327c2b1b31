// quantize.h - one weight matrix through any method: W [Co, Ci] and its group's Gram in, codes, scales, zeros
// and the diagnostics out (method.md 5-8). A group's factorisation (L, P, C) is shared by its modules.
// Precision follows QuantConfig::precision; results do not depend on the number of threads. All tensors are
// on the CPU.
#pragma once
#include "engine/core/config.h"
#include "engine/core/records.h"
#include "engine/quant/gram.h"
#include "engine/workers.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace vlmptq::quant {

// L, P, C, order and damping of one module group; in permuted order under act-order.
struct Factors {
    at::Tensor lower;    // L [Ci, Ci], (H + damping)^-1 = L L^T; undefined when no factorisation succeeded
    at::Tensor residual; // P [Ci, Ci], strictly upper; undefined without P
    at::Tensor
        correction; // C [Ci]; computed whenever P is (applied only by methods with C); undefined without P
    at::Tensor permutation; // [Ci] int64: original column at each position; undefined: identity
    at::Tensor dead;        // [Ci] bool, original order
    double dampUsed = 0;
    int retries = 0;
    bool usedFloat64 = false;
};
// Never throws for numerical trouble: with every damping step failed, `lower` is undefined (callers fall back
// to RTN).
Factors factorize(const Gram&, const QuantConfig&, Workers&, std::stop_token = {});

struct QuantizedMatrix {
    at::Tensor codes;       // [Co, Ci] uint8, unsigned 0 … 2^b - 1 (symmetric: signed code + 2^(b-1))
    at::Tensor scale, zero; // [Co, G] float32 and uint8 (symmetric: 2^(b-1)); original column order
    at::Tensor groupIndex;  // [Ci] int32; undefined: column / group size
    at::Tensor dequantized; // W^ [Co, Ci] float32 = scale * (code - zero)
    std::optional<double> awareness;
    std::vector<MuPoint> muCurve;
    at::Tensor importance; // M [Ci] original order, or undefined
    at::Tensor extraLoss;  // [Ci] float32, original order; undefined without P (method.md 9.2)
    double saturatedShare = 0;
    bool fellBackToRtn = false;
    std::string trouble; // why it fell back, one sentence; empty: nothing happened
    double muSearchSeconds = 0, solveSeconds = 0;
    std::vector<MatrixMemory> memory; // method.md 14: formula beside measured tensor bytes
};

struct Problem {
    at::Tensor weight;          // [Co, Ci], any float dtype; copied, never changed
    const Gram* gram = nullptr; // null: a method without calibration
    const Factors* factors = nullptr;
    const MuSearchData* muData = nullptr; // null: the whole Gram (mu_samples = all)
    at::Tensor
        deltaSum; // dX dX^T [Ci, Ci] with 2/n for absolute mu losses over the whole Gram; may be undefined
    std::string name; // for messages
};

using MuCallback = std::function<void(const MuPoint&, int candidate, int candidates)>;

// Throws Error (BadInput) when the group size does not divide Ci, naming the module; Error (Stopped) on a
// stop.
QuantizedMatrix quantizeMatrix(const Problem&, const QuantConfig&, Workers&, const MuCallback& = {},
                               std::stop_token = {});

// tr(E H E^T) + 2 sum(E * (W D)) + tr(W S W^T), E = W - W^ (method.md 8.2); the last term only with
// `deltaSum`.
double reconstructionLoss(const at::Tensor& weight, const at::Tensor& dequantized, const at::Tensor& hessian,
                          const at::Tensor& cross, const at::Tensor& deltaSum);

}
