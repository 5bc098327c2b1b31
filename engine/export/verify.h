// verify.h - proves an export by opening it again as any user would (interface.md 7.6).
#pragma once
#include "engine/core/events.h"

#include <c10/core/ScalarType.h>

#include <filesystem>
#include <stop_token>

namespace vlmptq::exporting {

// Every tensor of `folder` equals, bit for bit, what the run's codes give in `dtype`; then both models answer
// one calibration prompt in float32, and the largest difference of their logits is returned. Throws Error
// (RunFailed) otherwise.
double verifyDense(const std::filesystem::path& folder, const std::filesystem::path& runDir,
                   at::ScalarType dtype, EventSink&, std::stop_token);

}
