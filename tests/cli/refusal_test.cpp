// Bad input: one sentence that names the file or field and what to do, and the exit code of interface.md 11.
#include "program.h"

#include <gmock/gmock.h>

#include <fstream>

namespace fs = std::filesystem;
using namespace vlmptq::test;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

namespace {

class Refusal : public ProgramTest {
protected:
    std::string copyOfModel() const {
        fs::copy(model(), path("model"), fs::copy_options::recursive);
        for (const auto& entry : fs::directory_iterator(path("model")))
            fs::permissions(entry.path(), fs::perms::owner_write, fs::perm_options::add);
        return path("model");
    }
    std::string calibration(const std::string& lines) const {
        std::ofstream(path("calib.jsonl")) << lines;
        return path("calib.jsonl");
    }
    // Refused before a run is stored.
    Finished refused(std::vector<std::string> options, int exitCode) const {
        options.insert(options.begin(), "quantize");
        auto result = run(options);
        EXPECT_EQ(result.exitCode, exitCode) << result.err;
        EXPECT_EQ(result.out, "");
        EXPECT_FALSE(fs::exists(path("runs.db"))) << "a refused run was stored";
        return result;
    }
};

TEST_F(Refusal, OfAFolderThatIsNoModel) {
    EXPECT_THAT(refused({path("nowhere")}, 3).err, HasSubstr("nowhere"));
}

TEST_F(Refusal, OfAMissingShard) {
    const auto folder = copyOfModel();
    fs::remove(folder + "/model.safetensors");
    std::ofstream(folder + "/model.safetensors.index.json")
        << R"({"metadata": {}, "weight_map": {"model.norm.weight": "model-00001-of-00002.safetensors"}})";
    EXPECT_THAT(refused({folder}, 3).err, HasSubstr("model-00001-of-00002.safetensors"));
}

TEST_F(Refusal, OfATruncatedFile) {
    const auto folder = copyOfModel();
    fs::resize_file(folder + "/model.safetensors", 5'000'000);
    EXPECT_THAT(refused({folder}, 3).err, HasSubstr("model.safetensors"));
}

TEST_F(Refusal, OfWrongJson) {
    const auto folder = copyOfModel();
    std::ofstream(folder + "/config.json") << R"({"model_type": )";
    EXPECT_THAT(refused({folder}, 3).err, HasSubstr("config.json"));
}

TEST_F(Refusal, OfAnUnknownArchitecture) {
    const auto folder = copyOfModel();
    std::ofstream(folder + "/config.json") << R"({"architectures": ["OtherModel"], "model_type": "other"})";
    EXPECT_THAT(refused({folder}, 3).err,
                AllOf(HasSubstr("not supported"), HasSubstr("Supported: Qwen2.5-VL")));
}

TEST_F(Refusal, OfAGroupThatDoesNotDivide) {
    const auto result = refused({model(), "--group", "100"}, 3);
    EXPECT_THAT(result.err, AllOf(HasSubstr("Group size 100 does not divide"), HasSubstr("Use 64")));
}

TEST_F(Refusal, OfMoreSamplesThanLines) {
    EXPECT_THAT(refused({model(), "--samples", "150", "--heldout", "20"}, 3).err, HasSubstr("160"));
}

TEST_F(Refusal, OfAPatternThatMatchesNothing) {
    EXPECT_THAT(refused({model(), "--skip", "*.attention.*"}, 3).err, HasSubstr("*.attention.*"));
    EXPECT_THAT(refused({model(), "--skip", "*"}, 3).err, HasSubstr("nothing would be quantized"));
}

TEST_F(Refusal, OfTextOnlyCalibrationUnlessConfirmed) {
    const std::string line = R"({"id": 1, "question": "What?", "answer": "That."})";
    const auto file = calibration(line + '\n' + line + '\n');
    const std::vector<std::string> options{model(),     "--calib", file,           "--samples", "1",
                                           "--heldout", "1",       "--mu-samples", "1"};
    EXPECT_THAT(refused(options, 3).err, HasSubstr("--allow-text-only"));
    auto confirmed = options;
    confirmed.insert(confirmed.begin(), {"quantize", "--dry-run", "--allow-text-only"});
    EXPECT_EQ(run(confirmed).exitCode, 0);
}

TEST_F(Refusal, OfACalibrationLineThatIsNoJson) {
    EXPECT_THAT(refused({model(), "--calib", calibration("{\"question\": \"What?\"\n"), "--samples", "1",
                         "--heldout", "0", "--mu-samples", "1"},
                        3)
                    .err,
                HasSubstr("calib.jsonl"));
}

TEST_F(Refusal, OfAModelWithoutItsTokenizer) {
    const auto folder = copyOfModel();
    fs::remove(folder + "/tokenizer.json");
    EXPECT_THAT(refused({folder}, 3).err, HasSubstr("tokenizer.json"));
    EXPECT_EQ(run({"quantize", folder, "--dry-run"}).exitCode, 3);
}

TEST_F(Refusal, OfAConfigWithoutAFieldTheModelNeeds) {
    const auto folder = copyOfModel();
    auto config = readJson(folder + "/config.json");
    config.erase("hidden_size");
    if (config.contains("text_config"))
        config["text_config"].erase("hidden_size");
    std::ofstream(folder + "/config.json") << config.dump();
    EXPECT_THAT(refused({folder}, 3).err, AllOf(HasSubstr("config.json"), HasSubstr("hidden_size")));
}

TEST_F(Refusal, OfACalibrationPictureThatIsNone) {
    std::ofstream(path("p.png")) << "no picture at all";
    const auto file = calibration("{\"question\": \"What?\", \"answer\": \"That.\", \"image\": \"p.png\"}\n");
    EXPECT_THAT(refused({model(), "--calib", file, "--samples", "1", "--heldout", "0"}, 3).err,
                AllOf(HasSubstr("calib.jsonl, line 1"), HasSubstr("p.png")));
}

// With the scripted engine, which would answer anything: what is refused here was refused without an engine.
TEST_F(Refusal, DoesNotWaitForTheEngine) {
    std::ofstream(path("p.png")) << "no picture at all";
    const auto question = runScripted({"ask", model(), "--image", path("p.png"), "--text", "What?"});
    EXPECT_EQ(question.exitCode, 3);
    EXPECT_THAT(question.err, HasSubstr("p.png"));
    EXPECT_EQ(runScripted({"probe", "model", path("nowhere"), "--out", path("out")}).exitCode, 3);
    const auto methods = runScripted({"probe", "methods", m_folder.path().string(), "--out", path("out")});
    EXPECT_EQ(methods.exitCode, 3);
    EXPECT_THAT(methods.err, HasSubstr("index.json"));
    const auto folder = copyOfModel();
    std::ofstream(folder + "/io.json") << "{}";
    std::ofstream(folder + "/config.json") << R"({"architectures": ["OtherModel"], "model_type": "other"})";
    for (const auto& command :
         std::vector<std::vector<std::string>>{{"probe", "model", folder, "--out", path("out")},
                                               {"ask", folder, "--text", "What?"},
                                               {"eval", folder, "--bench", "demo"}}) {
        const auto other = runScripted(command);
        EXPECT_EQ(other.exitCode, 3) << command.front();
        EXPECT_THAT(other.err, HasSubstr("not supported")) << command.front();
    }
}

TEST_F(Refusal, OfADatabaseInAFolderThatIsNotThere) {
    const auto listed = run({"runs", "list", "--db", path("no/such/runs.db")});
    EXPECT_EQ(listed.exitCode, 5);
    EXPECT_THAT(listed.err, HasSubstr(path("no/such")));
    EXPECT_FALSE(fs::exists(path("no")));
}

TEST_F(Refusal, OfAnUnknownRun) {
    const auto unknown = run({"layers", "99"});
    EXPECT_EQ(unknown.exitCode, 3);
    EXPECT_THAT(unknown.err, HasSubstr("'99'"));
    EXPECT_EQ(run({"quantize", "--resume"}).exitCode, 3);
    EXPECT_EQ(run({"export", "99", "--out", path("out")}).exitCode, 3);
}

TEST_F(Refusal, OfAFileThatIsNoDatabase) {
    std::ofstream(path("notes.txt")) << "This is no database, but long enough to be looked at twice.";
    const auto listed = run({"runs", "list", "--db", path("notes.txt")});
    EXPECT_EQ(listed.exitCode, 5);
    EXPECT_THAT(listed.err, HasSubstr("notes.txt"));
}

TEST_F(Refusal, OfABenchmarkThatIsNotThere) {
    EXPECT_EQ(run({"eval", model(), "--bench", path("absent.tsv")}).exitCode, 3);
    EXPECT_EQ(run({"eval", model()}).exitCode, 2);
}

TEST_F(Refusal, OfOptionsBesideResume) {
    EXPECT_EQ(run({"quantize", "--resume", "1", "--bits", "2"}).exitCode, 2);
}

TEST_F(Refusal, IsOneObjectInJson) {
    const auto result = run({"layers", "99", "--json"});
    const auto json = result.json();
    EXPECT_EQ(json["event"], "error");
    EXPECT_EQ(json["exit"], 3);
    EXPECT_EQ(json["code"], "E-CLI-01");
    EXPECT_FALSE(json["hint"].get<std::string>().empty());
}

}
