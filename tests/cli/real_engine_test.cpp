// The program with the real engine on the demo model: what a user does first.
#include "program.h"

#include <gmock/gmock.h>

#include <csignal>
#include <fstream>

namespace fs = std::filesystem;
using namespace vlmptq::test;
using testing::AllOf;
using testing::HasSubstr;

namespace {

class RealEngine : public ProgramTest {
protected:
    // Small enough for seconds, large enough that every part is used.
    std::vector<std::string> quantizeSmall(std::vector<std::string> more = {}) const {
        std::vector<std::string> arguments{"quantize", model(),        "--samples", "8",          "--heldout",
                                           "4",        "--mu-samples", "4",         "--progress", "plain"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return arguments;
    }
    fs::path folderOf(const std::string& run_) const {
        return run({"runs", "show", run_, "--json"}).json()["directory"].get<std::string>();
    }
    static std::string contentOf(const fs::path& file) {
        std::ifstream stream(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(stream), {}};
    }
};

TEST_F(RealEngine, ResumesAStoppedRunToTheSameBytes) {
    ASSERT_EQ(run(quantizeSmall()).exitCode, 0);
    Program program(quantizeSmall(), environment());
    ASSERT_TRUE(program.waitForOutput("run 2  layer 1/6"));
    const auto asked = std::chrono::steady_clock::now();
    program.signal(SIGINT);
    const auto stopped = program.wait();
    const std::chrono::duration<double> reaction = std::chrono::steady_clock::now() - asked;
    EXPECT_LT(reaction.count(), 2.0);
    ASSERT_EQ(stopped.exitCode, 130) << stopped.err;
    EXPECT_THAT(stopped.err, HasSubstr("resume with: vlmptq quantize --resume 2"));
    const auto resumed = run({"quantize", "--resume", "2"});
    ASSERT_EQ(resumed.exitCode, 0) << resumed.err;
    int layers = 0;
    for (const auto& entry : fs::directory_iterator(folderOf("1"))) {
        if (!entry.path().filename().string().starts_with("layer-"))
            continue;
        EXPECT_EQ(contentOf(entry.path()), contentOf(folderOf("2") / entry.path().filename()))
            << entry.path();
        ++layers;
    }
    EXPECT_EQ(layers, 6);
}

TEST_F(RealEngine, QuantizesExportsAndInspects) {
    const auto made = run(quantizeSmall({"--method", "rtn", "--bits", "4", "--out", path("dense")}));
    ASSERT_EQ(made.exitCode, 0) << made.err;
    EXPECT_THAT(made.out, HasSubstr(path("dense")));
    const auto original = run({"inspect", model(), "--json"}).json(),
               written = run({"inspect", path("dense"), "--json"}).json();
    ASSERT_EQ(written["tensors"].size(), original["tensors"].size());
    for (std::size_t i = 0; i < original["tensors"].size(); ++i) {
        EXPECT_EQ(written["tensors"][i]["name"], original["tensors"][i]["name"]);
        EXPECT_EQ(written["tensors"][i]["shape"], original["tensors"][i]["shape"]);
    }
    EXPECT_EQ(run({"inspect", folderOf("1").string(), "--json"}).json()["kind"], "run");
    const auto layers = run({"layers", "1", "--json"}).json()["modules"];
    EXPECT_EQ(layers.size(), 42u);
}

TEST_F(RealEngine, AnswersAQuestionAboutAPicture) {
    const auto picture = (demoDir() / "calib/images/0000.png").string();
    const auto answer =
        run({"ask", model(), "--image", picture, "--text",
             "What is the value of Milk?\nAnswer the question using a single word or phrase."});
    EXPECT_EQ(answer.exitCode, 0) << answer.err;
    EXPECT_EQ(answer.out, "90\n");
    std::ofstream(path("broken.png")) << "\x89PNG and nothing else";
    const auto refused = run({"ask", model(), "--image", path("broken.png"), "--text", "What?"});
    EXPECT_EQ(refused.exitCode, 3);
    EXPECT_THAT(refused.err, HasSubstr("broken.png"));
}

TEST_F(RealEngine, RunsTheDemo) {
    const auto shown = run({"demo", "--methods", "rtn", "--bits", "2", "--limit", "2", "--out", path("out")});
    ASSERT_EQ(shown.exitCode, 0) << shown.err;
    EXPECT_THAT(shown.out, AllOf(HasSubstr("Full precision"), HasSubstr("RTN"), HasSubstr("MME_CN")));
    EXPECT_TRUE(fs::exists(path("out/report.md")));
}

TEST_F(RealEngine, IsExaminedByTheDoctor) {
    const auto examined = run({"doctor"});
    EXPECT_EQ(examined.exitCode, 0) << examined.out;
    EXPECT_THAT(examined.out, AllOf(HasSubstr("LibTorch"), HasSubstr("kernels")));
}

}
