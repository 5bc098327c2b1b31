#define VLMPTQ_VECTOR_BYTES 16
#include "engine/kernels/strip_table.h"

namespace vlmptq::kernels {

extern const StripKernels<float> kGenericFloat;
extern const StripKernels<double> kGenericDouble;
const StripKernels<float> kGenericFloat = stripTable<float>();
const StripKernels<double> kGenericDouble = stripTable<double>();

}
