// What `probe methods` does with folders and cases it cannot use.
#include "engine/checkpoint/safetensors.h"
#include "engine/core/error.h"
#include "engine/core/file.h"
#include "engine/model/tensor_io.h"
#include "engine/quant/probe_methods.h"
#include "support/scratch_folder.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace vlmptq::quant {
namespace {

using nlohmann::json;

class ProbeMethods : public testing::Test {
protected:
    ProbeMethods() {
        const at::Tensor x = at::randn({12, 8}).to(at::kHalf);
        checkpoint::writeSafetensors(m_folder / "shared_inputs.safetensors",
                                     {model::toTensorData("A.x", x), model::toTensorData("A.x_fp", x),
                                      model::toTensorData("A.vision", at::arange(12).lt(6).to(at::kByte)),
                                      model::toTensorData("A.seq_len", at::tensor({5, 7}, at::kInt)),
                                      model::toTensorData("B.x", x), model::toTensorData("B.x_fp", x),
                                      model::toTensorData("B.vision", at::zeros({12}, at::kByte)),
                                      model::toTensorData("B.seq_len", at::tensor({5, 5}, at::kInt))});
        checkpoint::writeSafetensors(m_folder / "w.safetensors",
                                     {model::toTensorData("W", at::randn({4, 8}))});
    }

    static json entry(const char* method, const json& settings = {{"bits", 3}, {"use_p", true}}) {
        return {{"name", "case"},
                {"file", "w.safetensors"},
                {"acts", "A"},
                {"method", method},
                {"settings", settings}};
    }
    json probe(const json& changed) {
        writeFileAtomically(m_folder / "index.json", json{{"cases", {changed}}}.dump());
        probeMethods(m_folder.path(), m_folder / "out", Precision::Float64);
        return json::parse(readFile(m_folder / "out/results.json")).at("case");
    }
    std::string refusal() {
        try {
            probeMethods(m_folder.path(), m_folder / "out", Precision::Float64);
        } catch (const Error& error) {
            return error.what();
        }
        return "nothing was refused";
    }

    test::ScratchFolder m_folder;
};

TEST_F(ProbeMethods, WritesTensorsAndScalarsOfACase) {
    const json result = probe(entry("gptaq"));
    EXPECT_EQ(result.at("status"), "ok") << result;
    EXPECT_EQ(result.at("cholesky_retries"), 0);
    const auto file = checkpoint::SafetensorsFile::open(m_folder / "out/case.safetensors");
    for (const char* name : {"codes", "scale", "zero", "W_hat", "H_diag", "L_diag", "P"})
        EXPECT_TRUE(file->find(name)) << name;
    EXPECT_FALSE(file->find("C"));
}

TEST_F(ProbeMethods, StoresWideAndSignedCodesAsTheGoldensDo) {
    probe(entry("rtn", {{"bits", 8}, {"mse", false}}));
    const auto wide = checkpoint::SafetensorsFile::open(m_folder / "out/case.safetensors");
    EXPECT_EQ(wide->find("codes")->dtype, checkpoint::Dtype::I16);
    probe(entry("rtn", {{"bits", 8}, {"sym", true}}));
    const auto narrow = checkpoint::SafetensorsFile::open(m_folder / "out/case.safetensors");
    EXPECT_EQ(narrow->find("codes")->dtype, checkpoint::Dtype::I8);
}

TEST_F(ProbeMethods, NamesWhatIsNotSupported) {
    EXPECT_EQ(probe(entry("squeeze")).at("status"), "unsupported");
    EXPECT_EQ(probe(entry("vlmptq_c", {{"bits", 3}, {"use_c", true}})).at("status"), "unsupported");
}

TEST_F(ProbeMethods, MissesTheTokenImportanceWhereItIsAskedFor) {
    json importance = entry("gptaq");
    importance["token_importance"] = true;
    EXPECT_EQ(probe(importance).at("status"), "error");
}

TEST_F(ProbeMethods, ReportsABrokenCaseAndGoesOn) {
    json missingFile = entry("gptaq"), missingSet = entry("gptaq"), noBits = entry("gptaq", {{"sym", true}});
    missingFile["file"] = "absent.safetensors";
    missingSet["acts"] = "Z";
    json lengths = entry("gptaq");
    lengths["acts"] = "B";
    const json badGroup = entry("gptaq", {{"bits", 3}, {"groupsize", 5}});
    for (const json& broken : {missingFile, missingSet, noBits, lengths, badGroup}) {
        const json result = probe(broken);
        EXPECT_EQ(result.at("status"), "error");
        EXPECT_FALSE(result.at("message").get<std::string>().empty());
    }
    EXPECT_NE(probe(missingSet).at("message").get<std::string>().find("Z.x"), std::string::npos);
}

TEST_F(ProbeMethods, WritesNothingOutsideTheOutputFolder) {
    json outside = entry("rtn");
    outside["name"] = "../case";
    writeFileAtomically(m_folder / "index.json", json{{"cases", {outside}}}.dump());
    EXPECT_EQ(probeMethods(m_folder.path(), m_folder / "out", Precision::Float32).errors, 1);
    EXPECT_FALSE(std::filesystem::exists(m_folder / "case.safetensors"));
}

TEST_F(ProbeMethods, RefusesAFolderWithoutAUsableIndex) {
    EXPECT_NE(refusal().find("index.json"), std::string::npos);
    writeFileAtomically(m_folder / "index.json", "{\"cases\": 3}");
    EXPECT_NE(refusal().find("cases"), std::string::npos);
    writeFileAtomically(m_folder / "index.json", "{\"cases\": [{}]}");
    EXPECT_NE(refusal().find("has no name"), std::string::npos);
    writeFileAtomically(m_folder / "index.json", "{\"cases\": [");
    EXPECT_NE(refusal().find("not valid JSON"), std::string::npos);
}

TEST_F(ProbeMethods, ReadsTheNumbersPythonWrites) {
    std::string text = json{{"cases", {entry("rtn")}}}.dump();
    text.insert(1, "\"gap\": Infinity, \"other\": [-Infinity, NaN], \"say \\\"NaN\\\"\": \"NaN\", ");
    writeFileAtomically(m_folder / "index.json", text);
    EXPECT_EQ(probeMethods(m_folder.path(), m_folder / "out", Precision::Float32).ok, 1);
}

}
}
