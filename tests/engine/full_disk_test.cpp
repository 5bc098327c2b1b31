// A disk that is full at any moment: one sentence, nothing half-made, and with room again the same bytes as
// an undisturbed run.
#include "demo_run.h"
#include "engine/checkpoint/run_folder.h"
#include "support/error_of.h"
#include "support/file_size_limit.h"

namespace vlmptq::test {
namespace {

namespace fs = std::filesystem;

constexpr rlim_t kRoomForSmallFiles = 16 << 10; // run.json and config.json fit, layers and weights do not

// The disk becomes full when the event arrives.
class FillsTheDisk : public Recorder {
public:
    explicit FillsTheDisk(std::function<bool(const Event&)> when) : m_when(std::move(when)) {}
    void onEvent(const Event& event) override {
        Recorder::onEvent(event);
        if (!m_full && m_when(event))
            m_full.emplace(kRoomForSmallFiles);
    }

private:
    std::function<bool(const Event&)> m_when;
    std::optional<FileSizeLimit> m_full;
};

auto atStage(Stage stage) {
    return [stage](const Event& event) {
        const auto* changed = std::get_if<event::StageChanged>(&event);
        return changed && changed->stage == stage;
    };
}

auto afterLayer(int layer) {
    return [layer](const Event& event) {
        const auto* finished = std::get_if<event::LayerFinished>(&event);
        return finished && finished->result.layer == layer;
    };
}

std::vector<std::string> namesIn(const fs::path& folder) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder))
        names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

class FullDisk : public testing::Test {
protected:
    static void SetUpTestSuite() {
        s_whole = fs::temp_directory_path() / ("vlmptq_full_disk_" + std::to_string(getpid()));
        Recorder recorder;
        realEngine()->quantize(demoRequest(s_whole, "gptq"), recorder, {});
    }
    static void TearDownTestSuite() { fs::remove_all(s_whole); }

    api::QuantizeRequest request() const { return demoRequest(m_folder / "run", "gptq"); }
    static Error failureOf(const api::QuantizeRequest& request, std::function<bool(const Event&)> when) {
        FillsTheDisk recorder(std::move(when));
        return errorOf([&] { realEngine()->quantize(request, recorder, {}); });
    }
    void expectSameBytesAfterResume(int finishedLayers) const {
        auto resumed = request();
        resumed.finishedLayers = finishedLayers;
        Recorder recorder;
        realEngine()->quantize(resumed, recorder, {});
        ASSERT_EQ(namesIn(resumed.runDir), namesIn(s_whole));
        for (int layer = 0; layer < 6; ++layer)
            EXPECT_TRUE(readFile(checkpoint::layerFile(resumed.runDir, layer)) ==
                        readFile(checkpoint::layerFile(s_whole, layer)))
                << layer;
    }

    static inline fs::path s_whole;
    ScratchFolder m_folder;
};

TEST_F(FullDisk, WhileActivationsGoToDisk) {
    auto spilling = request();
    spilling.config.device.activationBudgetBytes = 1 << 20;
    const auto error = failureOf(spilling, atStage(Stage::Calibrate));
    expectRefusal(error, "E-DISK-01", (spilling.runDir / "scratch").string(), ErrorKind::NoResource);
    EXPECT_THAT(error.what(), testing::ContainsRegex("it needs [0-9.]+ .B"));
    EXPECT_THAT(error.hint(), testing::HasSubstr("--activation-budget"));
    EXPECT_EQ(namesIn(spilling.runDir), std::vector<std::string>{"run.json"});
    expectSameBytesAfterResume(0);
}

TEST_F(FullDisk, WhileActivationsOfALaterLayerGoToDisk) {
    auto spilling = request();
    spilling.config.device.activationBudgetBytes = 1 << 20;
    const auto error = failureOf(spilling, afterLayer(1));
    expectRefusal(error, "E-DISK-01", (spilling.runDir / "scratch").string(), ErrorKind::NoResource);
    EXPECT_EQ(namesIn(spilling.runDir),
              (std::vector<std::string>{"layer-000.safetensors", "layer-001.safetensors", "run.json"}));
    expectSameBytesAfterResume(2);
}

TEST_F(FullDisk, WhileALayerIsWritten) {
    const auto error = failureOf(request(), afterLayer(2));
    expectRefusal(error, "E-DISK-01", checkpoint::layerFile(request().runDir, 3).string(),
                  ErrorKind::NoResource);
    EXPECT_THAT(error.what(), testing::ContainsRegex("it needs [0-9.]+ .B"));
    EXPECT_EQ(namesIn(request().runDir),
              (std::vector<std::string>{"layer-000.safetensors", "layer-001.safetensors",
                                        "layer-002.safetensors", "run.json"}));
    expectSameBytesAfterResume(3);
}

TEST_F(FullDisk, WhileExporting) {
    api::ExportRequest request;
    request.runDir = s_whole;
    request.outDir = m_folder / "dense";
    FillsTheDisk recorder([](const Event& event) { return std::holds_alternative<event::Progress>(event); });
    const auto error = errorOf([&] { realEngine()->exportCheckpoint(request, recorder, {}); });
    expectRefusal(error, "E-DISK-01", "model.safetensors", ErrorKind::NoResource);
    EXPECT_THAT(error.what(), testing::ContainsRegex("it needs [0-9.]+ MB"));
    EXPECT_EQ(namesIn(m_folder.path()), std::vector<std::string>{});
}

// The old export stays when the new one finds no room.
TEST_F(FullDisk, WhileReplacingAnExport) {
    fs::create_directories(m_folder / "dense");
    writeFileAtomically(m_folder / "dense" / "mine.txt", "precious");
    api::ExportRequest request;
    request.runDir = s_whole;
    request.outDir = m_folder / "dense";
    request.replace = true;
    FillsTheDisk recorder(atStage(Stage::Export));
    const auto error = errorOf([&] { realEngine()->exportCheckpoint(request, recorder, {}); });
    expectRefusal(error, "E-DISK-01", "dense", ErrorKind::NoResource);
    EXPECT_EQ(namesIn(m_folder.path()), std::vector<std::string>{"dense"});
    EXPECT_EQ(readFile(m_folder / "dense" / "mine.txt"), "precious");
}

}
}
