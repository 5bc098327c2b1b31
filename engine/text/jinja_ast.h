// jinja_ast.h - the tree of a parsed template: plain data, immutable after parsing.
#pragma once
#include <nlohmann/json.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace vlmptq::text::jinja {

using Json = nlohmann::ordered_json;

struct Expression;
using ExpressionPtr = std::unique_ptr<Expression>;
using Expressions = std::vector<ExpressionPtr>;

enum class BinaryOp {
    And,
    Or,
    Add,
    Subtract,
    Modulo,
    Concat,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    In,
    NotIn
};
enum class UnaryOp { Not, Minus };

struct Constant {
    Json value;
};
struct Name {
    std::string name;
};
struct List {
    Expressions items;
};
struct Subscript {
    ExpressionPtr object, index;
}; // a[b] and a.b
struct Slice {
    ExpressionPtr object, from, to, step;
}; // absent parts are null
struct Unary {
    UnaryOp op;
    ExpressionPtr operand;
};
struct Binary {
    BinaryOp op;
    ExpressionPtr left, right;
};
struct Conditional {
    ExpressionPtr condition, value, otherwise;
}; // no else: null
struct Namespace {
    std::vector<std::pair<std::string, ExpressionPtr>> values;
};
struct Raise {
    ExpressionPtr message;
};
struct Filter {
    std::string name;
    ExpressionPtr input;
    Expressions arguments;
};
struct Test {
    std::string name;
    ExpressionPtr input;
    Expressions arguments;
    bool isNegated = false;
};

struct Expression {
    int line = 0;
    std::variant<Constant, Name, List, Subscript, Slice, Unary, Binary, Conditional, Namespace, Raise, Filter,
                 Test>
        node;
};

struct Statement;
using Block = std::vector<Statement>;

struct Text {
    std::string text;
};
struct Output {
    ExpressionPtr value;
};
struct Branch {
    ExpressionPtr condition;
    Block body;
};
struct If {
    std::vector<Branch> branches;
    Block otherwise;
};
struct For {
    std::string variable;
    ExpressionPtr items, condition;
    Block body, otherwise;
};
struct Set {
    std::string variable;
    std::optional<std::string> attribute;
    ExpressionPtr value;
};

struct Statement {
    int line = 0;
    std::variant<Text, Output, If, For, Set> node;
};

}
