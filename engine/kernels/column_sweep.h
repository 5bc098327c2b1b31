// column_sweep.h - the column sweep of GPTQ and its descendants with lazy block updates (method.md 6), on
// plain arrays. Strips of rows are dealt out to the workers; the result does not depend on their number.
// Columns are in sweep order (permuted under act-order). Optional inputs are null pointers: a method is the
// set of terms it gives. Instantiated for float and double.
#pragma once
#include "engine/core/methods.h"
#include "engine/kernels/range_search.h"
#include "engine/workers.h"

#include <stop_token>

namespace vlmptq::kernels {

template <class T>
struct ColumnSweep {
    const T* weight = nullptr; // [rows, columns], dense; dead columns zeroed
    std::int64_t rows = 0, columns = 0, blockSize = 128;
    const T* upper = nullptr;            // U = L^T [columns, columns]
    const T* residual = nullptr;         // P, driven by the weights as they are when their column is reached
    const T* originalResidual = nullptr; // strictly upper, driven by `weight`: W[:, k] += w0_j B[j, k]
    const T* correction = nullptr;       // C [columns]
    bool appliesCorrection = false;      // false: C only feeds extraLoss
    TailMode mode = TailMode::Org;

    CodeRange range;
    std::int64_t groups = 1;
    const std::int32_t* groupOf = nullptr; // [columns] group of each column
    T *scale = nullptr, *zero = nullptr;   // [rows, groups]; read, or written when groups are dynamic
    // Dynamic groups: ranges are searched when the sweep reaches a group's first column; groupOf[j] == j /
    // groupSize.
    bool dynamicGroups = false;
    std::int64_t groupSize = 0;
    RangeRule rule;
    const T* importance = nullptr; // [columns], sweep order

    std::uint8_t* codes = nullptr; // [rows, columns], written: code - low
    double* extraLoss = nullptr;   // [columns], written when correction is given; may be null
};

// False: a weight became NaN or infinite. Throws Error (Stopped) within one block of columns.
template <class T>
bool sweepColumns(const ColumnSweep<T>&, Workers&, std::stop_token);

// Working memory of one thread (W_b, E_b, codes, packed blocks), for the memory table.
template <class T>
std::uint64_t sweepScratchBytes(const ColumnSweep<T>&);

}
