#include "engine/core/method_colors.h"
#include "engine/core/methods.h"

#include <gmock/gmock.h>

#include <set>

using namespace vlmptq;

namespace {

TEST(MethodColors, TellEveryMethodOfTheRegistryApart) {
    std::set<std::uint32_t> light, dark;
    for (const auto& method : methods()) {
        EXPECT_TRUE(light.insert(methodColors(method.name).light).second) << method.name;
        EXPECT_TRUE(dark.insert(methodColors(method.name).dark).second) << method.name;
    }
}

TEST(MethodColors, AreMadeForAMethodThatHasNone) {
    const auto made = methodColors("awq");
    EXPECT_EQ(methodColors("awq").light, made.light);
    EXPECT_NE(methodColors("spinquant").light, made.light);
    EXPECT_NE(made.light, made.dark);
    for (const auto& method : methods())
        EXPECT_NE(methodColors(method.name).light, made.light) << method.name;
}

TEST(MethodColors, AreTextAsStored) {
    EXPECT_EQ(colorText(methodColors("vlmptq").light), "#00604a");
    EXPECT_TRUE(isMethodColor(0x00604a));
    EXPECT_FALSE(isMethodColor(0xaa0000));
}

}
