// module_rules.h - the rules of a run's settings against the modules of a model, said in one place for the
// checks before a run, the engine and the Studio.
#pragma once
#include "engine/core/config.h"

#include <cstdint>
#include <string>
#include <vector>

namespace vlmptq {

bool isLeftOut(const QuantConfig&, const std::string& module);
// One per module. Throws Error (BadInput): a pattern that matches none of them, or nothing is left to
// quantize.
std::vector<bool> chooseLeftOut(const QuantConfig&, const std::vector<std::string>& modules);
// Throws Error (BadInput) with the nearest size that does.
void requireGroupDivides(int groupSize, const std::string& module, std::int64_t columns);

}
