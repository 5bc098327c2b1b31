// range_search.h - scale and zero of every row and group of columns of a matrix (method.md 2 and 3). Runs on
// the calling thread; callers deal out ranges of rows. Instantiated for float and double.
#pragma once
#include "engine/kernels/strip_kernels.h"

namespace vlmptq::kernels {

// 100 steps down to 0.2 of the range, as in the published code (method.md 3.1).
inline constexpr int kRangeCandidates = 80;

struct RangeRule {
    CodeRange range;
    int candidates = kRangeCandidates; // 1: plain minimum and maximum
    double power = 2.4;
};

template <class T>
struct RangeSearch {
    const T* weight = nullptr; // [rows, columns] with rowStride
    std::int64_t rows = 0, columns = 0, rowStride = 0;
    std::int64_t groupSize = 0;    // divides columns
    const T* importance = nullptr; // [columns]; null: unweighted
    RangeRule rule;
    T *scale = nullptr,
      *zero = nullptr; // [rows, columns / groupSize], written; zero in the codes of CodeRange
};

template <class T>
void searchRanges(const RangeSearch<T>&);

}
