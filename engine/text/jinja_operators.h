// jinja_operators.h - arithmetic, comparison and containment of template values. Pure; throw Refusal when
// types do not fit.
#pragma once
#include "engine/text/jinja_value.h"

namespace vlmptq::text::jinja {

inline constexpr std::size_t textLimit = 64u << 20; // bytes a template may write, or hold in one value

Value applyBinary(BinaryOp, const Value& left, const Value& right); // all but And and Or
Value negated(const Value&);
// Python's list[from:to:step].
Value sliced(const Value& list, std::optional<std::int64_t> from, std::optional<std::int64_t> to,
             std::int64_t step);

}
