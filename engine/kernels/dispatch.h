// dispatch.h - which instruction set the kernels use: the best one the processor has, or the one named by the
// environment variable VLMPTQ_KERNELS (generic | avx2 | avx512). Chosen once, on first use. Any thread.
#pragma once
#include "engine/kernels/strip_kernels.h"

#include <string_view>
#include <vector>

namespace vlmptq::kernels {

enum class Isa { Generic, Avx2, Avx512 };

std::string_view toString(Isa);
std::vector<Isa> supportedIsas(); // of this processor, worst first
// Throws Error (BadOption) when VLMPTQ_KERNELS names a set that is unknown or that this processor lacks.
Isa activeIsa();
template <class T>
const StripKernels<T>& stripKernels(Isa); // float, double
template <class T>
const StripKernels<T>& stripKernels() {
    return stripKernels<T>(activeIsa());
}

}
