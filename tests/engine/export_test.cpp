#include "demo_run.h"
#include "engine/checkpoint/checkpoint.h"
#include "engine/checkpoint/run_folder.h"

namespace vlmptq::test {
namespace {

namespace fs = std::filesystem;

class DenseExport : public testing::Test {
protected:
    static void SetUpTestSuite() {
        s_folder = fs::temp_directory_path() / ("vlmptq_dense_export_" + std::to_string(getpid()));
        Recorder recorder;
        realEngine()->quantize(demoRequest(s_folder, "gptq"), recorder, {});
    }
    static void TearDownTestSuite() { fs::remove_all(s_folder); }

    api::ExportResult run(const fs::path& out, api::DenseDtype dtype = api::DenseDtype::BFloat16,
                          std::uint64_t shard = 4ull << 30, bool replace = false) {
        api::ExportRequest request;
        request.runDir = s_folder;
        request.outDir = out;
        request.dtype = dtype;
        request.shardBytes = shard;
        request.replace = replace;
        return realEngine()->exportCheckpoint(request, m_recorder, {});
    }

    static inline fs::path s_folder;
    ScratchFolder m_out;
    Recorder m_recorder;
};

TEST_F(DenseExport, Float32AnswersExactlyLikeTheRun) {
    const auto result = run(m_out / "dense", api::DenseDtype::Float32);
    EXPECT_EQ(result.roundingError, 0);
    EXPECT_EQ(result.largestLogitDifference, 0);
}

TEST_F(DenseExport, BFloat16ReportsWhatRoundingCosts) {
    const auto result = run(m_out / "dense");
    EXPECT_GT(result.roundingError, 0);
    EXPECT_LT(result.roundingError, 1e-4);
    EXPECT_GT(result.largestLogitDifference, 0);
    const auto written = checkpoint::Checkpoint::open(m_out / "dense"),
               source = checkpoint::Checkpoint::open(demoDir() / "model");
    ASSERT_EQ(written->tensors().size(), source->tensors().size());
    int changed = 0;
    for (const auto* tensor : source->tensors()) {
        const auto& other = written->require(tensor->name);
        EXPECT_EQ(other.shape, tensor->shape);
        EXPECT_EQ(other.dtype, tensor->dtype);
        const auto a = source->bytes(*tensor), b = written->bytes(other);
        changed += !std::equal(a.begin(), a.end(), b.begin(), b.end());
    }
    EXPECT_EQ(changed, 42) << "only the decoder's linears change";
    for (const char* name :
         {"tokenizer.json", "chat_template.jinja", "generation_config.json", "preprocessor_config.json"})
        EXPECT_EQ(readFile(m_out / "dense" / name), readFile(demoDir() / "model" / name));
}

TEST_F(DenseExport, CutsShardsWithAnIndex) {
    run(m_out / "dense", api::DenseDtype::BFloat16, 3 << 20);
    EXPECT_TRUE(fs::exists(m_out / "dense" / "model.safetensors.index.json"));
    EXPECT_GT(checkpoint::Checkpoint::open(m_out / "dense")->files().size(), 2u);
}

TEST_F(DenseExport, NeverTouchesAnExistingFolderUnlessAsked) {
    fs::create_directories(m_out / "dense");
    writeFileAtomically(m_out / "dense" / "mine.txt", "precious");
    EXPECT_THROW(run(m_out / "dense"), Error);
    EXPECT_EQ(readFile(m_out / "dense" / "mine.txt"), "precious");
    run(m_out / "dense", api::DenseDtype::BFloat16, 4ull << 30, true);
    EXPECT_EQ(readFile(m_out / "dense.old-1" / "mine.txt"), "precious");
    EXPECT_TRUE(fs::exists(m_out / "dense" / "model.safetensors"));
}

TEST_F(DenseExport, NeverWritesOverTheModelOrTheRun) {
    for (const auto& target : {s_folder, s_folder / "inside", demoDir() / "model", demoDir()})
        EXPECT_THROW(run(target, api::DenseDtype::BFloat16, 4ull << 30, true), Error) << target;
    EXPECT_TRUE(checkpoint::isRunFolder(s_folder));
}

TEST_F(DenseExport, IsVerifiedWithAPlainQuestionWhenTheCalibrationDataAreGone) {
    ScratchFolder copy;
    fs::copy(s_folder, copy / "run", fs::copy_options::recursive);
    auto manifest = checkpoint::readManifest(copy / "run");
    manifest.config.calib.source = (copy / "gone").string();
    checkpoint::writeManifest(copy / "run", manifest);
    api::ExportRequest request;
    request.runDir = copy / "run";
    request.outDir = copy / "out";
    Recorder recorder;
    EXPECT_GT(realEngine()->exportCheckpoint(request, recorder, {}).largestLogitDifference, 0);
    ASSERT_EQ(recorder.all<event::Warning>().size(), 1u);
    EXPECT_EQ(recorder.all<event::Warning>()[0].code, "W-VERIFY");
}

TEST_F(DenseExport, RefusesAnUnfinishedRun) {
    ScratchFolder copy;
    fs::copy(s_folder, copy / "run", fs::copy_options::recursive);
    fs::remove(checkpoint::layerFile(copy / "run", 3));
    api::ExportRequest request;
    request.runDir = copy / "run";
    request.outDir = copy / "out";
    try {
        realEngine()->exportCheckpoint(request, m_recorder, {});
        FAIL();
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("layer 3 of 6 is missing"));
    }
    EXPECT_FALSE(fs::exists(copy / "out"));
}

TEST_F(DenseExport, LeavesNothingBehindWhenStopped) {
    api::ExportRequest request;
    request.runDir = s_folder;
    request.outDir = m_out / "dense";
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW(realEngine()->exportCheckpoint(request, m_recorder, stop.get_token()), Error);
    EXPECT_TRUE(fs::is_empty(m_out.path()));
}

}
}
