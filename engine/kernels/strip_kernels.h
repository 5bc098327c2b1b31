// strip_kernels.h - the innermost loops of quantization, one table of functions per instruction set
// (dispatch.h). They work on a strip: some rows (output channels) of a matrix, stored column by column with
// the rows side by side, so that one SIMD register holds the same column of several rows. `stride` is the
// number of rows of the strip, padded to kStripGranule. All arithmetic of a row stays in its lane and follows
// one order: results depend on neither the strip's width nor its neighbours. Plain types only; nothing here
// allocates, throws or keeps state. Any thread.
#pragma once
#include <cstdint>

namespace vlmptq::kernels {

inline constexpr std::int64_t kStripGranule = 32; // rows; a multiple of every tile height
inline constexpr std::int64_t kTailColumns =
    48; // columns that updateTail packs at once; strips are padded by as many

// The integer grid: codes low..high, dequantized as scale * (code - zero). Symmetric grids have zero == 0.
struct CodeRange {
    int low = 0, high = 0;
    bool symmetric = false;
    int maxCode() const {
        return symmetric ? high : high - low;
    } // divides the range into steps (method.md 2)
};

// Scale and zero of every row of a strip for one group of columns (method.md 3).
template <class T>
struct RangeTask {
    const T* values = nullptr; // [columns][stride]
    std::int64_t columns = 0, stride = 0;
    const T* importance = nullptr; // [columns]; null: unweighted
    double power = 2.4;
    int candidates = 1; // 1: plain minimum and maximum; else shrink factors 1, 0.99, ...
    CodeRange range;
    T *scale = nullptr, *zero = nullptr; // [stride], written
};

// The columns first..last-1 of a sweep: quantize one after the other, each compensated by those before it
// (method.md 6).
template <class T>
struct BlockTask {
    T* weight = nullptr; // [columns][stride]; the block's columns are updated in place
    std::int64_t stride = 0, columns = 0, first = 0, last = 0;
    const T* upper = nullptr;                  // U [columns, columns]
    const T* residual = nullptr;               // P, strictly upper; null: none
    const T* correction = nullptr;             // C [columns]; null: none
    bool appliesCorrection = false;            // false: C is used for the extra loss only
    bool tailUsesRounded = false;              // tail mode `org`
    const T *scale = nullptr, *zero = nullptr; // [groups][stride]
    const std::int32_t* groupOf = nullptr;     // [columns]
    CodeRange range;
    std::uint8_t* codes = nullptr; // [columns][stride], code - low
    T* error = nullptr;            // E [block][stride]
    T* driver = nullptr;           // T [block][stride]: the weights that drive P in the tail
    T* extraLoss = nullptr;        // [columns], with C: sum over the strip's rows (method.md 9.2)
    bool sawNonFinite = false;     // set when a weight was NaN or infinite
};

// W[:, from:to] -= E U[first:last, from:to] - T P[first:last, from:to]
template <class T>
struct TailTask {
    T* weight = nullptr; // [columns + kTailColumns][stride]
    std::int64_t stride = 0, columns = 0, first = 0, last = 0, from = 0, to = 0;
    const T *upper = nullptr, *residual = nullptr;
    const T *error = nullptr, *driver = nullptr;
    T* scratch = nullptr; // 2 * (last - first) * kTailColumns
};

// One step of coordinate descent for each of the columns first..last-1 (method.md 17.9): every weight goes to
// the grid point that is best while the other weights stay as they are.
template <class T>
struct DescentTask {
    T* gradient = nullptr; // (W - W^) H [columns][stride]; the block's columns are kept up to date
    std::int64_t stride = 0, columns = 0, first = 0, last = 0;
    const T* hessian = nullptr;                // H [columns, columns]
    const T *scale = nullptr, *zero = nullptr; // [groups][stride]
    const std::int32_t* groupOf = nullptr;     // [columns]
    CodeRange range;
    std::uint8_t* codes = nullptr; // [columns][stride], code - low; changed
    T* change = nullptr;           // [block][stride]: what was added to W^
};

// Rounds rows stored the ordinary way (columns side by side), one group after the other.
template <class T>
struct RoundTask {
    const T* weight = nullptr; // [rows, columns] with rowStride
    std::int64_t rows = 0, columns = 0, rowStride = 0, groupSize = 0;
    const T *scale = nullptr, *zero = nullptr; // [rows, columns / groupSize]
    CodeRange range;
    std::uint8_t* codes = nullptr; // [rows, columns], written: code - low
};

template <class T>
struct StripKernels {
    void (*searchRange)(const RangeTask<T>&);
    void (*sweepBlock)(BlockTask<T>&);
    void (*updateTail)(const TailTask<T>&);
    void (*roundRows)(const RoundTask<T>&);
    void (*descendBlock)(const DescentTask<T>&);
};

}
