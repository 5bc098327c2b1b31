// Every file of golden/tsv behaves as its index says.
#include "engine/core/hash.h"
#include "engine/evaluation/benchmark.h"
#include "engine/image/image.h"
#include "support/golden.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace vlmptq::evaluation {
namespace {

using nlohmann::json;

std::filesystem::path folder() { return test::goldenDir() / "tsv"; }
const json& goldenIndex() {
    static const json index = test::readJson(folder() / "index.json");
    return index;
}

std::vector<json> filesOf(const std::set<std::string>& outcomes) {
    std::vector<json> files;
    for (const json& file : goldenIndex().at("files"))
        if (outcomes.contains(file.at("expected_outcome").get<std::string>()))
            files.push_back(file);
    return files;
}

std::string hashOf(const std::vector<std::uint8_t>& bytes) {
    return sha256Hex(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

std::size_t distinctImages(const Benchmark& benchmark) {
    std::set<std::string> hashes;
    for (const BenchmarkItem& item : benchmark.items())
        for (const auto& bytes : benchmark.imageBytes(item))
            hashes.insert(hashOf(bytes));
    return hashes.size();
}

// Problems of the pass and of the pictures together, as a run meets them.
std::vector<LoadProblem> allProblems(const Benchmark& benchmark) {
    std::vector<LoadProblem> all;
    for (const LoadProblem& problem : benchmark.problems())
        if (!problem.isWarning)
            all.push_back(problem);
    for (const LoadProblem& problem : benchmark.checkImages())
        all.push_back(problem);
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.row < b.row; });
    return all;
}

void expectProblems(const std::vector<LoadProblem>& problems, const json& expected) {
    ASSERT_EQ(problems.size(), expected.size());
    for (std::size_t i = 0; i < problems.size(); ++i) {
        std::set<std::string> codes{expected[i].at("code").get<std::string>()};
        for (const json& other : expected[i].value("or", json::array()))
            codes.insert(other.get<std::string>());
        EXPECT_TRUE(codes.contains(problems[i].code)) << problems[i].code << ": " << problems[i].message;
        EXPECT_EQ(problems[i].row, expected[i].at("row").get<std::int64_t>());
        EXPECT_EQ(problems[i].column, expected[i].value("column", ""));
        EXPECT_EQ(problems[i].index, expected[i].value("index", ""));
        EXPECT_FALSE(problems[i].message.empty());
    }
}

void expectWarnings(const Benchmark& benchmark, const json& file) {
    for (const json& code : file.value("also_warn", json::array()))
        EXPECT_EQ(benchmark.problemCounts().count(code.get<std::string>()), 1u) << code;
}

std::string textOrEmpty(const json& sample, const char* field) {
    return sample.contains(field) && sample.at(field).is_string() ? sample.at(field).get<std::string>() : "";
}

void expectImage(const std::vector<std::uint8_t>& bytes, const json& expected) {
    EXPECT_EQ(bytes.size(), expected.at("encoded_bytes").get<std::size_t>());
    EXPECT_EQ(hashOf(bytes), expected.at("encoded_sha256").get<std::string>());
    const image::RgbImage image = image::decode(bytes, "golden", {.applyExifOrientation = false});
    EXPECT_EQ(image.width, expected.at("width").get<int>());
    EXPECT_EQ(image.height, expected.at("height").get<int>());
    if (expected.at("rgb8_sha256").is_string()) {
        EXPECT_EQ(hashOf(image.pixels), expected.at("rgb8_sha256").get<std::string>());
    }
}

void expectSample(const Benchmark& benchmark, const BenchmarkItem& item, const json& sample) {
    EXPECT_EQ(item.row, sample.at("row").get<std::int64_t>());
    EXPECT_EQ(item.id, sample.at("index").get<std::string>());
    EXPECT_EQ(item.question, sample.at("question").get<std::string>());
    EXPECT_EQ(item.references, sample.at("answers").get<std::vector<std::string>>());
    EXPECT_EQ(item.hint, textOrEmpty(sample, "hint"));
    EXPECT_EQ(item.l2Category, textOrEmpty(sample, "l2_category"));
    if (sample.at("category").is_string()) {
        EXPECT_EQ(item.category, sample.at("category").get<std::string>());
    }
    if (sample.contains("options")) {
        EXPECT_EQ(item.options, sample.at("options").get<std::vector<std::string>>());
    }
    const auto images = benchmark.imageBytes(item);
    ASSERT_EQ(images.size(), 1u);
    expectImage(images.front(), sample.at("image"));
}

class GoldenTsv : public testing::TestWithParam<json> {
protected:
    const std::filesystem::path path = folder() / GetParam().at("file").get<std::string>();
    const json expected = GetParam().at("expect");
};
class GoodTsv : public GoldenTsv {};
class TsvWithBadRows : public GoldenTsv {};
class UnusableTsv : public GoldenTsv {};

std::string nameOf(const testing::TestParamInfo<json>& parameter) {
    std::string name = std::filesystem::path(parameter.param.at("file").get<std::string>()).stem().string();
    std::replace_if(
        name.begin(), name.end(), [](unsigned char c) { return !std::isalnum(c); }, '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(Files, GoodTsv, testing::ValuesIn(filesOf({"ok"})), nameOf);
INSTANTIATE_TEST_SUITE_P(Files, TsvWithBadRows, testing::ValuesIn(filesOf({"rows_rejected"})), nameOf);
INSTANTIATE_TEST_SUITE_P(Files, UnusableTsv, testing::ValuesIn(filesOf({"error"})), nameOf);

TEST_P(GoodTsv, LoadsCompletely) {
    const auto benchmark = openBenchmark(path);
    EXPECT_EQ(taskOf(*benchmark).id, GetParam().at("benchmark").get<std::string>());
    EXPECT_EQ(benchmark->items().size(), expected.at("rows").get<std::size_t>());
    EXPECT_EQ(benchmark->rows(), expected.at("rows").get<std::int64_t>());
    EXPECT_EQ(distinctImages(*benchmark), expected.at("distinct_images").get<std::size_t>());
    expectProblems(allProblems(*benchmark), json::array());
    expectWarnings(*benchmark, GetParam());
    const json samples = expected.value("samples", json::array());
    for (std::size_t i = 0; i < samples.size(); ++i)
        expectSample(*benchmark, benchmark->items().at(i), samples[i]);
    const json questions = expected.value("questions", json::array()),
               ids = expected.value("ids", json::array());
    for (std::size_t i = 0; i < questions.size(); ++i)
        EXPECT_EQ(benchmark->items().at(i).question, questions[i]);
    for (std::size_t i = 0; i < ids.size(); ++i)
        EXPECT_EQ(benchmark->items().at(i).id, ids[i]);
}

TEST_P(TsvWithBadRows, LeavesThemOutAndSaysWhy) {
    const auto benchmark = openBenchmark(path);
    EXPECT_EQ(taskOf(*benchmark).id, GetParam().at("benchmark").get<std::string>());
    const auto problems = allProblems(*benchmark);
    expectProblems(problems, expected.at("problems"));
    EXPECT_EQ(benchmark->rows() - std::int64_t(problems.size()),
              expected.at("good_rows").get<std::int64_t>());
    expectWarnings(*benchmark, GetParam());
}

TEST_P(UnusableTsv, IsRefusedInOneSentence) {
    try {
        openBenchmark(path);
        FAIL() << "was opened";
    } catch (const BenchmarkError& error) {
        const std::string code =
            GetParam().contains("file_code") ? GetParam().at("file_code") : expected.at("file_code");
        EXPECT_EQ(error.id(), code) << error.what();
        EXPECT_EQ(error.kind(), ErrorKind::BadInput);
        EXPECT_NE(std::string(error.what()).find(path.filename().string()), std::string::npos);
        for (const json& name : expected.value("names", json::array()))
            EXPECT_NE(std::string(error.what()).find(name.get<std::string>()), std::string::npos)
                << error.what();
        if (expected.contains("line")) {
            EXPECT_EQ(error.problem().line, expected.at("line").get<std::int64_t>());
        }
        expectProblems(error.rowProblems(), expected.value("problems", json::array()));
    }
}

TEST(GoldenTsvIndex, HoldsFilesOfEveryKind) {
    EXPECT_GE(filesOf({"ok"}).size(), 10u);
    EXPECT_GE(filesOf({"rows_rejected"}).size(), 10u);
    EXPECT_GE(filesOf({"error"}).size(), 10u);
}

}
}
