#include "engine/text/pre_tokenizer.h"
#include "engine/text/utf8.h"

#include <gmock/gmock.h>

#include <random>

using namespace vlmptq::text;
using testing::ElementsAre;

namespace {

std::vector<std::string> pieces(const PreTokenizer& cutter, const std::string& text) {
    std::vector<std::string> all;
    cutter.split(text, [&](std::string_view piece) { all.emplace_back(piece); });
    return all;
}

std::vector<std::string> qwen2(const std::string& text) { return pieces(*makeQwen2PreTokenizer(), text); }

TEST(PreTokenizer, GivesTheLastBlankToTheWord) { EXPECT_THAT(qwen2("a   b"), ElementsAre("a", "  ", " b")); }

TEST(PreTokenizer, PunctuationSwallowsLineBreaks) {
    EXPECT_THAT(qwen2("!!!\n\nx"), ElementsAre("!!!\n\n", "x"));
}

TEST(PreTokenizer, EveryDigitIsAPiece) { EXPECT_THAT(qwen2("x12²"), ElementsAre("x", "1", "2", "²")); }

TEST(PreTokenizer, ContractionsFoldLikeUnicode) {
    EXPECT_THAT(qwen2("it'ſ I'LL"), ElementsAre("it", "'ſ", " I", "'LL"));
}

TEST(PreTokenizer, GapsBetweenMatchesArePieces) {
    const auto cutter = makePreTokenizer(R"(\d+)", "test");
    EXPECT_THAT(pieces(*cutter, "ab12🙂3c"), ElementsAre("ab", "12", "🙂", "3", "c"));
}

// The hand-written matcher and ICU on text made of the characters that matter for the expression.
TEST(PreTokenizer, HandWrittenMatcherEqualsTheExpression) {
    const std::u32string alphabet =
        U"   \n\n\r\t\u000b\u0085\u00a0\u2028\u3000''''ssStTrRvVmMlLdDeEſKxé中12²Ⅷ٣!?.,-_\u0301\u200d"
        U"\u200b🙂ßﬆﬅǅᾳ\u0345\u1E9E\u212A";
    const auto byHand = makeQwen2PreTokenizer();
    const auto byExpression = makeRegexPreTokenizer(std::string(qwen2Expression), "test");
    std::mt19937 random(20261125);
    for (int round = 0; round < 20000; ++round) {
        std::string text;
        for (auto length = random() % 24; length > 0; --length) {
            const bool anyCharacter = random() % 8 == 0;
            char32_t c = anyCharacter ? random() % 0x30000 : alphabet[random() % alphabet.size()];
            if (c >= 0xD800 && c < 0xE000)
                c = U'x';
            appendUtf8(text, c);
        }
        ASSERT_EQ(pieces(*byHand, text), pieces(*byExpression, text)) << text;
    }
}

}
