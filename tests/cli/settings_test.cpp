#include "program.h"

#include <gmock/gmock.h>

#include <fstream>

using namespace vlmptq::test;
using testing::AllOf;
using testing::HasSubstr;

namespace {

// Option before environment before preset before configuration file before default (interface.md 11).
class Settings : public ProgramTest {
protected:
    nlohmann::json config(std::vector<std::string> options, const Environment& more = {}) const {
        options.insert(options.begin(), {"quantize", model(), "--print-config", "--json"});
        const auto printed = run(options, more);
        EXPECT_EQ(printed.exitCode, 0) << printed.err;
        return printed.json();
    }
    std::string preset(const std::string& content) const {
        std::ofstream(path("preset.json")) << content;
        return path("preset.json");
    }
};

TEST_F(Settings, HaveTheDefaultsOfThePaper) {
    const auto printed = config({});
    EXPECT_EQ(printed["settings"]["method"], "vlmptq");
    EXPECT_EQ(printed["settings"]["bits"], "3");
    EXPECT_EQ(printed["settings"]["group"], "channel");
    EXPECT_EQ(printed["settings"]["mu-grid"], "0,0.2,0.4,0.6,0.8,1");
    EXPECT_EQ(printed["settings"]["samples"], "128");
    EXPECT_EQ(printed["origins"]["bits"], "default");
}

TEST_F(Settings, ComeFromTheNearestPlace) {
    std::filesystem::create_directories(path(".config/vlmptq"));
    std::ofstream(path(".config/vlmptq/config.json"))
        << R"({"bits": 8, "group": 32, "damp": 0.5, "seed": 9})";
    const auto file = preset(R"({"bits": 6, "group": 64, "damp": 0.1})");
    const auto printed =
        config({"--preset", file, "--bits", "2"}, {{"VLMPTQ_BITS", "4"}, {"VLMPTQ_GROUP", "128"}});
    EXPECT_EQ(printed["settings"]["bits"], "2");
    EXPECT_EQ(printed["origins"]["bits"], "option");
    EXPECT_EQ(printed["settings"]["group"], "128");
    EXPECT_EQ(printed["origins"]["group"], "environment");
    EXPECT_EQ(printed["settings"]["damp"], "0.1");
    EXPECT_EQ(printed["origins"]["damp"], "preset " + file);
    EXPECT_EQ(printed["settings"]["seed"], "9");
}

TEST_F(Settings, PrintedOnesAreAPreset) {
    const auto first =
        config({"--preset", "deploy", "--mu-grid", "0:1:11", "--skip", "*.o_proj,*.q_proj", "--act-order"});
    EXPECT_EQ(first["settings"]["group"], "128");
    EXPECT_EQ(first["settings"]["sym"], "true");
    const auto second = config({"--preset", preset(first.dump())});
    EXPECT_EQ(second["settings"], first["settings"]);
}

TEST_F(Settings, SwitchesHaveATwin) {
    EXPECT_EQ(config({"--sym"})["settings"]["sym"], "true");
    EXPECT_EQ(config({"--sym", "--no-sym"})["settings"]["sym"], "false");
    EXPECT_EQ(config({"--no-sym", "--sym"})["settings"]["sym"], "true");
    EXPECT_EQ(config({"--group", "-1"})["settings"]["group"], "channel");
    EXPECT_EQ(config({"-b", "4", "-m", "gptq", "-g", "64"})["settings"]["method"], "gptq");
}

TEST_F(Settings, JudgeMuOnNoMoreSamplesThanThereAre) {
    EXPECT_EQ(config({"--samples", "8"})["settings"]["mu-samples"], "8");
    EXPECT_EQ(config({"--samples", "64"})["settings"]["mu-samples"], "16");
    const auto asked = run({"quantize", model(), "--dry-run", "--samples", "8", "--mu-samples", "9"});
    EXPECT_EQ(asked.exitCode, 2) << "what was asked for is not changed silently";
    EXPECT_THAT(asked.err, HasSubstr("--mu-samples"));
}

TEST_F(Settings, TakeSizesWithAndWithoutTheLetterB) {
    for (const auto& [given, bytes] : std::map<std::string, std::string>{{"1M", "1000000"},
                                                                         {"1MB", "1000000"},
                                                                         {"4G", "4000000000"},
                                                                         {"1.5 GB", "1500000000"},
                                                                         {"2k", "2000"},
                                                                         {"7", "7"}})
        EXPECT_EQ(config({"--activation-budget", given})["settings"]["activation-budget"], bytes) << given;
    for (const char* wrong : {"M", "GB", "-1G", "1X"})
        EXPECT_EQ(run({"quantize", model(), "--print-config", "--activation-budget", wrong}).exitCode, 2)
            << wrong;
}

TEST_F(Settings, AreNamedByTheirOptionWhenRefused) {
    EXPECT_THAT(run({"quantize", model(), "--dry-run", "--bits", "9"}).err, HasSubstr("--bits"));
    EXPECT_THAT(run({"quantize", model(), "--dry-run", "--group", "0"}).err,
                AllOf(HasSubstr("'channel'"), HasSubstr("--group")));
    EXPECT_THAT(run({"quantize", model(), "--dry-run", "--max-tokens", "1"}).err, HasSubstr("--max-tokens"));
    EXPECT_THAT(run({"quantize", model(), "--dry-run", "--method", "gtpq"}).err,
                HasSubstr("Did you mean 'gptq'?"));
    EXPECT_THAT(run({"quantize", model(), "--dry-run", "--order", "seedet"}).err,
                HasSubstr("Did you mean 'seeded'?"));
}

TEST_F(Settings, RefuseWhatCannotBeRead) {
    for (const std::vector<std::string>& wrong : {std::vector<std::string>{"--bits", "three"},
                                                  {"--bits", "9"},
                                                  {"--method", "magic"},
                                                  {"--mu-grid", "1:0:6"},
                                                  {"--damp", "-1"},
                                                  {"--alpha", "inf"},
                                                  {"--order", "random"},
                                                  {"--samples", "0"},
                                                  {"--act-bits", "5"},
                                                  {"--device", "gpu"},
                                                  {"--activation-budget", "many"},
                                                  {"--fail-if", "avg_error"},
                                                  {"--fail-if", "luck>1"},
                                                  {"--progress", "loud"},
                                                  {"--also", "magic"}}) {
        auto arguments = wrong;
        arguments.insert(arguments.begin(), {"quantize", model(), "--dry-run"});
        const auto refused = run(arguments);
        EXPECT_EQ(refused.exitCode, 2) << wrong.front() << ' ' << wrong.back() << '\n' << refused.err;
        EXPECT_THAT(refused.err, HasSubstr("error: "));
    }
}

TEST_F(Settings, RefuseFilesWithUnknownKeys) {
    const auto unknown = run({"quantize", model(), "--dry-run", "--preset", preset(R"({"bit": 3})")});
    EXPECT_EQ(unknown.exitCode, 3);
    EXPECT_THAT(unknown.err, HasSubstr("Did you mean 'bits'?"));
    EXPECT_EQ(run({"quantize", model(), "--dry-run", "--preset", preset("[1]")}).exitCode, 3);
    EXPECT_EQ(run({"quantize", model(), "--dry-run", "--preset", path("absent.json")}).exitCode, 3);
}

}
