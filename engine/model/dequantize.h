// dequantize.h - from a run's codes back to weights.
#pragma once
#include "engine/checkpoint/run_folder.h"

#include <ATen/ATen.h>

namespace vlmptq::model {

// scale * (code - zero) in float32, [rows, columns]; column i belongs to group groupIndex[i], or i / group
// size.
at::Tensor dequantize(const checkpoint::QuantizedModule&);

}
