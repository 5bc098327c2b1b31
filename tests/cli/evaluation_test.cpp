// `eval`, `ask`, `export`, `doctor` and `demo` with the scripted engine.
#include "engine/core/methods.h"
#include "program.h"

#include <gmock/gmock.h>

#include <csignal>
#include <fstream>

using namespace vlmptq::test;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

namespace {

class Evaluation : public ProgramTest {};

std::string contentOf(const std::string& file) {
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
}

TEST_F(Evaluation, ScoresACheckpointAndWritesItsItems) {
    const auto scored =
        runScripted({"eval", model(), "--bench", "DemoChart", "--items", path("items.jsonl")});
    EXPECT_EQ(scored.exitCode, 0) << scored.err;
    EXPECT_THAT(scored.out, AllOf(HasSubstr("DemoChart"), HasSubstr("mean")));
    std::istringstream lines(contentOf(path("items.jsonl")));
    int count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
        const auto item = nlohmann::json::parse(line);
        for (const char* field : {"bench", "index", "prediction", "parsed", "answer", "score", "answer_nll",
                                  "answer_tokens", "token_ids"})
            EXPECT_TRUE(item.contains(field)) << field;
    }
    EXPECT_GT(count, 0);
}

TEST_F(Evaluation, ComparesARunWithItsFullPrecisionModel) {
    ASSERT_EQ(runScripted({"quantize", model()}).exitCode, 0);
    const auto compared = runScripted({"eval", "1", "--bench", "demo", "--baseline"});
    EXPECT_EQ(compared.exitCode, 0) << compared.err;
    EXPECT_THAT(compared.out,
                AllOf(HasSubstr("full precision"), HasSubstr("run 1 (demo-w3-vlmptq)"), HasSubstr("change")));
    EXPECT_EQ(runScripted({"eval", model(), "--bench", "demo", "--baseline"}).exitCode, 3);
    const auto tripped = runScripted({"eval", "1", "--bench", "demo", "--fail-if", "avg_score<101"});
    EXPECT_EQ(tripped.exitCode, 6);
    EXPECT_THAT(tripped.err, HasSubstr("--fail-if 'avg_score<101'")) << "as it was given";
}

TEST_F(Evaluation, SendsJsonLines) {
    const auto scored = runScripted({"eval", model(), "--bench", "demo", "--json"});
    std::map<std::string, int> events;
    for (const auto& line : scored.jsonLines())
        ++events[line["event"]];
    EXPECT_EQ(events["item"], 10);
    EXPECT_EQ(events["benchmark"], 1);
    EXPECT_EQ(scored.jsonLines().back()["event"], "finished");
}

TEST_F(Evaluation, StopsOnCtrlC) {
    Program program({"eval", model(), "--bench", "demo", "--json"}, scripted({{"SCRIPT_ITEM_MS", "100"}}));
    ASSERT_TRUE(program.waitForOutput("\"item\""));
    program.signal(SIGINT);
    const auto stopped = program.wait();
    EXPECT_EQ(stopped.exitCode, 130);
    EXPECT_THAT(stopped.err, HasSubstr("--resume"));
    const auto resumed = runScripted({"eval", model(), "--bench", "demo", "--resume", "--json"});
    EXPECT_EQ(resumed.exitCode, 0) << resumed.err;
}

TEST_F(Evaluation, AsksBothModels) {
    ASSERT_EQ(runScripted({"quantize", model()}).exitCode, 0);
    const auto picture = (demoDir() / "calib/images/0000.png").string();
    const auto both = runScripted({"ask", "1", "--image", picture, "--text", "What?", "--compare", "fp"});
    EXPECT_EQ(both.exitCode, 0) << both.err;
    EXPECT_EQ(both.out, "full precision: The highest bar is March, 42.\nrun 1 (demo-w3-vlmptq): The highest "
                        "bar is March, 42.\n");
    const auto one = runScripted({"ask", model(), "--text", "What?"});
    EXPECT_EQ(one.out, "The highest bar is March, 42.\n");
    EXPECT_THAT(one.err, AllOf(HasSubstr("3 tokens"), Not(HasSubstr("a second"))))
        << "three tokens have no rate worth telling";
    EXPECT_EQ(runScripted({"ask", model(), "--text", "What?", "--compare", "fp"}).exitCode, 3);
}

