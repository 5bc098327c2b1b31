// `quantize` from options to database, with the scripted engine.
#include "program.h"

#include <gmock/gmock.h>

#include <csignal>
#include <fstream>

using namespace vlmptq::test;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

namespace {

class Quantize : public ProgramTest {
protected:
    Finished quantize(std::vector<std::string> options, const Environment& script = {}) const {
        options.insert(options.begin(), {"quantize", model()});
        return runScripted(options, script);
    }
};

TEST_F(Quantize, PrintsOneLinePerRun) {
    const auto result = quantize({"--also", "rtn,gptaq", "--bits", "2"});
    EXPECT_EQ(result.exitCode, 0) << result.err;
    EXPECT_EQ(std::count(result.out.begin(), result.out.end(), '\n'), 3);
    EXPECT_THAT(result.out, AllOf(HasSubstr("run 1  demo-w2-vlmptq  vlmptq  W2A16  finished"),
                                  HasSubstr("run 2  demo-w2-rtn"), HasSubstr("run 3  demo-w2-gptaq")));
    EXPECT_THAT(result.err, HasSubstr("layer 4/4"));
}

TEST_F(Quantize, SendsJsonLinesThatAllParse) {
    const auto result = quantize({"--json"}, {{"SCRIPT_WARN_AT_LAYER", "1"}});
    EXPECT_EQ(result.exitCode, 0) << result.err;
    std::map<std::string, int> events;
    for (const auto& line : result.jsonLines()) {
        EXPECT_EQ(line["schema"], 1);
        EXPECT_EQ(line["run"], 1);
        ++events[line["event"]];
    }
    EXPECT_EQ(events["started"], 1);
    EXPECT_EQ(events["layer"], 4);
    EXPECT_EQ(events["module"], 28);
    EXPECT_EQ(events["warning"], 1);
    EXPECT_EQ(events["finished"], 1);
    const auto last = result.jsonLines().back();
    EXPECT_EQ(last["event"], "finished");
    EXPECT_EQ(last["state"], "finished with warnings");
    EXPECT_GT(last["summary"]["mean_module_error"], 0);
}

TEST_F(Quantize, StoresWhatItWasAskedFor) {
    ASSERT_EQ(
        quantize({"--bits", "4", "--group", "64", "--name", "mine", "--tag", "a,b", "--tag", "c"}).exitCode,
        0);
    const auto shown = run({"runs", "show", "mine", "--json"}).json();
    EXPECT_EQ(shown["scheme"], "W4A16 g64");
    EXPECT_EQ(shown["tags"], nlohmann::json({"a", "b", "c"}));
    EXPECT_EQ(shown["layers_done"], 4);
    EXPECT_EQ(shown["layer_results"].size(), 4u);
}

TEST_F(Quantize, ChecksWithoutRunning) {
    const auto checked = run({"quantize", model(), "--dry-run", "--json"}).json();
    EXPECT_EQ(checked["event"], "plan");
    EXPECT_EQ(checked["modules"], 42);
    EXPECT_EQ(checked["calibration_lines"], 128);
    EXPECT_NEAR(checked["bits_per_weight"], 3.07, 0.01); // what the finished run reports too
    EXPECT_FALSE(std::filesystem::exists(path("runs.db")));
}

TEST_F(Quantize, KeepsTheReasonOfAFailure) {
    const auto failed = quantize({}, {{"SCRIPT_FAIL_AT_LAYER", "2"}});
    EXPECT_EQ(failed.exitCode, 4) << "the script runs out of memory";
    EXPECT_THAT(failed.err, AllOf(HasSubstr("Out of memory"), HasSubstr("E-MEM-01"),
                                  HasSubstr("fewer calibration samples")));
    const auto shown = run({"runs", "show", "1", "--json"}).json();
    EXPECT_EQ(shown["state"], "failed");
    EXPECT_EQ(shown["layers_done"], 2);
}

TEST_F(Quantize, TripsItsGateWithSix) {
    EXPECT_EQ(quantize({"--fail-if", "avg_error>1000"}).exitCode, 0);
    const auto tripped = quantize({"--fail-if", "avg_error>=0"});
    EXPECT_EQ(tripped.exitCode, 6);
    EXPECT_THAT(tripped.err, HasSubstr("avg_error"));
}

TEST_F(Quantize, StopsOnCtrlCAndResumes) {
    Program program({"quantize", model(), "--progress", "plain"}, scripted({{"SCRIPT_MODULE_MS", "40"}}));
    ASSERT_TRUE(program.waitForOutput("layer 1/4"));
    const auto asked = std::chrono::steady_clock::now();
    program.signal(SIGINT);
    const auto stopped = program.wait();
    EXPECT_LT(std::chrono::steady_clock::now() - asked, std::chrono::seconds(2))
        << "a loaded machine included";
    EXPECT_EQ(stopped.exitCode, 130);
    EXPECT_THAT(stopped.err,
                AllOf(HasSubstr("resume with: vlmptq quantize --resume 1"), Not(HasSubstr("error:"))));
    const auto shown = run({"runs", "show", "1", "--json"}).json();
    EXPECT_EQ(shown["state"], "stopped");
    EXPECT_TRUE(shown["resumable"].get<bool>());
    EXPECT_GE(shown["layers_done"], 1);

    const auto resumed = runScripted({"quantize", "--resume"});
    EXPECT_EQ(resumed.exitCode, 0) << resumed.err;
    EXPECT_THAT(resumed.out, HasSubstr("run 1  demo-w3-vlmptq"));
    EXPECT_EQ(run({"runs", "show", "1", "--json"}).json()["layers_done"], 4);
    EXPECT_EQ(runScripted({"quantize", "--resume", "1"}).exitCode, 3) << "a finished run cannot be resumed";
}

TEST_F(Quantize, TreatsSigtermLikeCtrlCAndASecondSignalAsAtOnce) {
    Program program({"quantize", model(), "--progress", "plain"}, scripted({{"SCRIPT_MODULE_MS", "40"}}));
    ASSERT_TRUE(program.waitForOutput("layer 1/4"));
    program.signal(SIGTERM);
    EXPECT_EQ(program.wait().exitCode, 130);

    Program stubborn({"quantize", model(), "--progress", "plain"}, scripted({{"SCRIPT_MODULE_MS", "40"}}));
    ASSERT_TRUE(stubborn.waitForOutput("layer 1/4"));
    stubborn.signal(SIGINT);
    stubborn.signal(SIGTERM);
    EXPECT_EQ(stubborn.wait().exitCode, 130);
}

TEST_F(Quantize, GoesOnWhenNobodyReadsItsOutput) {
    Program program({"quantize", model(), "--json"}, scripted({{"SCRIPT_MODULE_MS", "10"}}));
    ASSERT_TRUE(program.waitForOutput("started"));
    program.closeOutput();
    EXPECT_EQ(program.wait().exitCode, 0);
    EXPECT_EQ(run({"runs", "show", "1", "--json"}).json()["state"], "finished");
}

TEST_F(Quantize, LogsToAFile) {
    ASSERT_EQ(quantize({"-q", "--log", path("run.log")}).exitCode, 0);
    std::ifstream file(path("run.log"));
    std::string content{std::istreambuf_iterator<char>(file), {}};
    EXPECT_THAT(content, HasSubstr("layer 4/4"));
    EXPECT_EQ(quantize({"--log", path("no/such/folder/run.log")}).exitCode, 4);
}

}
