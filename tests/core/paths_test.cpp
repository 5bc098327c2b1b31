#include "engine/core/error.h"
#include "engine/core/paths.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>
#include <string>

namespace fs = std::filesystem;
namespace paths = vlmptq::paths;

namespace {

// Sets a variable for the length of a test.
class ScopedVariable {
public:
    ScopedVariable(const char* name, const std::string& value) : m_name(name) {
        if (const char* old = std::getenv(name))
            m_old = old;
        ::setenv(name, value.c_str(), 1);
    }
    ~ScopedVariable() { m_old ? ::setenv(m_name, m_old->c_str(), 1) : ::unsetenv(m_name); }

private:
    const char* m_name;
    std::optional<std::string> m_old;
};

TEST(Paths, TakesTheDemoTheEnvironmentNames) {
    const char* given = std::getenv("VLMPTQ_DEMO_DIR");
    ASSERT_TRUE(given) << "tests run with VLMPTQ_DEMO_DIR";
    const auto demo = paths::demo();
    EXPECT_EQ(demo.model, fs::path(given) / "model");
    EXPECT_TRUE(fs::exists(demo.calibration / "calib.jsonl"));
    EXPECT_TRUE(fs::exists(demo.benchmarks / "DemoChart.tsv"));
}

TEST(Paths, SaysWhereTheDemoWasLookedFor) {
    ScopedVariable nowhere("VLMPTQ_DEMO_DIR", "/nowhere/demo");
    EXPECT_FALSE(paths::findDemo());
    try {
        paths::demo();
        FAIL() << "a missing demo was accepted";
    } catch (const vlmptq::Error& error) {
        EXPECT_EQ(error.kind(), vlmptq::ErrorKind::BadInput);
        EXPECT_NE(std::string(error.what()).find("/nowhere/demo"), std::string::npos);
    }
}

TEST(Paths, ObeysTheXdgVariablesOnlyWhenAbsolute) {
    ScopedVariable home("HOME", "/home/someone");
    {
        ScopedVariable config("XDG_CONFIG_HOME", "/etc/mine"), data("XDG_DATA_HOME", "/data");
        EXPECT_EQ(paths::configFile(), "/etc/mine/vlmptq/config.json");
        EXPECT_EQ(paths::dataFolder(), "/data/vlmptq");
    }
    ScopedVariable config("XDG_CONFIG_HOME", "relative"), data("XDG_DATA_HOME", "");
    EXPECT_EQ(paths::configFile(), "/home/someone/.config/vlmptq/config.json");
    EXPECT_EQ(paths::dataFolder(), "/home/someone/.local/share/vlmptq");
}

}
