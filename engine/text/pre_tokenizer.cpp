#include "engine/text/pre_tokenizer.h"

#include "engine/core/error.h"

#include <unicode/regex.h>
#include <unicode/unistr.h>

#include <cstdint>

namespace vlmptq::text {

namespace {

// UTF-8 bytes of text[begin, end); a surrogate pair counts as the one character it is.
std::size_t utf8Length(const icu::UnicodeString& text, std::int32_t begin, std::int32_t end) {
    std::size_t length = 0;
    for (auto at = begin; at < end; at = text.moveIndex32(at, 1))
        length += static_cast<std::size_t>(U8_LENGTH(text.char32At(at)));
    return length;
}

class RegexPreTokenizer : public PreTokenizer {
public:
    RegexPreTokenizer(const std::string& expression, const std::string& where) {
        UErrorCode status = U_ZERO_ERROR;
        UParseError position{};
        m_pattern.reset(
            icu::RegexPattern::compile(icu::UnicodeString::fromUTF8(expression), 0, position, status));
        if (U_FAILURE(status))
            throw Error(ErrorKind::BadInput, "E-TOK-04",
                        where + ": the expression '" + expression + "' is not understood (" +
                            u_errorName(status) + " at character " + std::to_string(position.offset) + ").");
    }

    void split(std::string_view utf8, const PieceSink& sink) const override {
        const auto text = icu::UnicodeString::fromUTF8(
            icu::StringPiece(utf8.data(), static_cast<std::int32_t>(utf8.size())));
        UErrorCode status = U_ZERO_ERROR;
        const std::unique_ptr<icu::RegexMatcher> matcher(m_pattern->matcher(text, status));
        if (U_SUCCESS(status))
            matcher->setStackLimit(0, status); // a long run of blanks is backtracked over
        std::int32_t at = 0;                   // in UTF-16 units
        std::size_t byte = 0;                  // the same place in `utf8`
        const auto emitUpTo = [&](std::int32_t end) {
            if (end == at)
                return;
            const auto length = utf8Length(text, at, end);
            sink(utf8.substr(byte, length));
            at = end;
            byte += length;
        };
        while (U_SUCCESS(status) && matcher->find(status)) {
            emitUpTo(matcher->start(status));
            emitUpTo(matcher->end(status));
        }
        VLMPTQ_CHECK(U_SUCCESS(status),
                     std::string("matching the pre-tokenizer expression: ") + u_errorName(status));
        emitUpTo(text.length());
    }

private:
    std::unique_ptr<const icu::RegexPattern> m_pattern;
};

}

std::unique_ptr<PreTokenizer> makeRegexPreTokenizer(const std::string& expression, const std::string& where) {
    return std::make_unique<RegexPreTokenizer>(expression, where);
}

std::unique_ptr<PreTokenizer> makePreTokenizer(const std::string& expression, const std::string& where) {
    return expression == qwen2Expression ? makeQwen2PreTokenizer() : makeRegexPreTokenizer(expression, where);
}

}
