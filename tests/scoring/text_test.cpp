#include "engine/evaluation/scorer_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace vlmptq::evaluation {
namespace {

TEST(ScoringText, TrimsUnicodeBlanksOnly) {
    EXPECT_EQ(trim("\t\x1C \u0085\u00A0\u1680\u2003\u2028\u202F\u205F\u3000x\u3000\n"), "x");
    EXPECT_EQ(trim("\u200Bx\uFEFF"), "\u200Bx\uFEFF");
    EXPECT_EQ(trim(" \n"), "");
}

TEST(ScoringText, SplitsAndCollapsesRunsOfBlanks) {
    EXPECT_EQ(splitOnBlanks("  a\u00A0\n b "), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(collapse("\u3000one \t two\n"), "one two");
    EXPECT_TRUE(splitOnBlanks(" ").empty());
}

TEST(ScoringText, LowersWithTheFullMapping) {
    EXPECT_EQ(lower("ÄB\u0130"), "äbi\u0307");
    EXPECT_EQ(lower("ǅ"), "ǆ");
}

TEST(ScoringText, CountsCodePointsAfterUpperCasing) {
    EXPECT_EQ(upperLength("ß"), 2u);
    EXPECT_EQ(upperLength("ﬁ"), 2u);
    EXPECT_EQ(upperLength("ﬃ"), 3u);
    EXPECT_EQ(upperLength("a\U0001F600"), 2u);
}

TEST(ScoringText, CapitalisesTheFirstCodePointOnly) {
    EXPECT_EQ(capitalise("what does the STOP sign say?"), "What does the stop sign say?");
    EXPECT_EQ(capitalise("ßA"), "Ssa");
    EXPECT_EQ(capitalise("ǆX"), "ǅx");
    EXPECT_EQ(capitalise(" Leading Blank"), " leading blank");
    EXPECT_EQ(capitalise("2 Cars"), "2 cars");
    EXPECT_EQ(capitalise(""), "");
}

TEST(ScoringText, ReadsNumbersAsPythonDoes) {
    const std::pair<const char*, double> numbers[]{{"14", 14},    {" 14.0\n", 14}, {"+1", 1},
                                                   {"-.5", -0.5}, {"5.", 5},       {"1_000", 1e3},
                                                   {"1e5", 1e5},  {"1E-2", 0.01},  {"1_0.0_1e0_1", 100.1},
                                                   {"٣.٥", 3.5},  {"１２", 12},    {"1e+3", 1000},
                                                   {"0.1", 0.1},  {"-0", 0},       {"4.9e-324", 4.9e-324}};
    for (const auto& [text, value] : numbers) {
        ASSERT_TRUE(number(text)) << text;
        EXPECT_EQ(*number(text), value) << text;
    }
}

TEST(ScoringText, ReadsInfinityAndNotANumber) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    EXPECT_EQ(number("iNf"), kInfinity);
    EXPECT_EQ(number("-Infinity"), -kInfinity);
    EXPECT_TRUE(std::isnan(*number("+NaN")));
}

TEST(ScoringText, OverflowIsInfiniteAndUnderflowZero) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    EXPECT_EQ(number("1e400"), kInfinity);
    EXPECT_EQ(number("-1e+99999999999999999999"), -kInfinity);
    EXPECT_EQ(number("0.0001e500"), kInfinity);
    EXPECT_EQ(number("1e-400"), 0);
    EXPECT_EQ(number("1000e-99999999999999999999"), 0);
    EXPECT_EQ(number("0e999"), 0);
    EXPECT_EQ(number(std::string(400, '9')), kInfinity);
}

TEST(ScoringText, RefusesWhatPythonRefuses) {
    for (const char* text :
         {"",  " ",    ".",  "+",  "e5",   "1e",   "1e+",  "0x10", "1,000",   "$5",     "1 0",   "\u22125",
          "½", "5．0", "_1", "1_", "1__0", "1_.5", "1._5", "--1",  "infinit", "nan(1)", "1e5.0", "²"})
        EXPECT_FALSE(number(text)) << text;
}

TEST(ScoringText, EditDistanceCountsCodePoints) {
    const auto distance = [](const char* a, const char* b) {
        return editDistance(codePoints(a), codePoints(b));
    };
    EXPECT_EQ(distance("kitten", "sitting"), 3u);
    EXPECT_EQ(distance("", "abc"), 3u);
    EXPECT_EQ(distance("für", "fur"), 1u);
    EXPECT_EQ(distance("\U0001F600", ""), 1u);
    EXPECT_EQ(distance("same", "same"), 0u);
}

TEST(ScoringText, DamagedUtf8ReadsAsReplacementCharacter) {
    EXPECT_EQ(codePoints("a\xFF"
                         "b"),
              U"a\uFFFD"
              U"b");
    EXPECT_EQ(utf8(codePoints("图é\U0001F600")), "图é\U0001F600");
}

TEST(ScoringText, ReplacesEveryOccurrence) {
    EXPECT_EQ(replaced("aXbXX", "X", "--"), "a--b----");
    EXPECT_EQ(replaced("", "X", "-"), "");
    EXPECT_EQ(replaced("abab", "ab", ""), "");
}

}
}
