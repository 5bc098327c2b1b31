#include "engine/core/fingerprint.h"
#include "support/refusal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vlmptq {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kStored = R"({"model": "aaaa", "settings": {"bits": 3}})";

std::string refusal(const std::string& current) {
    return test::refusalOf([&] { requireSameFingerprint(kStored, current); });
}

TEST(Fingerprint, EqualPartsAgreeInAnyOrder) {
    EXPECT_EQ(refusal(R"({"settings":{"bits":3},"model":"aaaa"})"), "accepted");
}

TEST(Fingerprint, EveryDifferingPartIsListed) {
    EXPECT_THAT(refusal(R"({"model": "cccc", "calibration data": "dddd", "settings": {"bits": 3}})"),
                AllOf(HasSubstr("model (aaaa -> cccc)"), HasSubstr("calibration data (absent -> dddd)"),
                      Not(HasSubstr("settings"))));
    EXPECT_THAT(refusal(R"({"model": "aaaa"})"), HasSubstr(R"(settings ({"bits":3} -> absent))"));
}

TEST(Fingerprint, LongValuesAreShortened) {
    EXPECT_THAT(refusal(R"({"model": "0123456789abcdef0123", "settings": {"bits": 3}})"),
                HasSubstr("-> 0123456789ab...)"));
}

TEST(Fingerprint, WhatIsNoObjectIsRefused) {
    for (const char* text : {"", "[]", "3", "{"})
        EXPECT_THAT(refusal(text), HasSubstr("not readable")) << text;
}

}
}
