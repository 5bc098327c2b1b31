#include "engine/core/text.h"

#include <gtest/gtest.h>

#include <clocale>
#include <limits>

namespace vlmptq {
namespace {

TEST(Text, WritesAmountsInDecimalUnits) {
    EXPECT_EQ(bytesText(0), "0 B");
    EXPECT_EQ(bytesText(999), "999 B");
    EXPECT_EQ(bytesText(1'000), "1.0 kB");
    EXPECT_EQ(bytesText(9'600'000), "9.6 MB");
    EXPECT_EQ(bytesText(999'960'000), "1.0 GB");
    EXPECT_EQ(bytesText(16'600'000'000), "16.6 GB");
}

TEST(Text, WritesDurationsAsPeopleReadThem) {
    EXPECT_EQ(secondsText(0.25), "0.25 s");
    EXPECT_EQ(secondsText(18.2), "18.2 s");
    EXPECT_EQ(secondsText(59.97), "1:00");
    EXPECT_EQ(secondsText(724), "12:04");
    EXPECT_EQ(secondsText(3753), "1:02:33");
}

TEST(Text, RoundsTheTimeLeftInSteps) {
    EXPECT_EQ(timeLeftText(59), "less than a minute");
    EXPECT_EQ(timeLeftText(250), "about 4 min");
    EXPECT_EQ(timeLeftText(33.5 * 60), "about 35 min");
    EXPECT_EQ(timeLeftText(3600), "about 1 h");
    EXPECT_EQ(timeLeftText(85 * 60), "about 1 h 25 min");
}

TEST(Text, KeepsSignificantDigits) {
    EXPECT_EQ(significant(2.1e-3, 2), "2.1e-03");
    EXPECT_EQ(significant(0.0513, 3), "0.0513");
    EXPECT_EQ(significant(71.3, 3), "71.3");
    EXPECT_EQ(significant(1234, 2), "1234");
    EXPECT_EQ(significant(0, 3), "0");
    EXPECT_EQ(significant(std::numeric_limits<double>::quiet_NaN(), 3), "nan");
    EXPECT_EQ(significant(-std::numeric_limits<double>::infinity(), 3), "-inf");
}

TEST(Text, WritesNumbersWithAPointInEveryLocale) {
    const char* german = std::setlocale(LC_ALL, "de_DE.UTF-8");
    EXPECT_EQ(fixed(1.5, 2), "1.50");
    EXPECT_EQ(bytesText(1'500), "1.5 kB");
    if (german)
        std::setlocale(LC_ALL, "C");
}

TEST(Text, SplitsAndJoins) {
    EXPECT_EQ(split("0:1:6", ':'), (std::vector<std::string>{"0", "1", "6"}));
    EXPECT_EQ(split("", ':'), (std::vector<std::string>{""}));
    EXPECT_EQ(split("a,,b,", ','), (std::vector<std::string>{"a", "", "b", ""}));
    EXPECT_EQ(join({"a", "", "a"}, ", "), "a, , a");
    EXPECT_EQ(join({}, ", "), "");
}

TEST(Text, MatchesGlobs) {
    EXPECT_TRUE(globMatches("*.mlp.*", "model.layers.3.mlp.down_proj"));
    EXPECT_TRUE(globMatches("model.layers.?.mlp.up_proj", "model.layers.3.mlp.up_proj"));
    EXPECT_TRUE(globMatches("*", ""));
    EXPECT_TRUE(globMatches("a**b*", "axxb"));
    EXPECT_TRUE(globMatches("*aab", "aaaab"));
    EXPECT_FALSE(globMatches("model.layers.?.x", "model.layers.13.x"));
    EXPECT_FALSE(globMatches("", "a"));
    EXPECT_FALSE(globMatches("down_proj", "model.down_proj"));
}

TEST(Text, SuggestsTheClosestWordOnlyWhenItIsClose) {
    const std::vector<std::string> known{"quantize", "eval", "export"};
    EXPECT_EQ(closest("quantise", known), "quantize");
    EXPECT_EQ(closest("exprot", known), "export");
    EXPECT_EQ(closest("eavl", known), "eval") << "two letters exchanged are one mistake";
    EXPECT_EQ(closest("train", known), "");
    EXPECT_EQ(closest("x", {}), "");
}

TEST(Text, ListsTheKnownNamesAndAsksForTheNearest) {
    EXPECT_EQ(knownNamesHint("gtpq", {"rtn", "gptq"}), "Did you mean 'gptq'? Use one of: rtn, gptq.");
    EXPECT_EQ(knownNamesHint("magic", {"rtn", "gptq"}), "Use one of: rtn, gptq.");
}

TEST(Text, WritesTheTimeInUtc) {
    const auto now = utcNow();
    ASSERT_EQ(now.size(), 20u);
    EXPECT_TRUE(globMatches("20*-*-*T*:*:*Z", now)) << now;
}

}
}
