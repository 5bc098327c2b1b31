// jinja_filters.h - the filters and tests of the subset, by name. Pure.
#pragma once
#include "engine/text/jinja_value.h"

#include <span>
#include <stdexcept>

namespace vlmptq::text::jinja {

// What a value cannot do; the interpreter adds file and line.
struct Refusal : std::runtime_error {
    using std::runtime_error::runtime_error;
};

bool isFilter(const std::string& name);
bool isTest(const std::string& name);
bool testTakesArgument(const std::string& name);
// Throw Refusal when the value or the arguments do not fit.
Value applyFilter(const std::string& name, const Value& input, std::span<const Value> arguments);
bool applyTest(const std::string& name, const Value& input, std::span<const Value> arguments);
std::string printed(const Value&); // as {{ }} and ~ write it

}
