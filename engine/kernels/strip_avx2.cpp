#define VLMPTQ_VECTOR_BYTES 32
#include "engine/kernels/strip_table.h"

namespace vlmptq::kernels {

extern const StripKernels<float> kAvx2Float;
extern const StripKernels<double> kAvx2Double;
const StripKernels<float> kAvx2Float = stripTable<float>();
const StripKernels<double> kAvx2Double = stripTable<double>();

}
