// The Qwen2 expression as a matcher over UTF-8: some thirty times faster than the regular expression, and
// equal to it (tests/text compares both on random text). Each function answers where its alternative ends, or
// `begin`: no match.
#include "engine/text/pre_tokenizer.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <array>
#include <cstdint>

namespace vlmptq::text {

const std::string_view qwen2Expression =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

namespace {

enum class Kind : std::uint8_t { Letter, Number, LineBreak, Blank, Other, End };

Kind classify(UChar32 c) {
    if (c == '\r' || c == '\n')
        return Kind::LineBreak;
    if (u_isUWhiteSpace(c))
        return Kind::Blank;
    const auto category = U_MASK(u_charType(c));
    if (category & U_GC_L_MASK)
        return Kind::Letter;
    if (category & U_GC_N_MASK)
        return Kind::Number;
    return Kind::Other;
}

struct Character {
    UChar32 value = 0;
    Kind kind = Kind::End;
    std::size_t end = 0; // where the next one begins
};

class Qwen2Cutter {
public:
    explicit Qwen2Cutter(std::string_view utf8) : m_text(utf8) {}

    std::size_t pieceEnd(std::size_t begin) const {
        for (const auto alternative : {&Qwen2Cutter::contraction, &Qwen2Cutter::word, &Qwen2Cutter::number,
                                       &Qwen2Cutter::punctuation, &Qwen2Cutter::blanks})
            if (const auto end = (this->*alternative)(begin); end != begin)
                return end;
        return at(begin).end; // unreachable for this expression, which matches every character
    }

private:
    Character at(std::size_t position) const {
        if (position >= m_text.size())
            return {0, Kind::End, position};
        const auto first = static_cast<unsigned char>(m_text[position]);
        if (first < 0x80)
            return {first, asciiKinds()[first], position + 1};
        auto next = position;
        UChar32 c = 0;
        U8_NEXT_UNSAFE(m_text.data(), next, c);
        return {c, classify(c), next};
    }

    static const std::array<Kind, 128>& asciiKinds() {
        static const auto kinds = [] {
            std::array<Kind, 128> all{};
            for (std::size_t c = 0; c < all.size(); ++c)
                all[c] = classify(static_cast<UChar32>(c));
            return all;
        }();
        return kinds;
    }

    std::size_t runOf(Kind kind, std::size_t begin) const {
        auto end = begin;
        for (auto c = at(begin); c.kind == kind; c = at(end))
            end = c.end;
        return end;
    }

    // (?i:'s|'t|'re|'ve|'m|'ll|'d): Unicode folding, so that U+017F is an s
    std::size_t contraction(std::size_t begin) const {
        const auto apostrophe = at(begin);
        if (apostrophe.value != '\'')
            return begin;
        const auto first = at(apostrophe.end);
        const auto second = at(first.end);
        const auto a = u_foldCase(first.value, U_FOLD_CASE_DEFAULT);
        const auto b = u_foldCase(second.value, U_FOLD_CASE_DEFAULT);
        if (a == 's' || a == 't' || a == 'm' || a == 'd')
            return first.end;
        if (((a == 'r' || a == 'v') && b == 'e') || (a == 'l' && b == 'l'))
            return second.end;
        return begin;
    }

    // [^\r\n\p{L}\p{N}]?\p{L}+
    std::size_t word(std::size_t begin) const {
        const auto first = at(begin);
        if (first.kind == Kind::Letter)
            return runOf(Kind::Letter, begin);
        if (first.kind != Kind::Blank && first.kind != Kind::Other)
            return begin;
        const auto end = runOf(Kind::Letter, first.end);
        return end == first.end ? begin : end;
    }

    // \p{N}
    std::size_t number(std::size_t begin) const {
        const auto first = at(begin);
        return first.kind == Kind::Number ? first.end : begin;
    }

    // ' ?[^\s\p{L}\p{N}]+[\r\n]*'
    std::size_t punctuation(std::size_t begin) const {
        const auto marks = begin < m_text.size() && m_text[begin] == ' ' ? begin + 1 : begin;
        const auto end = runOf(Kind::Other, marks);
        return end == marks ? begin : runOf(Kind::LineBreak, end);
    }

    // \s*[\r\n]+|\s+(?!\S)|\s+
    std::size_t blanks(std::size_t begin) const {
        auto end = begin, lastStart = begin, lineBreakEnd = begin;
        for (auto c = at(begin); c.kind == Kind::Blank || c.kind == Kind::LineBreak; c = at(end)) {
            lastStart = end;
            end = c.end;
            if (c.kind == Kind::LineBreak)
                lineBreakEnd = end;
        }
        if (lineBreakEnd != begin)
            return lineBreakEnd;
        // Gives the last blank back to a word that follows, unless it is the only one.
        return end == m_text.size() || lastStart == begin ? end : lastStart;
    }

    std::string_view m_text;
};

class Qwen2PreTokenizer : public PreTokenizer {
public:
    void split(std::string_view utf8, const PieceSink& sink) const override {
        const Qwen2Cutter cutter(utf8);
        for (std::size_t begin = 0; begin < utf8.size();) {
            const auto end = cutter.pieceEnd(begin);
            sink(utf8.substr(begin, end - begin));
            begin = end;
        }
    }
};

}

std::unique_ptr<PreTokenizer> makeQwen2PreTokenizer() { return std::make_unique<Qwen2PreTokenizer>(); }

}
