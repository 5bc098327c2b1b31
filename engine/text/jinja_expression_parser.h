// jinja_expression_parser.h - reads expressions from the token stream, each function one level of binding.
// Not shared between threads.
#pragma once
#include "engine/text/jinja_ast.h"
#include "engine/text/jinja_token_stream.h"

namespace vlmptq::text::jinja {

class ExpressionParser : public TokenStream {
public:
    using TokenStream::TokenStream;
    ExpressionPtr parseExpression();
    ExpressionPtr parseOr(); // an expression without `a if b else c`
    void beginTag() { m_nodes = 0; }

private:
    ExpressionPtr parseAnd();
    ExpressionPtr parseNot();
    std::optional<BinaryOp> takeComparison();
    ExpressionPtr parseComparison();
    ExpressionPtr parseSum();
    ExpressionPtr parseConcat();
    ExpressionPtr parseProduct();
    ExpressionPtr parseUnary();
    ExpressionPtr parseAttribute(ExpressionPtr object);
    ExpressionPtr parseSubscript(ExpressionPtr object);
    ExpressionPtr parseFilter(ExpressionPtr input);
    ExpressionPtr parseTest(ExpressionPtr input);
    Expressions parseArguments();
    Expressions parseItems(std::string_view closing);
    ExpressionPtr parsePrimary();
    ExpressionPtr parseString(std::string text);
    ExpressionPtr parseName(const std::string& name);
    ExpressionPtr parseNamespace();

    template <class Node>
    ExpressionPtr make(Node node) {
        countNode();
        return std::make_unique<Expression>(Expression{current().line, std::move(node)});
    }
    ExpressionPtr makeBinary(BinaryOp op, ExpressionPtr left, ExpressionPtr right);
    void countNode();

    int m_nodes = 0; // of the current tag
};

}
