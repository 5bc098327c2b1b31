#include "engine/text/jinja_parser.h"

#include "engine/text/jinja_expression_parser.h"

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <string_view>

namespace vlmptq::text::jinja {

namespace {

constexpr int blockDepthLimit = 50; // bounds the stack that parsing and rendering need

class Parser {
public:
    Parser(const std::string& source, const std::string& where) : m_in(source, where) {}

    Block parseAll() { return parseBlock({}); }

private:
    // Statements up to a block tag whose first word is one of `ends`, which is taken and kept in m_endWord;
    // none: up to the end of the source.
    Block parseBlock(std::initializer_list<std::string_view> ends) {
        if (++m_blockDepth > blockDepthLimit)
            m_in.fail("blocks are nested too deep.");
        Block block;
        while (m_in.current().kind != TokenKind::End) {
            const auto token = m_in.take();
            m_in.beginTag();
            if (token.kind == TokenKind::Text) {
                block.push_back({token.line, Text{token.text}});
            } else if (token.kind == TokenKind::OutputBegin) {
                block.push_back({token.line, Output{m_in.parseExpression()}});
                m_in.expect(TokenKind::OutputEnd, "the end of the tag");
            } else {
                m_endWord = m_in.expect(TokenKind::Name, "a statement").text;
                if (std::find(ends.begin(), ends.end(), m_endWord) != ends.end()) {
                    --m_blockDepth;
                    return block;
                }
                parseStatement(m_endWord, token.line, block);
            }
        }
        if (ends.size() > 0)
            m_in.fail("'" + std::string(*(ends.end() - 1)) + "' is missing.");
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
            m_in.fail("'" + word + "' has no beginning.");
        } else {
            m_in.fail("the statement '" + word + "' is not supported.");
        }
    }

    If parseIf() {
        If result;
        do {
            auto condition = m_in.parseExpression();
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
        result.variable = m_in.expect(TokenKind::Name, "a loop variable").text;
        if (m_in.isSymbol(","))
            m_in.fail("a loop over several variables is not supported.");
        if (!m_in.takeName("in"))
            m_in.fail("'in' is missing in 'for'.");
        result.items = m_in.parseOr();
        if (m_in.takeName("if"))
            result.condition = m_in.parseExpression();
        if (m_in.isName("recursive"))
            m_in.fail("'recursive' is not supported.");
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
        result.variable = m_in.expect(TokenKind::Name, "a variable").text;
        if (m_in.takeSymbol("."))
            result.attribute = m_in.expect(TokenKind::Name, "an attribute").text;
        if (m_in.isSymbol(","))
            m_in.fail("setting several variables at once is not supported.");
        if (!m_in.takeSymbol("="))
            m_in.fail("'set' without '=' is not supported.");
        result.value = m_in.parseExpression();
        closeTag();
        return result;
    }

    void closeTag() { m_in.expect(TokenKind::BlockEnd, "the end of the tag"); }

    ExpressionParser m_in;
    std::string m_endWord;
    int m_blockDepth = 0;
};

}

Block parse(const std::string& source, const std::string& where) { return Parser(source, where).parseAll(); }

}
