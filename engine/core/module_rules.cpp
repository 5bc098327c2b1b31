#include "engine/core/module_rules.h"

#include "engine/core/error.h"
#include "engine/core/text.h"

#include <algorithm>

namespace vlmptq {

bool isLeftOut(const QuantConfig& quant, const std::string& module) {
    return std::any_of(quant.skip.begin(), quant.skip.end(),
                       [&](const std::string& pattern) { return globMatches(pattern, module); });
}

std::vector<bool> chooseLeftOut(const QuantConfig& quant, const std::vector<std::string>& modules) {
    for (const auto& pattern : quant.skip)
        if (std::none_of(modules.begin(), modules.end(),
                         [&](const std::string& module) { return globMatches(pattern, module); }))
            throw Error(ErrorKind::BadInput, "E-PLAN-02",
                        "The pattern '" + pattern + "' matches none of the " +
                            std::to_string(modules.size()) + " modules that can be quantized.",
                        "Names look like " + modules.front() + "; * stands for anything.");
    std::vector<bool> leftOut;
    for (const auto& module : modules)
        leftOut.push_back(isLeftOut(quant, module));
    if (std::find(leftOut.begin(), leftOut.end(), false) == leftOut.end())
        throw Error(ErrorKind::BadInput, "E-PLAN-03", "Every module is left out: nothing would be quantized.",
                    "Give narrower patterns.");
    return leftOut;
}

void requireGroupDivides(int groupSize, const std::string& module, std::int64_t columns) {
    if (groupSize < 0 || columns % groupSize == 0)
        return;
    int nearest = groupSize;
    while (nearest > 1 && columns % nearest != 0)
        --nearest;
    throw Error(ErrorKind::BadInput, "E-PLAN-01",
                "Group size " + std::to_string(groupSize) + " does not divide the " +
                    std::to_string(columns) + " input channels of " + module + ".",
                "Use " + std::to_string(nearest) +
                    ", or one group per output channel (-1), or leave this module out.");
}

}
