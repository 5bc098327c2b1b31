#include "engine/core/config.h"
#include "engine/core/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <functional>

namespace vlmptq {
namespace {

using nlohmann::json;
using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

RunConfig complete() {
    RunConfig config;
    config.model = "models/demo";
    config.calib.source = "calib.jsonl";
    return config;
}

TEST(Config, DefaultsAreThoseOfThePaper) {
    const QuantConfig quant;
    EXPECT_EQ(quant.method, "vlmptq");
    EXPECT_EQ(quant.effectiveRanges(), Ranges::Modality);
    EXPECT_EQ(quant.effectiveMode(), TailMode::Org);
    EXPECT_TRUE(validate(complete()).empty());
}

struct Fault {
    const char* field;
    std::function<void(RunConfig&)> spoil;
    const char* says;
};

class ConfigRule : public ::testing::TestWithParam<Fault> {};

TEST_P(ConfigRule, NamesTheFieldAndTheAllowedValues) {
    auto config = complete();
    GetParam().spoil(config);
    const auto issues = validate(config);
    ASSERT_EQ(issues.size(), 1u);
    EXPECT_EQ(issues[0].field, GetParam().field);
    EXPECT_TRUE(issues[0].isError);
    EXPECT_THAT(issues[0].message, HasSubstr(GetParam().says));
    try {
        throwIfInvalid(config);
        FAIL() << "accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::BadOption);
        EXPECT_EQ(error.what(), issues[0].message);
    }
}

INSTANTIATE_TEST_SUITE_P(
    All, ConfigRule,
    ::testing::Values(
        Fault{"model", [](RunConfig& c) { c.model = ""; }, "folder of a checkpoint"},
        Fault{"quant.method", [](RunConfig& c) { c.quant.method = "magic"; }, "rtn, gptq, gptaq"},
        Fault{"quant.weightBits", [](RunConfig& c) { c.quant.weightBits = 1; },
              "1 is not allowed: use 2 to 8"},
        Fault{"quant.weightBits", [](RunConfig& c) { c.quant.weightBits = 9; }, "use 2 to 8"},
        Fault{"quant.groupSize", [](RunConfig& c) { c.quant.groupSize = 0; }, "'channel'"},
        Fault{"quant.ranges", [](RunConfig& c) { c.quant.method = "rtn", c.quant.ranges = Ranges::DiagH; },
              "minmax or mse"},
        Fault{"quant.dampRatio", [](RunConfig& c) { c.quant.dampRatio = 0; }, "more than 0 and at most 1"},
        Fault{"quant.dampRatio", [](RunConfig& c) { c.quant.dampRatio = std::nan(""); },
              "nan is not allowed"},
        Fault{"quant.alpha", [](RunConfig& c) { c.quant.alpha = 1.01; }, "use 0 to 1"},
        Fault{"quant.blockSize", [](RunConfig& c) { c.quant.blockSize = 0; }, "use 1 to 4096"},
        Fault{"quant.muGrid", [](RunConfig& c) { c.quant.muGrid = {}; }, "use 1 to 41"},
        Fault{"quant.muGrid",
              [](RunConfig& c) {
                  c.quant.muGrid = {0, 1.5};
              },
              "0 (text only) to 1 (vision only)"},
        Fault{"quant.muGrid",
              [](RunConfig& c) {
                  c.quant.muGrid = {0.5, 0, 0.5};
              },
              "holds 0.500 twice"},
        Fault{"quant.muSamples", [](RunConfig& c) { c.quant.muSamples = -1; }, "0 for all"},
        Fault{"quant.muSamples", [](RunConfig& c) { c.quant.muSamples = 129; }, "129 of 128"},
        Fault{"quant.mPow", [](RunConfig& c) { c.quant.mPow = 0; }, "more than 0"},
        Fault{"quant.skip", [](RunConfig& c) { c.quant.skip = {""}; }, "matches nothing"},
        Fault{"calib.source", [](RunConfig& c) { c.calib.source = ""; }, "JSONL"},
        Fault{"calib.samples", [](RunConfig& c) { c.calib.samples = 4097; }, "use 1 to 4096"},
        Fault{"calib.heldout", [](RunConfig& c) { c.calib.heldout = -1; }, "use 0 to 4096"},
        Fault{"calib.maxTokens", [](RunConfig& c) { c.calib.maxTokens = 100; }, "use 128 to 32768"},
        Fault{"device.device", [](RunConfig& c) { c.device.device = "cuda:x"; }, "auto, cpu, cuda or cuda:N"},
        Fault{"device.threads", [](RunConfig& c) { c.device.threads = -2; }, "use 0 to 1024"}));

TEST(Config, WarnsWithoutRefusing) {
    auto config = complete();
    config.calib.samples = 8;
    config.quant.muSamples = 8;
    const auto issues = validate(config);
    ASSERT_EQ(issues.size(), 1u);
    EXPECT_FALSE(issues[0].isError);
    EXPECT_NO_THROW(throwIfInvalid(config));
}

TEST(Config, RoundToNearestIsMeasuredOnDataToo) {
    auto config = complete();
    config.quant.method = "rtn";
    config.calib.source = "";
    ASSERT_EQ(validate(config).size(), 1u);
    EXPECT_EQ(validate(config)[0].field, "calib.source");
}

TEST(MuGrid, ReadsRangesStepsAndLists) {
    EXPECT_THAT(parseMuGrid("0:1:6"),
                ElementsAre(0, DoubleEq(0.2), DoubleEq(0.4), DoubleEq(0.6), DoubleEq(0.8), 1));
    EXPECT_EQ(parseMuGrid("11").size(), 11u);
    EXPECT_THAT(parseMuGrid("0.3:0.3:1"), ElementsAre(0.3));
    EXPECT_THAT(parseMuGrid("0,0.5,1"), ElementsAre(0, 0.5, 1));
    EXPECT_THAT(parseMuGrid("0.5"), ElementsAre(0.5));
    EXPECT_THAT(parseMuGrid("1"), ElementsAre(1));
}

TEST(MuGrid, RefusesWhatIsNoGrid) {
    for (const char* text :
         {"", "a", "0:1", "0:1:0", "0:1:42", "1:0:3", "0:1:6:2", "0,,1", "1.5", "0,2", "-0.1", "0 1"})
        EXPECT_THROW(parseMuGrid(text), Error) << "'" << text << "'";
}

TEST(Config, SurvivesJson) {
    auto config = complete();
    config.name = "first";
    config.tags = {"w3", "demo"};
    config.quant.method = "gptq";
    config.quant.ranges = Ranges::DiagH;
    config.quant.mode = TailMode::AllWClamp;
    config.quant.groupSize = 64;
    config.quant.muEval = MuEval::Sweep;
    config.quant.mNorm = MNorm::Mean;
    config.quant.precision = Precision::Float64;
    config.quant.skip = {"*.o_proj"};
    config.calib.order = SampleOrder::Seeded;
    config.calib.seed = 18'446'744'073'709'551'615u;
    config.device.computeDtype = ComputeDtype::BFloat16;
    config.device.activationBudgetBytes = 1ull << 40;
    const json written = config;
    EXPECT_EQ(json(written.get<RunConfig>()), written);
    EXPECT_EQ(written.at("quant").at("ranges"), "diag-h");
    EXPECT_EQ(written.at("quant").at("weight_bits"), 3);
    EXPECT_EQ(written.at("calib").at("max_tokens"), 2048);
}

TEST(Config, JsonKeepsDefaultsAndIgnoresUnknownKeys) {
    const auto config =
        json::parse(R"({"model": "m", "quant": {"weight_bits": 2, "future": 1}, "later": []})")
            .get<RunConfig>();
    EXPECT_EQ(config.quant.weightBits, 2);
    EXPECT_EQ(config.quant.groupSize, -1);
    EXPECT_EQ(config.calib.samples, 128);
    EXPECT_FALSE(config.quant.ranges);
}

TEST(Config, JsonOfTheWrongKindNamesTheField) {
    const std::pair<const char*, const char*> cases[]{
        {R"([])", "settings"},
        {R"({"quant": 3})", "quant"},
        {R"({"quant": {"weight_bits": "three"}})", "quant.weight_bits"},
        {R"({"quant": {"weight_bits": 3.5}})", "quant.weight_bits"},
        {R"({"quant": {"weight_bits": 99999999999}})", "quant.weight_bits"},
        {R"({"quant": {"mu_grid": ["a"]}})", "quant.mu_grid"},
        {R"({"calib": {"seed": -1}})", "calib.seed"},
        {R"({"calib": {"order": 1}})", "calib.order"},
    };
    for (const auto& [text, field] : cases)
        try {
            json::parse(text).get<RunConfig>();
            ADD_FAILURE() << "accepted " << text;
        } catch (const Error& error) {
            EXPECT_THAT(error.what(), HasSubstr(std::string("'") + field + "'"));
        }
    EXPECT_THROW(json::parse(R"({"quant": {"mu_eval": "guess"}})").get<RunConfig>(), Error);
}

TEST(Config, NamesTheRun) {
    auto config = complete();
    EXPECT_EQ(schemeText(config.quant), "W3A16");
    EXPECT_EQ(defaultRunName(config), "demo-w3-vlmptq");
    config.model = "/data/demo/model/";
    config.quant.groupSize = 128;
    config.quant.method = "gptq";
    config.quant.ranges = Ranges::DiagH;
    EXPECT_EQ(schemeText(config.quant), "W3A16 g128");
    EXPECT_EQ(defaultRunName(config), "demo-w3-g128-gptq-diag-h");
}

}
}
