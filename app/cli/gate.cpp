#include "app/cli/gate.h"

#include "app/cli/settings.h"
#include "engine/core/error.h"
#include "engine/core/text.h"

#include <algorithm>

namespace vlmptq::cli {
namespace {

std::string trimmed(const std::string& text) {
    const auto begin = text.find_first_not_of(' ');
    return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

}

Gate Gate::parse(const std::string& text, const std::vector<std::string>& known) {
    const auto at = text.find_first_of("<>");
    if (at == std::string::npos)
        throw Error(ErrorKind::BadOption, "E-OPT-15", "Option --fail-if: '" + text + "' holds no comparison.",
                    "Write it like '" + known.front() + ">0.01'.");
    Gate gate;
    gate.text = trimmed(text);
    gate.comparison = text.substr(at, at + 1 < text.size() && text[at + 1] == '=' ? 2 : 1);
    gate.field = trimmed(text.substr(0, at));
    gate.limit = realNumber("fail-if", trimmed(text.substr(at + gate.comparison.size())));
    if (std::find(known.begin(), known.end(), gate.field) == known.end())
        throw Error(ErrorKind::BadOption, "E-OPT-15", "Option --fail-if: '" + gate.field + "' is not known.",
                    knownNamesHint(gate.field, known));
    return gate;
}

bool Gate::isTripped(double value) const {
    if (comparison == ">")
        return value > limit;
    if (comparison == ">=")
        return value >= limit;
    return comparison == "<" ? value < limit : value <= limit;
}

}
