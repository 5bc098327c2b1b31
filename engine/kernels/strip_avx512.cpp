#define VLMPTQ_VECTOR_BYTES 64
#include "engine/kernels/strip_table.h"

namespace vlmptq::kernels {

extern const StripKernels<float> kAvx512Float;
extern const StripKernels<double> kAvx512Double;
const StripKernels<float> kAvx512Float = stripTable<float>();
const StripKernels<double> kAvx512Double = stripTable<double>();

}
