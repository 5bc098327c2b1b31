#include "program.h"

#include <gmock/gmock.h>

#include <fstream>

using namespace vlmptq::test;
using testing::HasSubstr;
using testing::Not;

namespace {

class Inspect : public ProgramTest {};

TEST_F(Inspect, ListsACheckpointFromItsHeaders) {
    const auto listed = run({"inspect", model(), "--filter", "*layers.0.mlp*"});
    EXPECT_EQ(listed.exitCode, 0) << listed.err;
    EXPECT_THAT(listed.out, HasSubstr("Qwen2_5_VLForConditionalGeneration"));
    EXPECT_THAT(listed.out, HasSubstr("mlp.down_proj.weight"));
    EXPECT_THAT(listed.out, HasSubstr("BF16"));
}

TEST_F(Inspect, GivesTheSameAsJsonAndCsv) {
    const auto json = run({"inspect", model(), "--json"}).json();
    EXPECT_EQ(json["schema"], 1);
    EXPECT_EQ(json["kind"], "checkpoint");
    const auto csv = run({"inspect", model(), "--csv"}).out;
    EXPECT_EQ(static_cast<std::size_t>(std::count(csv.begin(), csv.end(), '\n')), json["tensors"].size() + 1);
}

TEST_F(Inspect, ReadsStatisticsFromTheValues) {
    // mean 0.5, two zeros, one infinity left out of the figures
    const std::vector<float> values{0, 1, 0, 1, std::numeric_limits<float>::infinity()};
    const std::string header = R"({"t":{"dtype":"F32","shape":[5],"data_offsets":[0,20]}})";
    const std::uint64_t length = header.size();
    std::ofstream file(path("t.safetensors"), std::ios::binary);
    file.write(reinterpret_cast<const char*>(&length), 8);
    file << header;
    file.write(reinterpret_cast<const char*>(values.data()), 20);
    file.close();
    const auto stats =
        run({"inspect", path("t.safetensors"), "--tensor", "t", "--stats", "--json"}).json()["stats"];
    EXPECT_EQ(stats["count"], 5);
    EXPECT_EQ(stats["mean"], 0.5);
    EXPECT_EQ(stats["std"], 0.5);
    EXPECT_EQ(stats["min"], 0.0);
    EXPECT_EQ(stats["max"], 1.0);
    EXPECT_EQ(stats["zeros"], 2);
    EXPECT_EQ(stats["not_finite"], 1);
}

TEST_F(Inspect, SuggestsTheNearestTensor) {
    const auto mistyped = run({"inspect", model(), "--tensor", "model.norm.weigth"});
    EXPECT_EQ(mistyped.exitCode, 3);
    EXPECT_THAT(mistyped.err, HasSubstr("Did you mean '"));
    EXPECT_EQ(run({"inspect", model(), "--filter", "nothing*"}).exitCode, 3);
}

TEST_F(Inspect, LooksAtModelsThatCannotBeQuantized) {
    std::filesystem::copy(model(), path("other"), std::filesystem::copy_options::recursive);
    std::ofstream(path("other") + "/config.json")
        << R"({"architectures": ["OtherModel"], "model_type": "other"})";
    const auto listed = run({"inspect", path("other")});
    EXPECT_EQ(listed.exitCode, 0) << listed.err;
    EXPECT_THAT(listed.out, HasSubstr("OtherModel"));
    EXPECT_THAT(listed.out, HasSubstr("not supported"));
}

TEST_F(Inspect, ShowsTheFingerprintOfARunShortAndItsPartsInJson) {
    ASSERT_EQ(runScripted({"quantize", model()}).exitCode, 0);
    const auto shown = run({"runs", "show", "1", "--json"}).json();
    const auto folder = shown["directory"].get<std::string>();
    const auto listed = run({"inspect", folder}).out;
    EXPECT_THAT(listed, HasSubstr(shown["fingerprint"].get<std::string>().substr(0, 12) + "\n"));
    EXPECT_THAT(listed, Not(HasSubstr("{")));
    EXPECT_TRUE(run({"inspect", folder, "--json"}).json()["fingerprint_parts"].is_object());
}

TEST_F(Inspect, RefusesWhatIsNoCheckpoint) {
    EXPECT_EQ(run({"inspect", path("nowhere")}).exitCode, 3);
    std::ofstream(path("short.safetensors")) << "abc";
    const auto cut = run({"inspect", path("short.safetensors")});
    EXPECT_EQ(cut.exitCode, 3);
    EXPECT_THAT(cut.err, HasSubstr("short.safetensors"));
}

TEST_F(Inspect, AnswersWithinFiftyMilliseconds) {
    auto fastest = std::chrono::duration<double>(1);
    for (int i = 0; i < 10; ++i)
        fastest = std::min(fastest, run({"inspect", model()}).seconds);
    EXPECT_LT(fastest.count(), 0.05);
}

}
