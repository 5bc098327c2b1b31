// The whole model against the reference, through `probe model`: the same code anybody can point at further
// data.
#include "engine/model/probe_model.h"
#include "model/support.h"
#include "support/scratch_folder.h"

namespace vlmptq::model {
namespace {

using nlohmann::json;

double toleranceOf(const std::string& tensor) {
    return tensor.ends_with("/pixel_values") ? 1e-5 : kTolerance;
}

const json& caseNamed(const json& file, const std::string& name) {
    for (const json& one : file.at("cases"))
        if (one.at("name") == name)
            return one;
    throw std::runtime_error("no case " + name);
}

bool isBfloat16(const std::string& tensor) { return tensor.starts_with("bf16_compute/"); }

class ModelGolden : public testing::TestWithParam<const char*> {
protected:
    void SetUp() override {
        const auto folder = goldenModel(GetParam());
        const api::ProbeResult result = probeModel(folder, scratch.path());
        golden = test::readJson(folder / "io.json");
        ours = test::readJson(scratch / "io.json");
        ASSERT_EQ(result.errors, 0) << ours.dump(1);
        ASSERT_EQ(result.ok, static_cast<int>(golden.at("cases").size()));
        goldenTensors = std::make_unique<TensorFile>(folder / "io.safetensors");
        ourTensors = std::make_unique<TensorFile>(scratch / "io.safetensors");
    }

    test::ScratchFolder scratch;
    json golden, ours;
    std::unique_ptr<TensorFile> goldenTensors, ourTensors;
};

TEST_P(ModelGolden, EveryTensorAgreesWithTheReference) {
    int compared = 0;
    for (const checkpoint::TensorInfo& info : goldenTensors->infos()) {
        const bool isInput = info.name.starts_with("image/") || info.name.ends_with("_pil");
        if (isInput || info.name.find("greedy") != std::string::npos)
            continue;
        const at::Tensor expected = (*goldenTensors)[info.name];
        ASSERT_TRUE(ourTensors->has(info.name)) << info.name;
        const at::Tensor found = (*ourTensors)[info.name];
        ASSERT_EQ(found.sizes(), expected.sizes()) << info.name;
        ++compared;
        if (!at::isFloatingType(expected.scalar_type())) {
            EXPECT_TRUE(found.to(at::kLong).equal(expected.to(at::kLong))) << info.name;
        } else if (isBfloat16(info.name)) {
            EXPECT_LT(largestDifference(found, expected), 0.6) << info.name;
            EXPECT_LT(meanDifference(found, expected), 0.1) << info.name;
        } else {
            EXPECT_LT(largestDifference(found, expected), toleranceOf(info.name)) << info.name;
        }
    }
    EXPECT_GT(compared, 20);
}

TEST_P(ModelGolden, GreedyAnswersAreEqual) {
    for (const json& expected : golden.at("cases")) {
        const std::string name = expected.at("name");
        if (isBfloat16(name))
            continue;
        const json& found = caseNamed(ours, name);
        for (const auto& [key, value] : expected.items()) {
            if (!key.starts_with("greedy"))
                continue;
            EXPECT_EQ(found.at(key).at("ids"), value.at("ids")) << name << " " << key;
            for (const char* field : {"text", "text_with_special", "stopped_by_eos"})
                if (value.contains(field)) {
                    EXPECT_EQ(found.at(key).at(field), value.at(field)) << name << " " << key;
                }
        }
        EXPECT_TRUE((*ourTensors)[name + "/greedy_ids"].equal((*goldenTensors)[name + "/greedy_ids"]))
            << name;
    }
}

// In bfloat16 an answer may change only where two candidates were closer than the arithmetic differs
// (models.md 9).
TEST_P(ModelGolden, Bfloat16AnswersChangeOnlyAtCloseCalls) {
    for (const json& expected : golden.at("cases")) {
        const std::string name = expected.at("name");
        if (!isBfloat16(name))
            continue;
        const json& found = caseNamed(ours, name);
        if (found.at("greedy").at("ids") == expected.at("greedy").at("ids"))
            continue;
        const double deviation =
            largestDifference((*ourTensors)[name + "/logits"], (*goldenTensors)[name + "/logits"]);
        EXPECT_LT(expected.at("greedy").at("smallest_top2_gap").get<double>(), deviation) << name;
    }
}

TEST_P(ModelGolden, TextsAreEqual) {
    for (const json& expected : golden.at("cases")) {
        const json& found = caseNamed(ours, expected.at("name"));
        for (const char* field : {"rendered_text", "expanded_text", "num_tokens", "num_vision_tokens"})
            EXPECT_EQ(found.at(field), expected.at(field)) << expected.at("name");
    }
    const json& cases = golden.at("tokenizer_cases");
    ASSERT_EQ(ours.at("tokenizer_cases").size(), cases.size());
    for (std::size_t i = 0; i < cases.size(); ++i)
        for (const char* field : {"text", "ids", "decoded", "decoded_skip_special"})
            EXPECT_EQ(ours.at("tokenizer_cases")[i].at(field), cases[i].at(field)) << i;
}

INSTANTIATE_TEST_SUITE_P(Models, ModelGolden, testing::ValuesIn(kQwenModels), modelTestName);

}
}
