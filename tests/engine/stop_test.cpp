// A stop is answered wherever it comes: counted in events, which follow every small piece of work, not in
// seconds.
#include "demo_run.h"
#include "engine/checkpoint/run_folder.h"
#include "support/error_of.h"

namespace vlmptq::test {
namespace {

using Condition = std::function<bool(const Event&)>;

// Asks for a stop at the first event of a kind and counts what is still done afterwards.
class Stopper : public EventSink {
public:
    explicit Stopper(Condition when) : m_when(std::move(when)) {}
    void onEvent(const Event& event) override {
        if (stop.stop_requested())
            ++after;
        else if (m_when(event))
            stop.request_stop();
    }
    std::stop_source stop;
    int after = 0;

private:
    Condition m_when;
};

Condition stage(Stage wanted) {
    return [wanted](const Event& event) {
        const auto* changed = std::get_if<event::StageChanged>(&event);
        return changed && changed->stage == wanted;
    };
}

template <class Kind>
bool isA(const Event& event) {
    return std::holds_alternative<Kind>(event);
}

Condition progress(const std::string& detail) {
    return [detail](const Event& event) {
        const auto* found = std::get_if<event::Progress>(&event);
        return found && found->detail.find(detail) != std::string::npos;
    };
}

struct Moment {
    const char* name;
    Condition when;
    int finishedLayers = 0;
};

class StopWhile : public testing::TestWithParam<Moment> {};

TEST_P(StopWhile, EndsBeforeTheNextPieceOfWork) {
    ScratchFolder folder;
    auto request = demoRequest(folder / "run");
    if (GetParam().finishedLayers > 0) {
        Recorder first;
        first.stopAfterLayer = GetParam().finishedLayers - 1;
        errorOf([&] { realEngine()->quantize(request, first, first.stop.get_token()); });
        request.finishedLayers = GetParam().finishedLayers;
    }
    Stopper stopper(GetParam().when);
    const auto error = errorOf([&] { realEngine()->quantize(request, stopper, stopper.stop.get_token()); });
    EXPECT_TRUE(stopper.stop.stop_requested()) << "the moment never came";
    EXPECT_EQ(error.kind(), ErrorKind::Stopped) << error.what();
    EXPECT_LE(stopper.after, 1);
    EXPECT_FALSE(std::filesystem::exists(request.runDir / "scratch"));
}

INSTANTIATE_TEST_SUITE_P(
    Quantize, StopWhile,
    testing::Values(
        Moment{"Loading", stage(Stage::Load)}, Moment{"Fingerprinting", isA<event::Started>},
        Moment{"Calibrating", stage(Stage::Calibrate)}, Moment{"EncodingPictures", progress("samples")},
        Moment{"BeginningTheLayers", stage(Stage::Quantize)}, Moment{"SummingGrams", progress("q_proj")},
        Moment{"BeginningAModule", isA<event::ModuleStarted>}, Moment{"SearchingMu", isA<event::MuTried>},
        Moment{"SecondGroup", progress("o_proj")}, Moment{"LastGroup", progress("down_proj")},
        Moment{"BetweenLayers", isA<event::LayerFinished>}, Moment{"Replaying", progress("replaying"), 2},
        Moment{"MeasuringLosses", stage(Stage::Save)}),
    [](const auto& moment) { return std::string(moment.param.name); });

class StopExportWhile : public testing::TestWithParam<Moment> {
protected:
    static void SetUpTestSuite() {
        s_run = std::filesystem::temp_directory_path() / ("vlmptq_stop_export_" + std::to_string(getpid()));
        Recorder recorder;
        realEngine()->quantize(demoRequest(s_run, "rtn"), recorder, {});
    }
    static void TearDownTestSuite() { std::filesystem::remove_all(s_run); }
    static inline std::filesystem::path s_run;
};

TEST_P(StopExportWhile, EndsBeforeTheNextTensorAndLeavesNothing) {
    ScratchFolder folder;
    api::ExportRequest request;
    request.runDir = s_run;
    request.outDir = folder / "dense";
    Stopper stopper(GetParam().when);
    const auto error =
        errorOf([&] { realEngine()->exportCheckpoint(request, stopper, stopper.stop.get_token()); });
    EXPECT_TRUE(stopper.stop.stop_requested()) << "the moment never came";
    EXPECT_EQ(error.kind(), ErrorKind::Stopped) << error.what();
    EXPECT_EQ(stopper.after, 0);
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

INSTANTIATE_TEST_SUITE_P(Export, StopExportWhile,
                         testing::Values(Moment{"Beginning", stage(Stage::Export)},
                                         Moment{"WritingTensors", progress("layers.2")},
                                         Moment{"ComparingTensors", progress("verifying")}),
                         [](const auto& moment) { return std::string(moment.param.name); });

}
}
