// A run whose folder was damaged while it stood still: it goes on to the same bytes as an undisturbed one, or
// says in one sentence why not. With the real engine, from database row to database row.
#include "demo_run.h"
#include "engine/checkpoint/run_folder.h"
#include "engine/jobs/run_job.h"
#include "support/error_of.h"

namespace vlmptq::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class DamagedRun : public testing::Test {
protected:
    static void SetUpTestSuite() {
        s_whole = fs::temp_directory_path() / ("vlmptq_damaged_run_" + std::to_string(getpid()));
        Recorder recorder;
        realEngine()->quantize(demoRequest(s_whole, "gptq"), recorder, {});
    }
    static void TearDownTestSuite() { fs::remove_all(s_whole); }

    // Stopped after layer 3 of 6.
    void SetUp() override {
        m_run = m_store->createRun(demoRequest({}, "gptq").config);
        Recorder recorder;
        recorder.stopAfterLayer = 2;
        EXPECT_EQ(go(recorder), jobs::Outcome::Stopped);
        ASSERT_EQ(record().layersDone, 3);
    }
    jobs::Outcome go(Recorder& recorder) {
        return jobs::quantize(*m_engine, m_database, m_run, recorder, recorder.stop);
    }
    store::RunRecord record() { return requireRun(*m_store, m_run); }
    fs::path layer(int number) { return checkpoint::layerFile(record().directory, number); }

    // `computed`: the layers that were worked on.
    void expectFinishesLikeAnUndisturbedRun(const std::vector<int>& computed) {
        Recorder recorder;
        go(recorder);
        EXPECT_TRUE(isFinished(record().state));
        std::vector<int> layers;
        for (const auto& result : recorder.layers)
            layers.push_back(result.layer);
        EXPECT_EQ(layers, computed);
        for (int i = 0; i < 6; ++i)
            EXPECT_TRUE(readFile(layer(i)) == readFile(checkpoint::layerFile(s_whole, i))) << i;
        EXPECT_EQ(m_store->layers(m_run).size(), 6u);
    }

    static inline fs::path s_whole;
    ScratchFolder m_folder;
    fs::path m_database = m_folder / "runs.db";
    std::unique_ptr<store::RunStore> m_store = store::RunStore::open(m_database);
    std::unique_ptr<api::Engine> m_engine = realEngine();
    store::RunId m_run = 0;
};

TEST_F(DamagedRun, ComputesALostLastLayerAgain) {
    fs::remove(layer(2));
    expectFinishesLikeAnUndisturbedRun({2, 3, 4, 5});
}

TEST_F(DamagedRun, ComputesATruncatedLayerAgainWithAllThatFollow) {
    fs::resize_file(layer(1), fs::file_size(layer(1)) / 2);
    expectFinishesLikeAnUndisturbedRun({1, 2, 3, 4, 5});
}

TEST_F(DamagedRun, FindsAFlippedBit) {
    auto bytes = readFile(layer(2));
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 4);
    writeFileAtomically(layer(2), bytes);
    expectFinishesLikeAnUndisturbedRun({2, 3, 4, 5});
    EXPECT_EQ(record().state, store::RunState::FinishedWithWarnings);
}

TEST_F(DamagedRun, WritesALostManifestAgain) {
    fs::remove(fs::path(record().directory) / "run.json");
    expectFinishesLikeAnUndisturbedRun({3, 4, 5});
    EXPECT_EQ(checkpoint::readManifest(record().directory).fingerprint,
              checkpoint::readManifest(s_whole).fingerprint);
}

TEST_F(DamagedRun, WritesATruncatedManifestAgain) {
    fs::resize_file(fs::path(record().directory) / "run.json", 100);
    expectFinishesLikeAnUndisturbedRun({3, 4, 5});
}

TEST_F(DamagedRun, RefusesTheManifestOfAnotherModel) {
    auto manifest = checkpoint::readManifest(record().directory);
    manifest.modelFolder = "/models/other";
    manifest.fingerprint = R"({"model": "other"})";
    checkpoint::writeManifest(record().directory, manifest);
    Recorder recorder;
    expectRefusal(errorOf([&] { go(recorder); }), "E-JOB-06", "belongs to another run, of /models/other");
    EXPECT_TRUE(fs::exists(layer(2))) << "nothing is lost";
}

// What a kill leaves behind: activations on disk, and a layer that was being written.
TEST_F(DamagedRun, TakesNothingFromWhatAKillLeftBehind) {
    const fs::path directory = record().directory;
    fs::create_directories(directory / "scratch");
    writeFileAtomically(directory / "scratch" / "0-1.bin", "of a killed run");
    writeFileAtomically(directory / "layer-003.safetensors.tmp-1-0", "half a layer");
    writeFileAtomically(layer(3), "not in the database");
    expectFinishesLikeAnUndisturbedRun({3, 4, 5});
    for (const auto& entry : fs::directory_iterator(directory))
        EXPECT_TRUE(fs::exists(s_whole / entry.path().filename())) << entry.path();
}

}
}
