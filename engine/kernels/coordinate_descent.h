// coordinate_descent.h - one pass over all columns of a quantized matrix: every code goes to its best value
// while the others stay, so that ||(W - W^) X||^2 = tr(E H E^T) never grows (method.md 17.9). On plain
// arrays; strips of rows are dealt out to the workers, and the result does not depend on their number.
// Instantiated for float and double.
#pragma once
#include "engine/kernels/strip_kernels.h"
#include "engine/workers.h"

#include <stop_token>

namespace vlmptq::kernels {

template <class T>
struct CoordinateDescent {
    std::int64_t rows = 0, columns = 0, blockSize = 128;
    const T* hessian = nullptr; // [columns, columns], symmetric, positive diagonal
    T* gradient = nullptr;      // (W - W^) H [rows, columns], read and written
    CodeRange range;
    std::int64_t groups = 1;
    const T *scale = nullptr, *zero = nullptr; // [rows, groups]
    const std::int32_t* groupOf = nullptr;     // [columns]
    std::uint8_t* codes = nullptr;             // [rows, columns], code - low; read and written
};

// Throws Error (Stopped) within one block of columns; codes and gradient are then worthless.
template <class T>
void descend(const CoordinateDescent<T>&, Workers&, std::stop_token);

}
