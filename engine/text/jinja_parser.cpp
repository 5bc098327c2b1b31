#include "engine/text/jinja_parser.h"

#include "engine/text/jinja_filters.h"
#include "engine/text/jinja_lexer.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace vlmptq::text::jinja {

namespace {

// Bounds the depth of the tree, and with it the stack that parsing and rendering need.
constexpr int nodesPerTag = 500, blockDepthLimit = 50;

class Parser {
public:
    Parser(const std::string& source, const std::string& where)
        : m_tokens(tokenize(source, where)), m_where(where) {}

    Block parseAll() { return parseBlock({}); }

private:
    // --- statements

    // Statements up to a block tag whose first word is one of `ends`, which is taken and kept in m_endWord;
    // none: up to the end of the source.
    Block parseBlock(std::initializer_list<std::string_view> ends) {
        if (++m_blockDepth > blockDepthLimit)
            fail("blocks are nested too deep.");
        Block block;
        while (current().kind != TokenKind::End) {
            const auto token = take();
            m_nodes = 0;
            if (token.kind == TokenKind::Text) {
                block.push_back({token.line, Text{token.text}});
            } else if (token.kind == TokenKind::OutputBegin) {
                block.push_back({token.line, Output{parseExpression()}});
                expect(TokenKind::OutputEnd, "the end of the tag");
            } else {
                m_endWord = expect(TokenKind::Name, "a statement").text;
                if (std::find(ends.begin(), ends.end(), m_endWord) != ends.end()) {
                    --m_blockDepth;
                    return block;
                }
                parseStatement(m_endWord, token.line, block);
            }
        }
        if (ends.size() > 0)
            fail("'" + std::string(*(ends.end() - 1)) + "' is missing.");
        return block;
    }

    void parseStatement(const std::string word, int line, Block& block) {
        if (word == "if") {
            block.push_back({line, parseIf()});
        } else if (word == "for") {
            block.push_back({line, parseFor()});
        } else if (word == "set") {
            block.push_back({line, parseSet()});
        } else if (word == "generation") { // marks the answer for training; renders as its body
            closeTag();
            auto body = parseBlock({"endgeneration"});
            closeTag();
            std::move(body.begin(), body.end(), std::back_inserter(block));
        } else if (word.starts_with("end") || word == "else" || word == "elif") {
            fail("'" + word + "' has no beginning.");
        } else {
            fail("the statement '" + word + "' is not supported.");
        }
    }

    If parseIf() {
        If result;
        do {
            auto condition = parseExpression();
            closeTag();
            auto body = parseBlock({"elif", "else", "endif"});
            result.branches.push_back({std::move(condition), std::move(body)});
        } while (m_endWord == "elif");
        if (m_endWord == "else") {
            closeTag();
            result.otherwise = parseBlock({"endif"});
        }
        closeTag();
        return result;
    }

    For parseFor() {
        For result;
        result.variable = expect(TokenKind::Name, "a loop variable").text;
        if (isSymbol(","))
            fail("a loop over several variables is not supported.");
        if (!takeName("in"))
            fail("'in' is missing in 'for'.");
        result.items = parseOr();
        if (takeName("if"))
            result.condition = parseExpression();
        if (isName("recursive"))
            fail("'recursive' is not supported.");
        closeTag();
        result.body = parseBlock({"else", "endfor"});
        if (m_endWord == "else") {
            closeTag();
            result.otherwise = parseBlock({"endfor"});
        }
        closeTag();
        return result;
    }

    Set parseSet() {
        Set result;
        result.variable = expect(TokenKind::Name, "a variable").text;
        if (takeSymbol("."))
            result.attribute = expect(TokenKind::Name, "an attribute").text;
        if (isSymbol(","))
            fail("setting several variables at once is not supported.");
        if (!takeSymbol("="))
            fail("'set' without '=' is not supported.");
        result.value = parseExpression();
        closeTag();
        return result;
    }

    // --- expressions, from the loosest to the tightest binding

    ExpressionPtr parseExpression() {
        auto value = parseOr();
        while (takeName("if")) {
            auto condition = parseOr();
            auto otherwise = takeName("else") ? parseExpression() : nullptr;
            value = make(Conditional{std::move(condition), std::move(value), std::move(otherwise)});
        }
        return value;
    }

    ExpressionPtr parseOr() {
        auto left = parseAnd();
        while (takeName("or"))
            left = makeBinary(BinaryOp::Or, std::move(left), parseAnd());
        return left;
    }

    ExpressionPtr parseAnd() {
        auto left = parseNot();
        while (takeName("and"))
            left = makeBinary(BinaryOp::And, std::move(left), parseNot());
        return left;
    }

    ExpressionPtr parseNot() {
        if (takeName("not")) {
            countNode();
            return make(Unary{UnaryOp::Not, parseNot()});
        }
        return parseComparison();
    }

    std::optional<BinaryOp> takeComparison() {
        static constexpr std::pair<std::string_view, BinaryOp> symbols[] = {
            {"==", BinaryOp::Equal}, {"!=", BinaryOp::NotEqual},     {"<=", BinaryOp::LessEqual},
            {"<", BinaryOp::Less},   {">=", BinaryOp::GreaterEqual}, {">", BinaryOp::Greater}};
        for (const auto& [symbol, op] : symbols)
            if (takeSymbol(symbol))
                return op;
        if (takeName("in"))
            return BinaryOp::In;
        if (isName("not") && next().kind == TokenKind::Name && next().text == "in") {
            m_at += 2;
            return BinaryOp::NotIn;
        }
        return std::nullopt;
    }

