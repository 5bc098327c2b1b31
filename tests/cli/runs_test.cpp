// The library of runs and the table of layers, on runs of the scripted engine.
#include "program.h"

#include <gmock/gmock.h>

#include <sstream>

using namespace vlmptq::test;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

namespace {

class Runs : public ProgramTest {
protected:
    Runs() {
        const auto made =
            runScripted({"quantize", model(), "--bits", "2", "--also", "rtn", "--tag", "first"});
        EXPECT_EQ(made.exitCode, 0) << made.err;
    }
    std::string names(std::vector<std::string> conditions) const {
        std::vector<std::string> arguments{"runs", "list", "--csv", "--columns", "name"};
        for (auto& condition : conditions)
            arguments.insert(arguments.end(), {"--where", condition});
        return run(arguments).out;
    }
};

TEST_F(Runs, AreListedNewestFirst) {
    const auto listed = run({"runs", "list"});
    EXPECT_EQ(listed.exitCode, 0) << listed.err;
    EXPECT_LT(listed.out.find("demo-w2-rtn"), listed.out.find("demo-w2-vlmptq"));
    EXPECT_EQ(run({"runs", "list", "--json"}).json()["runs"].size(), 2u);
    EXPECT_THAT(run({"runs", "list", "--disk"}).out, HasSubstr("disk"));
}

TEST_F(Runs, AreFilteredAndSortedByFields) {
    EXPECT_EQ(names({"method=rtn"}), "name\ndemo-w2-rtn\n");
    EXPECT_EQ(names({"method=vlm*", "bits<=2"}), "name\ndemo-w2-vlmptq\n");
    EXPECT_EQ(names({"tags!=first"}), "name\n");
    EXPECT_EQ(run({"runs", "list", "--sort", "id", "--csv", "--columns", "id,name"}).out,
              "id,name\n1,demo-w2-vlmptq\n2,demo-w2-rtn\n");
    const auto mistyped = run({"runs", "list", "--where", "metod=rtn"});
    EXPECT_EQ(mistyped.exitCode, 2);
    EXPECT_THAT(mistyped.err, HasSubstr("Did you mean 'method'?"));
}

TEST_F(Runs, AreFoundByIdNameAndFolder) {
    const auto byId = run({"runs", "show", "1", "--json"}).json();
    EXPECT_EQ(run({"runs", "show", "demo-w2-vlmptq", "--json"}).json(), byId);
    EXPECT_EQ(run({"runs", "show", byId["directory"].get<std::string>(), "--json"}).json(), byId);
    EXPECT_THAT(run({"runs", "show", "demo-w2-vlmptk"}).err, HasSubstr("Did you mean 'demo-w2-vlmptq'?"));
}

TEST_F(Runs, AreShownWithTheirValuesInOneColumn) {
    const auto shown = run({"runs", "show", "1"}).out;
    EXPECT_THAT(shown, HasSubstr("(mean, held-out pairs)"));
    std::istringstream lines(shown);
    std::size_t column = 0;
    for (std::string line; std::getline(lines, line);) {
        const auto value = line.find_first_not_of(' ', line.find("  "));
        EXPECT_TRUE(column == 0 || column == value) << line;
        column = value;
    }
}

TEST_F(Runs, WithoutHeldOutPairsSayWhatTheirErrorIsOf) {
    const auto made = runScripted({"quantize", model(), "--heldout", "0", "--name", "all"});
    EXPECT_THAT(made.out, HasSubstr("mean calibration error"));
    EXPECT_THAT(run({"runs", "show", "all"}).out, HasSubstr("(mean, calibration pairs)"));
}

TEST_F(Runs, OfSeveralMethodsHaveNamesOfTheirOwn) {
    ASSERT_EQ(runScripted({"quantize", model(), "--name", "mine", "--also", "rtn"}).exitCode, 0);
    EXPECT_EQ(names({"name=mine*"}), "name\nmine-rtn\nmine-vlmptq\n");
}

TEST_F(Runs, AreTaggedNotedAndRenamed) {
    EXPECT_EQ(run({"runs", "tag", "1", "good", "--remove", "first"}).exitCode, 0);
    EXPECT_EQ(run({"runs", "note", "1", "keep this"}).exitCode, 0);
    EXPECT_EQ(run({"runs", "rename", "1", "best"}).exitCode, 0);
    const auto shown = run({"runs", "show", "best", "--json"}).json();
    EXPECT_EQ(shown["tags"], nlohmann::json({"good"}));
    EXPECT_EQ(shown["note"], "keep this");
    EXPECT_EQ(run({"runs", "rename", "1", ""}).exitCode, 2);
}

TEST_F(Runs, AreDeletedOnlyWhenConfirmed) {
    EXPECT_EQ(run({"runs", "delete", "1"}).exitCode, 2) << "nobody can be asked";
    EXPECT_EQ(run({"runs", "delete", "1", "2", "--yes"}).exitCode, 0);
    const auto listed = run({"runs", "list"});
    EXPECT_EQ(listed.out, "");
    EXPECT_THAT(listed.err, HasSubstr("no runs yet"));
}

TEST_F(Runs, OfOneNameAreTakenFromTheNewestButNotDeletedByIt) {
    ASSERT_EQ(runScripted({"quantize", model(), "--bits", "2"}).exitCode, 0);
    const auto shown = run({"runs", "show", "demo-w2-vlmptq", "--json"});
    EXPECT_EQ(shown.json()["id"], 3);
    EXPECT_THAT(shown.err, HasSubstr("2 runs are called"));
    EXPECT_EQ(run({"runs", "delete", "demo-w2-vlmptq", "--yes"}).exitCode, 3);
}

TEST_F(Runs, CanBeWatchedWhenTheyHaveEnded) {
    const auto watched = run({"runs", "watch", "1"});
    EXPECT_EQ(watched.exitCode, 0) << watched.err;
    EXPECT_THAT(watched.out, AllOf(HasSubstr("layer 4/4"), HasSubstr("is finished")));
    EXPECT_EQ(run({"runs", "watch"}).exitCode, 3) << "nothing is running";
}

TEST_F(Runs, ShowTheirWorstLayersFirstWhenSortedByError) {
    const auto modules = run({"layers", "1", "--sort", "error", "--json"}).json()["modules"];
    ASSERT_EQ(modules.size(), 28u);
    for (std::size_t i = 1; i < modules.size(); ++i)
        EXPECT_GE(modules[i - 1]["heldout_error"]["all"], modules[i]["heldout_error"]["all"]);
    EXPECT_EQ(run({"layers", "1", "--top", "3", "--json"}).json()["modules"].size(), 3u);
    const auto csv = run({"layers", "1", "--csv", "--filter", "*down_proj"}).out;
    EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 5);
    EXPECT_EQ(run({"layers", "1", "--sort", "luck"}).exitCode, 2);
    EXPECT_EQ(run({"layers", "1", "--top", "0"}).exitCode, 2);
}

class EmptyLibrary : public ProgramTest {};

TEST_F(EmptyLibrary, IsNoErrorAndMakesNoFile) {
    const auto listed = run({"runs", "list"});
    EXPECT_EQ(listed.exitCode, 0);
    EXPECT_THAT(listed.err, HasSubstr("no runs yet"));
    EXPECT_FALSE(std::filesystem::exists(path("runs.db")));
    EXPECT_EQ(run({"runs", "list", "--json"}).json()["runs"], nlohmann::json::array());
}

}
