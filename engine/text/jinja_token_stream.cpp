#include "engine/text/jinja_token_stream.h"

#include <algorithm>

namespace vlmptq::text::jinja {

TokenStream::TokenStream(const std::string& source, const std::string& where)
    : m_tokens(tokenize(source, where)), m_where(where) {}

const Token& TokenStream::next() const { return m_tokens[std::min(m_at + 1, m_tokens.size() - 1)]; }

bool TokenStream::isName(std::string_view word) const {
    return current().kind == TokenKind::Name && current().text == word;
}

bool TokenStream::isSymbol(std::string_view symbol) const {
    return current().kind == TokenKind::Symbol && current().text == symbol;
}

Token TokenStream::take() { return current().kind == TokenKind::End ? current() : m_tokens[m_at++]; }

bool TokenStream::takeName(std::string_view word) {
    if (!isName(word))
        return false;
    ++m_at;
    return true;
}

bool TokenStream::takeSymbol(std::string_view symbol) {
    if (!isSymbol(symbol))
        return false;
    ++m_at;
    return true;
}

Token TokenStream::expect(TokenKind kind, const std::string& what) {
    if (current().kind != kind)
        failExpecting(what);
    return take();
}

void TokenStream::expectSymbol(std::string_view symbol) {
    if (!takeSymbol(symbol))
        failExpecting(std::string("'").append(symbol) + "'");
}

void TokenStream::failExpecting(const std::string& what) const {
    fail(what + " is expected" +
         (current().text.empty() ? "." : ", but '" + current().text + "' was found."));
}

void TokenStream::fail(const std::string& what) const { failAt(m_where, current().line, what); }

}
