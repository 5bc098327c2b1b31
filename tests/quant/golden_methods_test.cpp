// All golden problems of the methods this program has, through the same entry point as `vlmptq probe
// methods`, in both precisions; tolerances of method.md 15.
#include "engine/checkpoint/safetensors.h"
#include "engine/core/file.h"
#include "engine/model/tensor_io.h"
#include "engine/quant/probe_methods.h"
#include "support/golden.h"
#include "support/scratch_folder.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <regex>

namespace vlmptq::quant {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

struct Tolerance {
    double scale, factors, loss;
};
Tolerance toleranceOf(Precision precision) {
    return precision == Precision::Float64 ? Tolerance{1e-6, 1e-5, 1e-6} : Tolerance{1e-5, 2e-4, 1e-5};
}

fs::path goldenFolder() { return test::goldenDir() / "methods"; }

json goldenIndex() { // the file holds Python's Infinity, which JSON does not have
    return json::parse(
        std::regex_replace(readFile(goldenFolder() / "index.json"), std::regex(": Infinity"), ": null"));
}

at::Tensor tensorOf(const checkpoint::SafetensorsFile& file, const checkpoint::TensorInfo& info) {
    return model::tensorFromBytes(file.bytes(info), info);
}

void compareTensor(const std::string& name, const at::Tensor& expected, const at::Tensor& actual,
                   Tolerance tolerance) {
    ASSERT_EQ(expected.sizes(), actual.sizes()) << name;
    if (name == "codes") {
        EXPECT_EQ(expected.scalar_type(), actual.scalar_type());
        EXPECT_EQ((expected != actual).sum().item<std::int64_t>(), 0) << "codes differ";
        return;
    }
    if (name == "zero" || name == "perm") {
        EXPECT_TRUE(at::equal(expected, actual)) << name;
        return;
    }
    const at::Tensor difference = (expected - actual).abs();
    if (name == "scale" || name == "W_hat")
        EXPECT_TRUE((difference <= tolerance.scale * expected.abs()).all().item<bool>()) << name;
    else
        EXPECT_LE(difference.max().item<double>(), tolerance.factors * expected.abs().max().item<double>())
            << name;
}

void compareLosses(const std::vector<double>& expected, const std::vector<double>& actual, double tolerance) {
    ASSERT_EQ(expected.size(), actual.size());
    for (std::size_t i = 0; i < expected.size(); ++i)
        EXPECT_NEAR(actual[i] / expected[i], 1, tolerance) << "loss " << i;
}

void compareScalars(const json& expected, const json& actual, double tolerance) {
    if (expected.contains("losses")) { // AWQ and MBQ
        EXPECT_EQ(actual.at("ratio_index"), expected["ratio_index"]);
        compareLosses(expected["losses"], actual.at("losses"), tolerance);
        return;
    }
    EXPECT_NEAR(actual.at("recon_loss").get<double>() / expected.at("recon_loss").get<double>(), 1, tolerance)
        << "recon_loss";
    for (const char* exact : {"percdamp_used", "cholesky_retries"})
        if (expected.contains(exact)) {
            EXPECT_EQ(expected[exact], actual.at(exact));
        }
    if (!expected.contains("mu"))
        return;
    EXPECT_NEAR(actual.at("mu").get<double>(), expected["mu"].get<double>(), 1e-12);
    compareLosses(expected["mu_losses"], actual.at("mu_losses"), tolerance);
}

class GoldenMethods : public testing::TestWithParam<Precision> {};

TEST_P(GoldenMethods, AgreeInCodesRangesFactorsAndLosses) {
    const Tolerance tolerance = toleranceOf(GetParam());
    const test::ScratchFolder out;
    probeMethods(goldenFolder(), out.path(), GetParam());
    const json results = json::parse(readFile(out / "results.json"));
    const json index = goldenIndex();
    int compared = 0;
    for (const json& entry : index["cases"]) {
        const std::string name = entry["name"];
        SCOPED_TRACE(name);
        ASSERT_EQ(results.at(name).at("status"), "ok") << results.at(name).dump();
        ++compared;
        compareScalars(entry["expected"], results.at(name), tolerance.loss);
        const auto expected =
            checkpoint::SafetensorsFile::open(goldenFolder() / entry["file"].get<std::string>());
        const auto actual = checkpoint::SafetensorsFile::open(out / (name + ".safetensors"));
        for (const auto& info : expected->tensors()) {
            if (info.name == "W")
                continue; // the input
            const auto* found = actual->find(info.name);
            ASSERT_TRUE(found) << info.name << " is not written";
            compareTensor(info.name, tensorOf(*expected, info), tensorOf(*actual, *found), tolerance);
        }
    }
    EXPECT_GE(compared, 37);
}

// Rotated blocks, activation quantizers and Hadamard matrices: against the shared file and the blocks' own.
TEST_P(GoldenMethods, AgreeInRotationsAndActivationGrids) {
    const test::ScratchFolder out;
    probeMethods(goldenFolder(), out.path(), GetParam());
    const json results = json::parse(readFile(out / "results.json"));
    const auto shared = checkpoint::SafetensorsFile::open(goldenFolder() / "shared_inputs.safetensors");
    const double blockTolerance = GetParam() == Precision::Float64 ? 1e-6 : 2e-4;
    const json index = goldenIndex();
    int compared = 0;
    const auto compare = [&](const std::string& name, const checkpoint::SafetensorsFile& expected,
                             double tolerance) {
        SCOPED_TRACE(name);
        ASSERT_EQ(results.at(name).at("status"), "ok") << results.at(name).dump();
        const auto actual = checkpoint::SafetensorsFile::open(out / (name + ".safetensors"));
        for (const auto& info : actual->tensors()) {
            const auto* wanted = expected.find(info.name);
            ASSERT_TRUE(wanted) << info.name;
            const auto difference =
                (tensorOf(expected, *wanted).to(at::kDouble) - tensorOf(*actual, info).to(at::kDouble)).abs();
            EXPECT_LE(difference.max().item<double>(), tolerance) << info.name;
            ++compared;
        }
    };
    for (const json& entry : index["quarot"])
        compare(entry["name"],
                *checkpoint::SafetensorsFile::open(goldenFolder() / entry["file"].get<std::string>()),
                blockTolerance);
    for (const json& entry : index["hadamard_orders"])
        compare("hadamard." + std::to_string(entry["order"].get<int>()), *shared, 0);
    for (const json& entry : index["hadamard_apply"])
        compare("had_apply." + std::to_string(entry["size"].get<int>()), *shared, 1e-5);
    EXPECT_EQ(compared, 44);
}

// Codes next to a tie are marked unsafe; in float32 the reference itself moves whole tokens by one code.
TEST_P(GoldenMethods, AgreeInActivationCodes) {
    const test::ScratchFolder out;
    probeMethods(goldenFolder(), out.path(), GetParam());
    const auto shared = checkpoint::SafetensorsFile::open(goldenFolder() / "shared_inputs.safetensors");
    for (const json& entry : goldenIndex()["act_quant"]) {
        const std::string name = entry["name"];
        SCOPED_TRACE(name);
        const auto actual = checkpoint::SafetensorsFile::open(out / (name + ".safetensors"));
        const auto both = [&](const char* what) {
            const std::string full = name + what;
            return std::pair(tensorOf(*shared, *shared->find(full)), tensorOf(*actual, *actual->find(full)));
        };
        const auto [expectedCodes, codes] = both(".codes");
        const auto differs = expectedCodes.ne(codes).logical_and(
            tensorOf(*shared, *shared->find(name + ".safe")).to(at::kBool));
        const int allowed = GetParam() == Precision::Float64 ? 0 : entry["f32_mismatch"].get<int>();
        EXPECT_LE(differs.sum().item<int>(), allowed);
        EXPECT_LE((expectedCodes - codes).abs().max().item<int>(), allowed > 0 ? 1 : 0);
        const auto [expectedScale, scale] = both(".scale");
        EXPECT_TRUE(at::allclose(expectedScale, scale, 1e-6, 0));
    }
}

INSTANTIATE_TEST_SUITE_P(Precisions, GoldenMethods, testing::Values(Precision::Float64, Precision::Float32),
                         [](const auto& precision) { return std::string(toString(precision.param)); });

}
}
