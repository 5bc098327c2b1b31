// Bad input at the engine itself, for callers that did not ask jobs::planRun first: one sentence, nothing
// written.
#include "demo_run.h"
#include "support/error_of.h"
#include "support/model_copy.h"

#include <fstream>

namespace vlmptq::test {
namespace {

namespace fs = std::filesystem;

class EngineRefusal : public testing::Test {
protected:
    fs::path copyOfDemo() const {
        fs::copy(demoDir() / "model", m_folder / "model");
        for (const auto& entry : fs::directory_iterator(m_folder / "model"))
            fs::permissions(entry.path(), fs::perms::owner_write, fs::perm_options::add);
        return m_folder / "model";
    }
    api::QuantizeRequest request() const { return demoRequest(m_folder / "run", "rtn"); }
    api::QuantizeRequest withLines(const std::string& lines, int samples, int heldout) const {
        std::ofstream(m_folder / "lines.jsonl") << lines;
        auto changed = request();
        changed.config.calib.source = (m_folder / "lines.jsonl").string();
        changed.config.calib.samples = samples;
        changed.config.calib.heldout = heldout;
        changed.config.quant.muSamples = samples;
        return changed;
    }
    void expectRefused(const api::QuantizeRequest& request, const std::string& id, const std::string& part,
                       ErrorKind kind = ErrorKind::BadInput) const {
        Recorder recorder;
        expectRefusal(errorOf([&] { realEngine()->quantize(request, recorder, {}); }), id, part, kind);
        EXPECT_FALSE(fs::exists(request.runDir / "layer-000.safetensors"));
    }

    ScratchFolder m_folder;
};

TEST_F(EngineRefusal, OfAModelWithoutEndToken) {
    const auto model = copyOfDemo();
    editJson(model / "generation_config.json", [](auto& json) { json.erase("eos_token_id"); });
    editJson(model / "config.json", [](auto& json) {
        json.erase("eos_token_id");
        if (json.contains("text_config"))
            json["text_config"].erase("eos_token_id");
    });
    auto changed = request();
    changed.config.model = model.string();
    expectRefused(changed, "E-MODEL-20", "No end token");
}

TEST_F(EngineRefusal, OfAModelThatIsQuantizedAlready) {
    const auto model = copyOfDemo();
    editJson(model / "config.json", [](auto& json) {
        json["quantization_config"] = {{"quant_method", "gptq"}};
    });
    auto changed = request();
    changed.config.model = model.string();
    expectRefused(changed, "E-MODEL-21", "is already quantized");
}

TEST_F(EngineRefusal, OfARunAsTheModel) {
    Recorder recorder;
    auto first = request();
    first.runDir = m_folder / "first";
    realEngine()->quantize(first, recorder, {});
    auto changed = request();
    changed.config.model = first.runDir.string();
    expectRefused(changed, "E-MODEL-21", "is already quantized");
}

TEST_F(EngineRefusal, OfLeavingEveryModuleOut) {
    auto changed = request();
    changed.config.quant.skip = {"*"};
    expectRefused(changed, "E-PLAN-03", "nothing would be quantized");
}

TEST_F(EngineRefusal, OfUnknownAndAbsentDevices) {
    auto changed = request();
    changed.config.device.device = "tpu";
    expectRefused(changed, "E-CONF-01", "'tpu'", ErrorKind::BadOption);
    changed.config.device.device = "cuda:99";
    expectRefused(changed, "E-DEV-02", "'cuda:99'", ErrorKind::NoResource);
}

TEST_F(EngineRefusal, OfAnUnreadablePicture) {
    std::ofstream(m_folder / "broken.png") << "\x89PNG and nothing else";
    const std::string line = R"({"image": "broken.png", "question": "What?", "answer": "That."})";
    Recorder recorder;
    const auto error = errorOf([&] { realEngine()->quantize(withLines(line + "\n", 1, 0), recorder, {}); });
    EXPECT_EQ(error.kind(), ErrorKind::BadInput);
    EXPECT_THAT(error.what(), testing::HasSubstr("broken.png"));
}

TEST_F(EngineRefusal, OfTextOnlyCalibrationUnlessConfirmed) {
    const std::string line =
        "{\"question\": \"What is the capital of the country in the north?\", \"answer\": "
        "\"That city.\"}\n";
    auto changed = withLines(line + line + line, 2, 1);
    changed.config.quant.method = "vlmptq";
    expectRefused(changed, "E-CALIB-07", "has a picture");
    changed.config.calib.allowTextOnly = true;
    Recorder recorder;
    const auto summary = realEngine()->quantize(changed, recorder, {});
    ASSERT_EQ(recorder.layers.size(), 6u);
    EXPECT_EQ(recorder.module(0).awareness, 0) << "without a vision token the text decides (method.md 8)";
    EXPECT_FALSE(recorder.module(0).heldoutError.vision.has_value());
    EXPECT_TRUE(summary.heldoutAnswerLoss.has_value());
}

// Lines without an answer calibrate; there is only no loss to measure.
TEST_F(EngineRefusal, IsNotForLinesWithoutAnswers) {
    const auto picture = (demoDir() / "calib/images/0000.png").string();
    const std::string line = R"({"image": ")" + picture + R"(", "question": "What is shown?"})" + "\n";
    auto changed = withLines(line + line, 1, 1);
    changed.config.quant.method = "vlmptq";
    Recorder recorder;
    const auto summary = realEngine()->quantize(changed, recorder, {});
    EXPECT_EQ(recorder.layers.size(), 6u);
    EXPECT_FALSE(summary.heldoutAnswerLoss.has_value());
    EXPECT_FALSE(recorder.module(0).heldoutError.answer.has_value());
}

}
}
