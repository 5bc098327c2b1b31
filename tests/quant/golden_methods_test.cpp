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
#include <set>

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

bool isAvailable(const json& entry) {
    static const std::set<std::string> available{"rtn",      "gptq",   "gptaq",  "vlmptq_c",
                                                  "vlmptq_m", "vlmptq", "rescomp"};
    return available.contains(entry["method"]);
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

void compareScalars(const json& expected, const json& actual, double tolerance) {
    EXPECT_NEAR(actual.at("recon_loss").get<double>() / expected.at("recon_loss").get<double>(), 1, tolerance)
        << "recon_loss";
    for (const char* exact : {"percdamp_used", "cholesky_retries"})
        if (expected.contains(exact)) {
            EXPECT_EQ(expected[exact], actual.at(exact));
        }
    if (!expected.contains("mu"))
        return;
    EXPECT_NEAR(actual.at("mu").get<double>(), expected["mu"].get<double>(), 1e-12);
    const auto wanted = expected["mu_losses"].get<std::vector<double>>(),
               got = actual.at("mu_losses").get<std::vector<double>>();
    ASSERT_EQ(wanted.size(), got.size());
    for (std::size_t i = 0; i < wanted.size(); ++i)
        EXPECT_NEAR(got[i] / wanted[i], 1, tolerance) << "mu_losses[" << i << "]";
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
        if (!isAvailable(entry)) {
            EXPECT_EQ(results.at(name).at("status"), "unsupported");
            continue;
        }
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
    EXPECT_GE(compared, 29);
}

INSTANTIATE_TEST_SUITE_P(Precisions, GoldenMethods, testing::Values(Precision::Float64, Precision::Float32),
                         [](const auto& precision) { return std::string(toString(precision.param)); });

}
}
