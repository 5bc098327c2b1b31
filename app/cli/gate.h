// gate.h - `--fail-if 'avg_error>0.01'`: a condition on the result that makes a finished command end with
// exit code 6.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vlmptq::cli {

inline constexpr int kGateTripped = 6;

struct Gate {
    std::string field, comparison; // > >= < <=
    double limit = 0;
    std::string text; // as it was given

    // `known`: the fields it may name. Throws Error (BadOption).
    static Gate parse(const std::string& text, const std::vector<std::string>& known);
    bool isTripped(double value) const;
};

}