TEST_F(Evaluation, ExportsFinishedRunsOnly) {
    ASSERT_EQ(runScripted({"quantize", model()}).exitCode, 0);
    const auto exported = runScripted({"export", "1", "--out", path("dense"), "--json"});
    EXPECT_EQ(exported.exitCode, 0) << exported.err;
    EXPECT_EQ(exported.json()["out"], path("dense"));
    EXPECT_THAT(runScripted({"export", "1", "--out", path("again")}).out,
                AllOf(HasSubstr("every tensor bit-identical after reloading"),
                      HasSubstr("rounding to BF16 moves logits by up to 2.0e-04")));
    EXPECT_EQ(runScripted({"export", "1", "--out", path("x"), "--dtype", "f8"}).exitCode, 2);
    EXPECT_EQ(runScripted({"export", "1", "--out", path("x"), "--format", "magic"}).exitCode, 2);
    ASSERT_EQ(runScripted({"quantize", model()}, {{"SCRIPT_FAIL_AT_LAYER", "1"}}).exitCode, 4);
    const auto unfinished = runScripted({"export", "2", "--out", path("y")});
    EXPECT_EQ(unfinished.exitCode, 3);
    EXPECT_THAT(unfinished.err, HasSubstr("quantize --resume 2"));
}

TEST_F(Evaluation, DoctorReportsAndFindsFaults) {
    const auto healthy = runScripted({"doctor"});
    EXPECT_EQ(healthy.exitCode, 0) << healthy.out;
    EXPECT_THAT(healthy.out,
                AllOf(HasSubstr("LibTorch"), HasSubstr("CUDA"), HasSubstr("database"), HasSubstr("demo")));
    const auto broken = runScripted({"doctor", "--json"}, {{"VLMPTQ_DB", "/proc/version"}});
    EXPECT_EQ(broken.exitCode, 4);
    EXPECT_FALSE(broken.json()["healthy"].get<bool>());
}

class Demo : public ProgramTest {
protected:
    std::vector<std::string> command(std::vector<std::string> options = {}) const {
        options.insert(options.begin(),
                       {"demo", "--methods", "rtn,gptq+diag-h", "--bits", "2", "--out", path("out")});
        return options;
    }
};

TEST_F(Demo, PrintsOneTableAndSaysWhereEverythingIs) {
    const auto shown = runScripted(command());
    EXPECT_EQ(shown.exitCode, 0) << shown.err;
    EXPECT_THAT(shown.err, HasSubstr("first 50 rows"));
    EXPECT_THAT(shown.out, AllOf(HasSubstr("Full precision"), HasSubstr("GPTQ, diag-h ranges"),
                                 HasSubstr("answer loss"), HasSubstr(path("runs.db")),
                                 HasSubstr(path("out/checkpoints")), HasSubstr(path("out/report.md"))));
    EXPECT_THAT(contentOf(path("out/report.md")),
                AllOf(HasSubstr("| RTN | W2 |"), HasSubstr("vlmptq demo"), HasSubstr("95 %")));
    const auto runs = run({"runs", "list", "--where", "tags=demo", "--json"}).json()["runs"];
    EXPECT_EQ(runs.size(), 2u);
    EXPECT_TRUE(std::filesystem::exists(path("out/checkpoints/demo-w2-rtn-run1")));
}

TEST_F(Demo, HasEveryMethodOfTheRegistryInItsTable) {
    const auto shown = runScripted({"demo", "--table", "--limit", "1", "--out", path("out")});
    ASSERT_EQ(shown.exitCode, 0) << shown.err;
    const auto report = contentOf(path("out/report.md"));
    for (const auto& method : vlmptq::methods())
        for (const char* scheme : {"W4", "W3 g64", "W2"})
            EXPECT_THAT(report, HasSubstr("| " + std::string(method.title) + " | " + scheme + " |"));
    EXPECT_THAT(report, HasSubstr("| GPTQ, diag-h ranges | W2 g64 |"));
}

TEST_F(Demo, MakesNewRunsTheSecondTime) {
    ASSERT_EQ(runScripted(command()).exitCode, 0);
    const auto second = runScripted(command());
    EXPECT_THAT(second.err, HasSubstr("new runs"));
    EXPECT_EQ(run({"runs", "list", "--json"}).json()["runs"].size(), 4u);
}

TEST_F(Demo, GoesOnWhereItWasStopped) {
    Program program(command(), scripted({{"SCRIPT_MODULE_MS", "40"}}));
    ASSERT_TRUE(program.waitForOutput("run 1  layer 1/4"));
    program.signal(SIGINT);
    const auto stopped = program.wait();
    EXPECT_EQ(stopped.exitCode, 130);
    EXPECT_THAT(stopped.err, HasSubstr("go on with"));
    const auto continued = runScripted(command({"--json"}));
    EXPECT_EQ(continued.exitCode, 0) << continued.err;
    EXPECT_THAT(continued.err, HasSubstr("going on with the demo"));
    EXPECT_EQ(continued.jsonLines().back()["rows"].size(), 3u);
    EXPECT_EQ(run({"runs", "list", "--json"}).json()["runs"].size(), 2u);
}

}
