#include "engine/core/error.h"
#include "engine/core/fingerprint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vlmptq {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kStored = R"({"weights": "aaaa", "settings": "bbbb", "program": "0.1.0"})";

std::string refusal(const std::string& current, bool allowOtherVersion) {
    try {
        requireSameFingerprint(kStored, current, allowOtherVersion);
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::BadInput);
        return error.message();
    }
    return {};
}

TEST(Fingerprint, DoesNotDependOnTheOrderOfItsParts) {
    EXPECT_EQ(fingerprintOf(R"({"a": 1, "b": 2})"), fingerprintOf(R"({"b":2,"a":1})"));
    EXPECT_NE(fingerprintOf(R"({"a": 1, "b": 2})"), fingerprintOf(R"({"a": 1, "b": 3})"));
}

TEST(Fingerprint, EqualPartsAgree) {
    EXPECT_EQ(refusal(R"({"program": "0.1.0", "settings": "bbbb", "weights": "aaaa"})", false), "");
}

TEST(Fingerprint, ListsEveryDifferingPart) {
    EXPECT_THAT(
        refusal(R"({"weights": "cccc", "calibration": "dddd", "settings": "bbbb", "program": "0.1.0"})",
                true),
        AllOf(HasSubstr("weights (aaaa -> cccc)"), HasSubstr("calibration (absent -> dddd)"),
              Not(HasSubstr("settings"))));
}

TEST(Fingerprint, OnlyTheProgramMayDifferAndOnlyWhenAllowed) {
    constexpr const char* kNewer = R"({"weights": "aaaa", "settings": "bbbb", "program": "0.2.0"})";
    EXPECT_THAT(refusal(kNewer, false), HasSubstr("Allow another program version"));
    EXPECT_EQ(refusal(kNewer, true), "");
}

TEST(Fingerprint, RefusesWhatIsNoObject) {
    for (const char* text : {"", "[]", "3", "{"})
        EXPECT_THROW(fingerprintOf(text), Error) << text;
}

}
}
