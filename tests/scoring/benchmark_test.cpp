#include "engine/evaluation/benchmark.h"
#include "engine/evaluation/benchmark_recognise.h"
#include "engine/evaluation/benchmark_score.h"
#include "engine/evaluation/scorers/scorers.h"
#include "support/golden.h"
#include "support/scratch_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace vlmptq::evaluation {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

std::string picture() {
    std::ifstream stream(test::goldenDir() / "tsv" / "valid" / "images" / "bars.png", std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

class BenchmarkFiles : public testing::Test {
protected:
    fs::path write(const std::string& name, const std::string& content) const {
        fs::create_directories((scratch / name).parent_path());
        std::ofstream(scratch / name, std::ios::binary) << content;
        return scratch / name;
    }
    test::ScratchFolder scratch;
};

std::vector<std::string> codesOf(const Benchmark& benchmark) {
    std::vector<std::string> codes;
    for (const LoadProblem& problem : benchmark.problems())
        codes.push_back(problem.code);
    return codes;
}

TEST_F(BenchmarkFiles, PathsMayLeadIntoTheFoldersOfTheDataOnly) {
    write("data/here.png", picture());
    write("data/images/Mine/there.png", picture());
    write("user/elsewhere.png", picture());
    write("secret.png", picture());
    fs::create_symlink(scratch / "secret.png", scratch / "data/link.png");
    const std::string absolute = (scratch / "user/elsewhere.png").string();
    const fs::path file = write("data/Mine_local.tsv", "index\timage_path\tquestion\tanswer\n"
                                                       "0\there.png\tq\ta\n"
                                                       "1\tthere.png\tq\ta\n"
                                                       "2\telsewhere.png\tq\ta\n"
                                                       "3\t" +
                                                           absolute +
                                                           "\tq\ta\n"
                                                           "4\tlink.png\tq\ta\n"
                                                           "5\t../secret.png\tq\ta\n"
                                                           "6\t" +
                                                           (scratch / "secret.png").string() +
                                                           "\tq\ta\n"
                                                           "7\tabsent.png\tq\ta\n");
    OpenOptions options;
    options.imageFolder = scratch / "user";
    const auto benchmark = openBenchmark(file, options);
    EXPECT_EQ(benchmark->items().size(), 4u);
    EXPECT_THAT(codesOf(*benchmark),
                ElementsAre("E_PATH_OUTSIDE", "E_PATH_OUTSIDE", "E_PATH_OUTSIDE", "E_IMAGE_FILE"));
    for (const BenchmarkItem& item : benchmark->items())
        EXPECT_EQ(benchmark->imageBytes(item).at(0).size(), picture().size());
    const auto strict = openBenchmark(file);
    EXPECT_EQ(strict->problemCounts().at("E_PATH_OUTSIDE"), 4); // now the absolute one too
    EXPECT_EQ(strict->problemCounts().at("E_IMAGE_FILE"), 2);
}

TEST_F(BenchmarkFiles, ARowMayHoldSeveralPictures) {
    write("a.png", picture());
    const auto benchmark =
        openBenchmark(write("x.tsv", "index\timage_path\tquestion\tanswer\n0\t['a.png', 'a.png']\tq\ta\n"));
    EXPECT_EQ(benchmark->imageBytes(benchmark->items()[0]).size(), 2u);
    EXPECT_TRUE(benchmark->checkImages().empty());
}

TEST_F(BenchmarkFiles, CheckingPicturesReportsProgressAndStops) {
    const auto benchmark = openBenchmark(test::goldenDir() / "tsv" / "valid" / "ChartQA_TEST_mini.tsv");
    std::stop_source source;
    std::uint64_t checked = 0;
    const auto stopAfterThree = [&](std::uint64_t done, std::uint64_t total) {
        checked = done;
        EXPECT_EQ(total, 10u);
        if (done == 3)
            source.request_stop();
    };
    try {
        benchmark->checkImages(source.get_token(), stopAfterThree);
        FAIL() << "was not stopped";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::Stopped);
        EXPECT_EQ(checked, 3u);
    }
}

TEST_F(BenchmarkFiles, AFileChangedAfterOpeningIsNoticed) {
    const auto golden = test::goldenDir() / "tsv" / "valid" / "ChartQA_TEST_mini.tsv";
    const fs::path copy = scratch / "ChartQA_TEST_mini.tsv";
    fs::copy_file(golden, copy);
    const auto benchmark = openBenchmark(copy);
    fs::resize_file(copy, 200);
    EXPECT_THROW(benchmark->imageBytes(benchmark->items()[0]), Error);
}

TEST_F(BenchmarkFiles, ListsAHundredProblemsAndCountsAll) {
    std::string content = "index\timage_path\tquestion\tanswer\n";
    write("a.png", picture());
    for (int i = 0; i < 150; ++i)
        content += std::to_string(i) + "\ta.png\tq\t\n";
    const auto benchmark = openBenchmark(write("x.tsv", content + "good\ta.png\tq\ta\n"));
    EXPECT_EQ(benchmark->problems().size(), 100u);
    EXPECT_EQ(benchmark->problemCounts().at("E_ANSWER_MISSING"), 150);
    EXPECT_EQ(benchmark->rows(), 151);
    EXPECT_EQ(benchmark->problems()[1].row, 2);
    EXPECT_EQ(benchmark->problems()[1].line, 3);
}

TEST_F(BenchmarkFiles, AnUnknownFileCanBeReadButHasNoTask) {
    write("a.png", picture());
    const auto benchmark =
        openBenchmark(write("x.tsv", "index\timage_path\tquestion\tanswer\n0\ta.png\tq\ta\n"));
    EXPECT_EQ(benchmark->task(), nullptr);
    EXPECT_THROW(taskOf(*benchmark), Error);
    OpenOptions options;
    options.task = taskNamed("docvqa_val");
    EXPECT_EQ(taskOf(*openBenchmark(benchmark->file(), options)).id, "docvqa_val");
}

TEST_F(BenchmarkFiles, RowsWithoutIndexOrWithOptionGapsAreReported) {
    write("a.png", picture());
    const auto benchmark =
        openBenchmark(write("ScienceQA_TEST_local.tsv", "index\timage_path\tquestion\tA\tB\tC\tanswer\n"
                                                        "\ta.png\tq\tx\ty\t\tA\n"
                                                        "1\ta.png\tq\tx\t\tz\tC\n"
                                                        "2\ta.png\tq\tx\t\tz\tB\n"));
    EXPECT_EQ(taskOf(*benchmark).id, "scienceqa_img");
    EXPECT_THAT(codesOf(*benchmark), ElementsAre("E_INDEX_MISSING", "W_OPTION_GAP", "W_OPTION_GAP",
                                                 "E_ANSWER_NOT_OPTION", "W_MD5", "W_ROW_COUNT"));
    ASSERT_EQ(benchmark->items().size(), 1u);
    EXPECT_EQ(taskOf(*benchmark).prompt(benchmark->items()[0]),
              "q\nA. x\nC. z\nAnswer with the option's letter from the given choices directly.");
}

TEST_F(BenchmarkFiles, TestSplitsWithoutAnswersAreRefusedByName) {
    write("a.png", picture());
    const fs::path file = write("DocVQA_TEST.tsv", "index\timage_path\tquestion\tanswer\n0\ta.png\tq\t\n");
    try {
        openBenchmark(file);
        FAIL() << "was opened";
    } catch (const BenchmarkError& error) {
        EXPECT_EQ(error.id(), "E_NO_GOOD_ROWS");
        EXPECT_THAT(error.hint(), HasSubstr("without answers"));
        EXPECT_THAT(error.what(), testing::Not(HasSubstr("E_"))) << "the id stands beside the sentence";
    }
}

TEST_F(BenchmarkFiles, AreFoundInFoldersSortedByName) {
    const fs::path b = write("two/b.tsv", "x"), a = write("a.tsv", "x"), c = write("two/c.tsv", "x");
    write("two/readme.md", "x");
    EXPECT_THAT(findBenchmarks(std::vector<fs::path>{scratch / "two", a, b}), ElementsAre(a, b, c));
    EXPECT_THROW(findBenchmarks(std::vector<fs::path>{scratch / "absent"}), Error);
    fs::create_directory(scratch / "empty");
    EXPECT_THROW(findBenchmarks(std::vector<fs::path>{scratch / "empty"}), Error);
}

TEST(Recognition, GoesByNameFirst) {
    for (const Task& task : tasks()) {
        EXPECT_EQ(recognise(task.fileStem, {}), &task);
        EXPECT_EQ(recognise(task.fileStem + "_local", {}), &task);
    }
    EXPECT_EQ(recognise("MME-RealWorld-Lite", {}), nullptr);
}

TEST(Recognition, TellsSeedBenchAndOcrBenchByTheirCategories) {
    Row seed, ocr;
    seed.cells = {{"A", "1"}, {"B", "2"}, {"category", "Map"}};
    ocr.cells = {{"answer", "['x']"}, {"category", "Key Information Extraction"}};
    EXPECT_EQ(recognise("mine", std::span(&seed, 1)), taskNamed("seedbench_2_plus"));
    EXPECT_EQ(recognise("mine", std::span(&ocr, 1)), taskNamed("ocrbench"));
}

TEST(MmeRealWorld, OptionsComeFromTheCellAListOrTheColumns) {
    const std::vector<std::string> expected{"(A) x", "(B) y"};
    for (const auto& cells : std::vector<std::map<std::string, std::string, std::less<>>>{
             {{"multi-choice options", "The choices are listed below:\n(A) x\n(B) y\n"}},
             {{"multi-choice options", "(A) x\n(B) y"}},
             {{"multi-choice options", "['(A) x', '(B) y']"}},
             {{"A", "x"}, {"B", "y"}}}) {
        Row row;
        row.cells = cells;
        row.cells["answer"] = "b";
        row.cells["category"] = "Perception/Monitoring";
        BenchmarkItem item;
        Problems problems;
        mme_realworld::read(row, item, problems);
        EXPECT_EQ(item.options, expected);
        EXPECT_TRUE(problems.empty());
    }
}

TEST(Tasks, HaveUniqueNamesAndAllTheirParts) {
    EXPECT_EQ(tasks().size(), 16u);
    for (const Task& task : tasks()) {
        EXPECT_EQ(taskNamed(task.id), &task);
        EXPECT_TRUE(task.read && task.prompt && task.score && taskNamed(task.scorer)) << task.id;
        EXPECT_EQ(task.isGraded, task.scorer == "docvqa_val" || task.scorer == "textvqa_val") << task.id;
    }
    EXPECT_EQ(taskNamed("nobodys"), nullptr);
    EXPECT_EQ(cutAtStopText(*taskNamed("textvqa_val"), "nokia ASSISTANT: x"), "nokia ");
    EXPECT_EQ(cutAtStopText(*taskNamed("chartqa"), "ASSISTANT:"), "ASSISTANT:");
}

}
}
