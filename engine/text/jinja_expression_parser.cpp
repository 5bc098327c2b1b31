#include "engine/text/jinja_expression_parser.h"

#include "engine/text/jinja_filters.h"

namespace vlmptq::text::jinja {

namespace {

constexpr int nodesPerTag =
    500; // bounds the depth of the tree, and the stack that parsing and rendering need

}

ExpressionPtr ExpressionParser::parseExpression() {
    auto value = parseOr();
    while (takeName("if")) {
        auto condition = parseOr();
        auto otherwise = takeName("else") ? parseExpression() : nullptr;
        value = make(Conditional{std::move(condition), std::move(value), std::move(otherwise)});
    }
    return value;
}

ExpressionPtr ExpressionParser::parseOr() {
    auto left = parseAnd();
    while (takeName("or"))
        left = makeBinary(BinaryOp::Or, std::move(left), parseAnd());
    return left;
}

ExpressionPtr ExpressionParser::parseAnd() {
    auto left = parseNot();
    while (takeName("and"))
        left = makeBinary(BinaryOp::And, std::move(left), parseNot());
    return left;
}

ExpressionPtr ExpressionParser::parseNot() {
    if (takeName("not")) {
        countNode();
        return make(Unary{UnaryOp::Not, parseNot()});
    }
    return parseComparison();
}

std::optional<BinaryOp> ExpressionParser::takeComparison() {
    static constexpr std::pair<std::string_view, BinaryOp> symbols[] = {
        {"==", BinaryOp::Equal}, {"!=", BinaryOp::NotEqual},     {"<=", BinaryOp::LessEqual},
        {"<", BinaryOp::Less},   {">=", BinaryOp::GreaterEqual}, {">", BinaryOp::Greater}};
    for (const auto& [symbol, op] : symbols)
        if (takeSymbol(symbol))
            return op;
    if (takeName("in"))
        return BinaryOp::In;
    if (isName("not") && next().kind == TokenKind::Name && next().text == "in") {
        take();
        take();
        return BinaryOp::NotIn;
    }
    return std::nullopt;
}

ExpressionPtr ExpressionParser::parseComparison() {
    auto left = parseSum();
    const auto op = takeComparison();
    if (!op)
        return left;
    auto result = makeBinary(*op, std::move(left), parseSum());
    if (takeComparison())
        fail("a chain of comparisons is not supported.");
    return result;
}

ExpressionPtr ExpressionParser::parseSum() {
    auto left = parseConcat();
    while (isSymbol("+") || isSymbol("-")) {
        const auto op = take().text == "+" ? BinaryOp::Add : BinaryOp::Subtract;
        left = makeBinary(op, std::move(left), parseConcat());
    }
    return left;
}

ExpressionPtr ExpressionParser::parseConcat() {
    auto left = parseProduct();
    while (takeSymbol("~"))
        left = makeBinary(BinaryOp::Concat, std::move(left), parseProduct());
    return left;
}

ExpressionPtr ExpressionParser::parseProduct() {
    auto left = parseUnary();
    while (takeSymbol("%"))
        left = makeBinary(BinaryOp::Modulo, std::move(left), parseUnary());
    for (const char* symbol : {"*", "/", "//", "**"})
        if (isSymbol(symbol))
            fail(std::string("the operator '") + symbol + "' is not supported.");
    return left;
}

ExpressionPtr ExpressionParser::parseUnary() {
    countNode();
    if (takeSymbol("-"))
        return make(Unary{UnaryOp::Minus, parseUnary()});
    auto value = parsePrimary();
    while (true) {
        if (takeSymbol("."))
            value = parseAttribute(std::move(value));
        else if (takeSymbol("["))
            value = parseSubscript(std::move(value));
        else if (takeSymbol("|"))
            value = parseFilter(std::move(value));
        else if (takeName("is"))
            value = parseTest(std::move(value));
        else if (isSymbol("("))
            fail("calling this value is not supported.");
        else
            return value;
    }
}

ExpressionPtr ExpressionParser::parseAttribute(ExpressionPtr object) {
    if (current().kind != TokenKind::Name && current().kind != TokenKind::Integer)
        fail("an attribute is missing after '.'.");
    const auto token = take();
    if (isSymbol("("))
        fail("the method '" + token.text + "()' is not supported.");
    auto key = token.kind == TokenKind::Name ? Json(token.text) : Json(std::stoll(token.text));
    return make(Subscript{std::move(object), make(Constant{std::move(key)})});
}

ExpressionPtr ExpressionParser::parseSubscript(ExpressionPtr object) {
    ExpressionPtr parts[3];
    std::size_t colons = 0;
    while (!isSymbol("]")) {
        if (takeSymbol(":")) {
            if (++colons > 2)
                fail("a slice has at most two ':'.");
        } else if (parts[colons]) {
            fail("']' is missing.");
        } else {
            parts[colons] = parseExpression();
        }
    }
    take();
    if (colons > 0)
        return make(Slice{std::move(object), std::move(parts[0]), std::move(parts[1]), std::move(parts[2])});
    if (!parts[0])
        fail("an index is missing in '[]'.");
    return make(Subscript{std::move(object), std::move(parts[0])});
}

ExpressionPtr ExpressionParser::parseFilter(ExpressionPtr input) {
    const auto name = expect(TokenKind::Name, "a filter").text;
    if (!isFilter(name))
        fail("the filter '" + name + "' is not supported.");
    auto arguments = isSymbol("(") ? parseArguments() : Expressions{};
    return make(Filter{name, std::move(input), std::move(arguments)});
}

ExpressionPtr ExpressionParser::parseTest(ExpressionPtr input) {
    const bool isNegated = takeName("not");
    const auto name = expect(TokenKind::Name, "a test").text;
    if (!isTest(name))
        fail("the test 'is " + name + "' is not supported.");
    Expressions arguments;
    if (isSymbol("("))
        arguments = parseArguments();
    else if (testTakesArgument(name))
        arguments.push_back(parsePrimary());
    return make(Test{name, std::move(input), std::move(arguments), isNegated});
}

Expressions ExpressionParser::parseArguments() {
    expectSymbol("(");
    return parseItems(")");
}

Expressions ExpressionParser::parseItems(std::string_view closing) {
    Expressions items;
    while (!takeSymbol(closing)) {
        if (current().kind == TokenKind::Name && next().kind == TokenKind::Symbol && next().text == "=")
            fail("the named argument '" + current().text + "' is not supported.");
        items.push_back(parseExpression());
        if (!isSymbol(closing))
            expectSymbol(",");
    }
    return items;
}

ExpressionPtr ExpressionParser::parsePrimary() {
    countNode();
    const auto token = take();
    switch (token.kind) {
    case TokenKind::String:
        return parseString(token.text);
    case TokenKind::Integer:
        return make(Constant{std::stoll(token.text)});
    case TokenKind::Name:
        return parseName(token.text);
    case TokenKind::Symbol:
        break;
    default:
        fail("an expression is missing.");
    }
    if (token.text == "[")
        return make(List{parseItems("]")});
    if (token.text == "{")
        fail("a dictionary is not supported.");
    if (token.text != "(")
        fail("'" + token.text + "' is not expected here.");
    auto inner = parseExpression();
    if (isSymbol(","))
        fail("a tuple is not supported.");
    expectSymbol(")");
    return inner;
}

ExpressionPtr ExpressionParser::parseString(std::string text) { // neighbouring texts are one, as in Python
    while (current().kind == TokenKind::String)
        text += take().text;
    return make(Constant{std::move(text)});
}

ExpressionPtr ExpressionParser::parseName(const std::string& name) {
    if (name == "true" || name == "True")
        return make(Constant{true});
    if (name == "false" || name == "False")
        return make(Constant{false});
    if (name == "none" || name == "None")
        return make(Constant{nullptr});
    for (const char* word : {"and", "or", "not", "in", "is", "if", "else"})
        if (name == word)
            fail("'" + name + "' is not expected here.");
    if (!isSymbol("("))
        return make(Name{name});
    if (name == "namespace")
        return parseNamespace();
    if (name != "raise_exception")
        fail("the function '" + name + "()' is not supported.");
    auto arguments = parseArguments();
    if (arguments.size() != 1)
        fail("raise_exception() takes one text.");
    return make(Raise{std::move(arguments[0])});
}

ExpressionPtr ExpressionParser::parseNamespace() {
    expectSymbol("(");
    Namespace result;
    while (!takeSymbol(")")) {
        const auto key = expect(TokenKind::Name, "a name").text;
        expectSymbol("=");
        result.values.emplace_back(key, parseExpression());
        if (!isSymbol(")"))
            expectSymbol(",");
    }
    return make(std::move(result));
}

ExpressionPtr ExpressionParser::makeBinary(BinaryOp op, ExpressionPtr left, ExpressionPtr right) {
    return make(Binary{op, std::move(left), std::move(right)});
}

void ExpressionParser::countNode() {
    if (++m_nodes > nodesPerTag)
        fail("the expression is too long.");
}

}
