// `probe` for the parts without tensors, against the reference files.
#include "program.h"

#include <gmock/gmock.h>

#include <fstream>

using namespace vlmptq::test;
using testing::HasSubstr;

namespace {

class Probe : public ProgramTest {};

TEST_F(Probe, EncodesTheReferenceTexts) {
    const auto folder = goldenDir() / "models/qwen2_5_vl";
    const auto probed = run(
        {"probe", "tokenizer", folder.string(), (folder / "io.json").string(), "--out", path("ids.json")});
    ASSERT_EQ(probed.exitCode, 0) << probed.err;
    const auto ours = readJson(path("ids.json"))["tokenizer_cases"],
               golden = readJson(folder / "io.json")["tokenizer_cases"];
    ASSERT_EQ(ours.size(), golden.size());
    for (std::size_t i = 0; i < golden.size(); ++i)
        for (const char* field : {"text", "ids", "decoded", "decoded_skip_special"})
            EXPECT_EQ(ours[i][field], golden[i][field]) << field << " of case " << i;
}

TEST_F(Probe, ScoresTheReferenceAnswers) {
    const auto file = (goldenDir() / "scoring/chartqa.json").string(),
               noCases = (goldenDir() / "scoring/index.json").string();
    const auto scored = run({"probe", "scoring", file, noCases, "--out", path("scores"), "--json"});
    EXPECT_EQ(scored.exitCode, 0) << scored.err;
    EXPECT_EQ(scored.json()["ok"], 1) << "a file without cases has no output";
    EXPECT_TRUE(std::filesystem::exists(path("scores/chartqa.json")));
}

TEST_F(Probe, RefusesFilesThatAreNoCases) {
    const auto folder = (goldenDir() / "models/qwen2_5_vl").string();
    std::ofstream(path("cases.json")) << R"({"tokenizer_cases": [{"ids": []}]})";
    const auto refused = run({"probe", "tokenizer", folder, path("cases.json"), "--out", path("ids.json")});
    EXPECT_EQ(refused.exitCode, 3);
    EXPECT_THAT(refused.err, HasSubstr("has no 'text'"));
    EXPECT_EQ(run({"probe", "tokenizer", folder, path("absent.json"), "--out", path("ids.json")}).exitCode,
              3);
    EXPECT_EQ(run({"probe", "scoring", "--out", path("scores"), "--rules", "2024", "x.json"}).exitCode, 2);
}

}
