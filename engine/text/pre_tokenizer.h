// pre_tokenizer.h - cuts text into the pieces that are merged on their own, by the expressions of
// tokenizer.json (models.md 2, step 3). The expression of the Qwen2 vocabularies has a hand-written matcher;
// every other goes to ICU. Immutable; any thread.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace vlmptq::text {

using PieceSink = std::function<void(std::string_view)>;

class PreTokenizer {
public:
    virtual ~PreTokenizer() = default;
    // Every match is a piece, and so is every gap between matches; together they are the text. `utf8` must be
    // valid.
    virtual void split(std::string_view utf8, const PieceSink&) const = 0;
};

extern const std::string_view qwen2Expression;

// Throws Error (BadInput) naming `where` when ICU does not accept the expression.
std::unique_ptr<PreTokenizer> makePreTokenizer(const std::string& expression, const std::string& where);
std::unique_ptr<PreTokenizer> makeQwen2PreTokenizer();
std::unique_ptr<PreTokenizer> makeRegexPreTokenizer(const std::string& expression, const std::string& where);

}
