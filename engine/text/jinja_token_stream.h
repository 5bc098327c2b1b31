// jinja_token_stream.h - the tokens of a template with a place in them: what both parsers look at and take
// from. Every failure names file and line of the current token. Not shared between threads.
#pragma once
#include "engine/text/jinja_lexer.h"

#include <string_view>

namespace vlmptq::text::jinja {

class TokenStream {
public:
    TokenStream(const std::string& source, const std::string& where);

    const Token& current() const { return m_tokens[m_at]; }
    const Token& next() const; // the one behind the current
    bool isName(std::string_view word) const;
    bool isSymbol(std::string_view symbol) const;
    Token take();                         // stays at the end
    bool takeName(std::string_view word); // only if it is this one
    bool takeSymbol(std::string_view symbol);
    Token expect(TokenKind, const std::string& what);
    void expectSymbol(std::string_view symbol);
    [[noreturn]] void fail(const std::string& what) const;

private:
    [[noreturn]] void failExpecting(const std::string& what) const;

    std::vector<Token> m_tokens;
    std::string m_where;
    std::size_t m_at = 0;
};

}
