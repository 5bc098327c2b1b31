// jinja_lexer.h - cuts a Jinja source into text and the tokens inside its tags, with trim_blocks and
// lstrip_blocks on and one trailing line feed dropped: the environment chat templates are written for.
#pragma once
#include <string>
#include <vector>

namespace vlmptq::text::jinja {

enum class TokenKind {
    Text,
    BlockBegin,
    BlockEnd,
    OutputBegin,
    OutputEnd,
    Name,
    String,
    Integer,
    Symbol,
    End
};

struct Token {
    TokenKind kind = TokenKind::End;
    std::string text; // of a String: its value
    int line = 1;
};

// Throws Error (BadInput) "<where>, line N: …". The last token is End.
std::vector<Token> tokenize(const std::string& source, const std::string& where);

// The one way the template's faults are reported.
[[noreturn]] void failAt(const std::string& where, int line, const std::string& what,
                         const std::string& hint = {});

}
