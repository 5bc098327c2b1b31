#include "engine/text/jinja_operators.h"

#include "engine/text/jinja_filters.h"

#include <algorithm>

namespace vlmptq::text::jinja {

namespace {

Value joined(const std::string& left, const std::string& right) {
    if (left.size() + right.size() > textLimit)
        throw Refusal("a text grows beyond 64 MiB");
    return Value(Json(left + right));
}

[[noreturn]] void refuse(const char* op, const Value& left, const Value& right) {
    throw Refusal(std::string("'") + op + "' does not work on " + left.typeName() + " and " +
                  right.typeName());
}

Value arithmetic(BinaryOp op, const char* symbol, const Value& left, const Value& right) {
    if (!left.isInteger() || !right.isInteger())
        refuse(symbol, left, right);
    const auto a = left.integer(), b = right.integer();
    std::int64_t result = 0;
    bool fits = true;
    if (op == BinaryOp::Add) {
        fits = !__builtin_add_overflow(a, b, &result);
    } else if (op == BinaryOp::Subtract) {
        fits = !__builtin_sub_overflow(a, b, &result);
    } else {
        if (b == 0)
            throw Refusal("division by zero");
        result = b == -1 ? 0 : (a % b + b) % b; // the sign of the divisor, as in Python
    }
    if (!fits)
        throw Refusal("a number grows too large");
    return Value(Json(result));
}

int compared(const Value& left, const Value& right) {
    if (left.isString() && right.isString())
        return left.string().compare(right.string());
    if (!left.isInteger() || !right.isInteger())
        refuse("<", left, right);
    return left.integer() < right.integer() ? -1 : left.integer() > right.integer();
}

bool contains(const Value& whole, const Value& part) {
    if (whole.isString()) {
        if (!part.isString())
            refuse("in", part, whole);
        return whole.string().find(part.string()) != std::string::npos;
    }
    if (whole.isMapping())
        return part.isString() && whole.json()->contains(part.string());
    if (whole.isList())
        return part.json() &&
               std::find(whole.json()->begin(), whole.json()->end(), *part.json()) != whole.json()->end();
    if (!whole.isDefined())
        return false;
    refuse("in", part, whole);
}

}

Value applyBinary(BinaryOp op, const Value& left, const Value& right) {
    switch (op) {
    case BinaryOp::Add:
        if (left.isString() && right.isString())
            return joined(left.string(), right.string());
        return arithmetic(op, "+", left, right);
    case BinaryOp::Subtract:
        return arithmetic(op, "-", left, right);
    case BinaryOp::Modulo:
        return arithmetic(op, "%", left, right);
    case BinaryOp::Concat:
        return joined(printed(left), printed(right));
    case BinaryOp::Equal:
        return Value(Json(left == right));
    case BinaryOp::NotEqual:
        return Value(Json(!(left == right)));
    case BinaryOp::Less:
        return Value(Json(compared(left, right) < 0));
    case BinaryOp::LessEqual:
        return Value(Json(compared(left, right) <= 0));
    case BinaryOp::Greater:
        return Value(Json(compared(left, right) > 0));
    case BinaryOp::GreaterEqual:
        return Value(Json(compared(left, right) >= 0));
    case BinaryOp::In:
        return Value(Json(contains(right, left)));
    case BinaryOp::NotIn:
        return Value(Json(!contains(right, left)));
    case BinaryOp::And:
    case BinaryOp::Or:
        break; // the interpreter evaluates only what it needs of these
    }
    refuse("and/or", left, right);
}

Value negated(const Value& value) {
    if (!value.isInteger())
        throw Refusal("'-' does not work on " + value.typeName());
    return arithmetic(BinaryOp::Subtract, "-", Value(Json(0)), value);
}

Value sliced(const Value& list, std::optional<std::int64_t> from, std::optional<std::int64_t> to,
             std::int64_t step) {
    if (!list.isList())
        throw Refusal("only a list can be sliced, not " + list.typeName());
    if (step == 0)
        throw Refusal("a slice cannot have the step 0");
    const auto size = static_cast<std::int64_t>(list.length());
    const std::int64_t lowest = step > 0 ? 0 : -1, highest = step > 0 ? size : size - 1;
    const auto bound = [&](std::optional<std::int64_t> given, std::int64_t absent) {
        if (!given)
            return absent;
        return std::clamp(*given < 0 ? *given + size : *given, lowest, highest);
    };
    const auto begin = bound(from, step > 0 ? lowest : highest);
    const auto end = bound(to, step > 0 ? highest : lowest);
    Json result = Json::array();
    for (auto at = begin; step > 0 ? at < end : at > end; at += step) {
        result.push_back(*list.element(static_cast<std::size_t>(at)).json());
        if (std::abs(step) > size)
            break; // the next one lies outside, perhaps beyond what a number can hold
    }
    return Value(std::move(result));
}

}
