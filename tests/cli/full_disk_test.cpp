// A full disk as the user of the command line meets it: sentence, exit code, and a run that goes on
// afterwards.
#include "program.h"
#include "support/file_size_limit.h"

#include <gmock/gmock.h>

#include <fstream>

namespace fs = std::filesystem;
using namespace vlmptq::test;
using testing::AllOf;
using testing::HasSubstr;

namespace {

class FullDisk : public ProgramTest {
protected:
    Finished quantize(const std::string& method, const std::string& bits) const {
        return run({"quantize", model(), "--samples", "8", "--heldout", "4", "--mu-samples", "4", "--method",
                    method, "--bits", bits});
    }
    std::string layerBytes(int run, int layer) const {
        const auto file =
            m_folder / "runs" / std::to_string(run) / ("layer-00" + std::to_string(layer) + ".safetensors");
        std::ifstream stream(file, std::ios::binary);
        EXPECT_TRUE(stream) << file;
        return {std::istreambuf_iterator<char>(stream), {}};
    }
    void expectResumesLikeAnUndisturbedRun(const std::string& method, const std::string& bits) const {
        const auto resumed = run({"quantize", "--resume", "1"});
        ASSERT_EQ(resumed.exitCode, 0) << resumed.err;
        ASSERT_EQ(quantize(method, bits).exitCode, 0);
        for (int layer = 0; layer < 6; ++layer)
            EXPECT_TRUE(layerBytes(1, layer) == layerBytes(2, layer)) << layer;
    }
};

TEST_F(FullDisk, InTheRunFolder) {
    {
        const FileSizeLimit full(300 << 10); // the database fits, a layer does not
        const auto failed = quantize("gptq", "8");
        EXPECT_EQ(failed.exitCode, 4) << failed.err;
        EXPECT_THAT(failed.err, AllOf(HasSubstr("layer-000.safetensors"), HasSubstr("it needs"),
                                      HasSubstr("ulimit -f"), HasSubstr("E-DISK-01")));
    }
    expectResumesLikeAnUndisturbedRun("gptq", "8");
}

TEST_F(FullDisk, ForANewDatabase) {
    {
        const FileSizeLimit full(8 << 10);
        const auto failed = quantize("rtn", "2");
        EXPECT_EQ(failed.exitCode, 5) << failed.err;
        EXPECT_THAT(failed.err, AllOf(HasSubstr(path("runs.db")), HasSubstr("Free some space")));
    }
    EXPECT_EQ(quantize("rtn", "2").exitCode, 0) << "what the failure left is no obstacle";
}

TEST_F(FullDisk, ForTheDatabaseInTheMiddleOfARun) {
    {
        const FileSizeLimit full(
            170 << 10); // every layer fits, the database with the results of all does not
        const auto failed = quantize("vlmptq", "2");
        EXPECT_EQ(failed.exitCode, 5) << failed.err;
        EXPECT_THAT(failed.err, AllOf(HasSubstr(path("runs.db")), HasSubstr("Free some space")));
    }
    expectResumesLikeAnUndisturbedRun("vlmptq", "2");
}

TEST_F(FullDisk, UnderAnExport) {
    ASSERT_EQ(quantize("rtn", "2").exitCode, 0);
    {
        const FileSizeLimit full(1 << 20);
        const auto failed = run({"export", "1", "--out", path("dense")});
        EXPECT_EQ(failed.exitCode, 4) << failed.err;
        EXPECT_THAT(failed.err, AllOf(HasSubstr("model.safetensors"), HasSubstr("it needs")));
    }
    for (const auto& entry : fs::directory_iterator(m_folder.path()))
        EXPECT_THAT(entry.path().filename().string(), testing::Not(testing::StartsWith("dense")));
    EXPECT_EQ(run({"export", "1", "--out", path("dense")}).exitCode, 0);
}

}