    ExpressionPtr parseComparison() {
        auto left = parseSum();
        const auto op = takeComparison();
        if (!op)
            return left;
        auto result = makeBinary(*op, std::move(left), parseSum());
        if (takeComparison())
            fail("a chain of comparisons is not supported.");
        return result;
    }

    ExpressionPtr parseSum() {
        auto left = parseConcat();
        while (isSymbol("+") || isSymbol("-")) {
            const auto op = take().text == "+" ? BinaryOp::Add : BinaryOp::Subtract;
            left = makeBinary(op, std::move(left), parseConcat());
        }
        return left;
    }

    ExpressionPtr parseConcat() {
        auto left = parseProduct();
        while (takeSymbol("~"))
            left = makeBinary(BinaryOp::Concat, std::move(left), parseProduct());
        return left;
    }

    ExpressionPtr parseProduct() {
        auto left = parseUnary();
        while (takeSymbol("%"))
            left = makeBinary(BinaryOp::Modulo, std::move(left), parseUnary());
        for (const char* symbol : {"*", "/", "//", "**"})
            if (isSymbol(symbol))
                fail(std::string("the operator '") + symbol + "' is not supported.");
        return left;
    }

    ExpressionPtr parseUnary() {
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

    ExpressionPtr parseAttribute(ExpressionPtr object) {
        if (current().kind != TokenKind::Name && current().kind != TokenKind::Integer)
            fail("an attribute is missing after '.'.");
        const auto token = take();
        if (isSymbol("("))
            fail("the method '" + token.text + "()' is not supported.");
        auto key = token.kind == TokenKind::Name ? Json(token.text) : Json(std::stoll(token.text));
        return make(Subscript{std::move(object), make(Constant{std::move(key)})});
    }

    ExpressionPtr parseSubscript(ExpressionPtr object) {
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
            return make(
                Slice{std::move(object), std::move(parts[0]), std::move(parts[1]), std::move(parts[2])});
        if (!parts[0])
            fail("an index is missing in '[]'.");
        return make(Subscript{std::move(object), std::move(parts[0])});
    }

    ExpressionPtr parseFilter(ExpressionPtr input) {
        const auto name = expect(TokenKind::Name, "a filter").text;
        if (!isFilter(name))
            fail("the filter '" + name + "' is not supported.");
        auto arguments = isSymbol("(") ? parseArguments() : Expressions{};
        return make(Filter{name, std::move(input), std::move(arguments)});
    }

    ExpressionPtr parseTest(ExpressionPtr input) {
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

    Expressions parseArguments() {
        expectSymbol("(");
        return parseItems(")");
    }

    Expressions parseItems(std::string_view closing) {
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

    ExpressionPtr parsePrimary() {
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

    ExpressionPtr parseString(std::string text) { // neighbouring texts are one, as in Python
        while (current().kind == TokenKind::String)
            text += take().text;
        return make(Constant{std::move(text)});
    }

    ExpressionPtr parseName(const std::string& name) {
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

    ExpressionPtr parseNamespace() {
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

    // --- tokens

    const Token& current() const { return m_tokens[m_at]; }
    const Token& next() const { return m_tokens[std::min(m_at + 1, m_tokens.size() - 1)]; }
    bool isName(std::string_view word) const {
        return current().kind == TokenKind::Name && current().text == word;
    }
    bool isSymbol(std::string_view symbol) const {
        return current().kind == TokenKind::Symbol && current().text == symbol;
    }
    bool takeName(std::string_view word) { return isName(word) && (++m_at, true); }
    bool takeSymbol(std::string_view symbol) { return isSymbol(symbol) && (++m_at, true); }
    Token take() { return current().kind == TokenKind::End ? current() : m_tokens[m_at++]; }

    Token expect(TokenKind kind, const std::string& what) {
        if (current().kind != kind)
            fail(what + " is expected" + found());
        return take();
    }
    void expectSymbol(std::string_view symbol) {
        if (!takeSymbol(symbol))
            fail("'" + std::string(symbol) + "' is expected" + found());
    }
    void closeTag() { expect(TokenKind::BlockEnd, "the end of the tag"); }
    std::string found() const {
        return current().text.empty() ? "." : ", but '" + current().text + "' was found.";
    }

    template <class Node>
    ExpressionPtr make(Node node) {
        countNode();
        return std::make_unique<Expression>(Expression{current().line, std::move(node)});
    }
    ExpressionPtr makeBinary(BinaryOp op, ExpressionPtr left, ExpressionPtr right) {
        return make(Binary{op, std::move(left), std::move(right)});
    }
    void countNode() {
        if (++m_nodes > nodesPerTag)
            fail("the expression is too long.");
    }
    [[noreturn]] void fail(const std::string& what) const { failAt(m_where, current().line, what); }

    std::vector<Token> m_tokens;
    std::string m_where, m_endWord;
    std::size_t m_at = 0;
    int m_nodes = 0, m_blockDepth = 0;
};

}

Block parse(const std::string& source, const std::string& where) { return Parser(source, where).parseAll(); }

}
