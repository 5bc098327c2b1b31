#include "checkpoint/raw_file.h"
#include "engine/checkpoint/safetensors.h"
#include "support/error_of.h"
#include "support/golden.h"
#include "support/scratch_folder.h"

#include <numeric>

namespace vlmptq::checkpoint {
namespace {

using namespace test;

std::vector<std::byte> bytesUpTo(std::size_t count) {
    std::vector<std::byte> bytes(count);
    for (std::size_t i = 0; i < count; ++i)
        bytes[i] = static_cast<std::byte>(i);
    return bytes;
}

TensorInfo declared(const std::string& name, Dtype dtype, std::vector<std::int64_t> shape) {
    TensorInfo info;
    info.name = name;
    info.dtype = dtype;
    info.shape = std::move(shape);
    return info;
}

TEST(Safetensors, WritesTheWorkedExampleOfTheFormat) {
    const ScratchFolder folder;
    writeSafetensors(folder / "x", {{declared("a", Dtype::F16, {2}), bytesUpTo(4)}});
    const std::string header =
        R"({"__metadata__":{"format":"pt"},"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}})";
    EXPECT_EQ(header.size(), 85u);
    EXPECT_EQ(readFile(folder / "x"), rawSafetensors(header + "   ", 4));
}

TEST(Safetensors, PlacesLargeElementsFirstThenByName) {
    const ScratchFolder folder;
    writeSafetensors(folder / "x", {{declared("b", Dtype::U8, {3}), bytesUpTo(3)},
                                    {declared("z", Dtype::F32, {1}), bytesUpTo(4)},
                                    {declared("a", Dtype::U8, {1}), bytesUpTo(1)},
                                    {declared("m", Dtype::I64, {}), bytesUpTo(8)}});
    const auto file = SafetensorsFile::open(folder / "x");
    std::string order;
    for (const auto& tensor : file->tensors())
        order += tensor.name;
    EXPECT_EQ(order, "mzab");
    EXPECT_EQ(file->metadata().at("format"), "pt");
}

TEST(Safetensors, ReadsBackWhatWasStreamed) {
    const ScratchFolder folder;
    const auto content = bytesUpTo(3'000'000);
    SafetensorsWriter writer(folder / "x",
                             {declared("small", Dtype::U8, {5}), declared("empty", Dtype::F32, {0, 7}),
                              declared("large", Dtype::F32, {750, 1000})},
                             {{"made by", "a test"}});
    for (const auto& tensor : writer.order()) {
        const auto bytes = std::span(content).first(tensor.byteCount());
        writer.append(bytes.first(bytes.size() / 3));
        writer.append(bytes.subspan(bytes.size() / 3));
    }
    EXPECT_FALSE(std::filesystem::exists(folder / "x"));
    writer.finish();

    const auto file = SafetensorsFile::open(folder / "x");
    ASSERT_EQ(file->tensors().size(), 3u);
    EXPECT_EQ(file->metadata().at("made by"), "a test");
    const auto* large = file->find("large");
    ASSERT_TRUE(large);
    EXPECT_EQ(large->shapeText(), "[750, 1000]");
    EXPECT_EQ(large->elementCount(), 750'000);
    EXPECT_TRUE(std::ranges::equal(file->bytes(*large), content));
    EXPECT_EQ(file->bytes(*file->find("small")).size(), 5u);
    EXPECT_TRUE(file->bytes(*file->find("empty")).empty());
    EXPECT_EQ(file->find("absent"), nullptr);
}

TEST(Safetensors, LeavesNothingBehindWhenTheWriterIsAbandoned) {
    const ScratchFolder folder;
    { SafetensorsWriter writer(folder / "x", {declared("a", Dtype::U8, {4})}); }
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Safetensors, CountsTheWriterOut) {
    const ScratchFolder folder;
    SafetensorsWriter writer(folder / "x", {declared("a", Dtype::U8, {4})});
    EXPECT_THAT(errorOf([&] { writer.append(bytesUpTo(5)); }).what(), testing::HasSubstr("more bytes than"));
    writer.append(bytesUpTo(3));
    EXPECT_THAT(errorOf([&] { writer.finish(); }).what(), testing::HasSubstr("was not written"));
    EXPECT_THAT(
        errorOf([&] {
            SafetensorsWriter(folder / "y", {declared("a", Dtype::U8, {4}), declared("a", Dtype::U8, {1})});
        }).what(),
        testing::HasSubstr("declared twice"));
}

TEST(Safetensors, AcceptsWhatTheReferenceLibraryAccepts) {
    const ScratchFolder folder;
    // Leading spaces, no padding, unaligned data, unknown fields, a dtype nobody computes with, a scalar.
    writeSafetensorsText(folder / "x",
                         R"(  {"b":{"dtype":"F32","shape":[],"data_offsets":[3,7],"note":{"by":[1]}},)"
                         R"("a":{"dtype":"F8_E4M3","shape":[3],"data_offsets":[0,3]}})",
                         7);
    const auto file = SafetensorsFile::open(folder / "x");
    ASSERT_EQ(file->tensors().size(), 2u);
    EXPECT_EQ(file->tensors()[0].name, "a");
    EXPECT_EQ(file->tensors()[0].dtype, Dtype::Other);
    EXPECT_EQ(file->tensors()[0].dtypeName, "F8_E4M3");
    EXPECT_EQ(file->tensors()[1].elementCount(), 1);
    EXPECT_EQ(std::to_integer<int>(file->bytes(file->tensors()[1])[0]), 3);
}

TEST(Safetensors, AcceptsAFileWithoutTensors) {
    const ScratchFolder folder;
    writeSafetensorsText(folder / "x", "{}", 0);
    EXPECT_TRUE(SafetensorsFile::open(folder / "x")->tensors().empty());
}

TEST(Safetensors, ReadsAndRewritesEveryReferenceFile) {
    const ScratchFolder folder;
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(goldenDir() / "methods")) {
        if (entry.path().extension() != ".safetensors")
            continue;
        const auto file = SafetensorsFile::open(entry.path());
        std::vector<TensorData> copy;
        for (const auto& tensor : file->tensors()) {
            const auto bytes = file->bytes(tensor);
            copy.push_back({tensor, {bytes.begin(), bytes.end()}});
        }
        writeSafetensors(folder / "copy", std::move(copy));
        const auto again = SafetensorsFile::open(folder / "copy");
        ASSERT_EQ(again->tensors().size(), file->tensors().size()) << entry.path();
        for (const auto& tensor : file->tensors())
            EXPECT_TRUE(std::ranges::equal(file->bytes(tensor), again->bytes(*again->find(tensor.name))))
                << tensor.name;
        ++files;
    }
    EXPECT_GT(files, 20);
}

TEST(Dtype, KnowsNamesAndSizes) {
    EXPECT_EQ(toString(Dtype::BF16), "BF16");
    EXPECT_EQ(byteSize(Dtype::BF16), 2u);
    EXPECT_EQ(byteSize(Dtype::F64), 8u);
    EXPECT_EQ(byteSize(Dtype::Bool), 1u);
    EXPECT_EQ(byteSize(Dtype::Other), 0u);
}

}
}
