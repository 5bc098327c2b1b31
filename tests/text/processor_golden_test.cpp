// The Qwen2.5-VL processor against the reference implementation: every case of every golden folder.
#include "engine/core/file.h"
#include "engine/families/processor.h"
#include "engine/families/qwen2_5_vl/processor_image.h"
#include "support/golden.h"

#include <gmock/gmock.h>

#include <cstring>

using namespace vlmptq;
using namespace vlmptq::families;

namespace {

using Json = nlohmann::json;

template <class T>
std::vector<T> valuesOf(const checkpoint::SafetensorsFile& file, const std::string& name) {
    const auto* info = file.find(name);
    if (!info)
        throw std::runtime_error("no tensor " + name + " in " + file.path().string());
    const auto bytes = file.bytes(*info);
    std::vector<T> values(static_cast<std::size_t>(info->elementCount()));
    if (bytes.size() != values.size() * sizeof(T))
        throw std::runtime_error(name + " has another element size");
    std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
}

// The picture as the reference decoded it.
image::RgbImage decodedImage(const checkpoint::SafetensorsFile& file, const std::string& path) {
    const auto name = "image/" + std::filesystem::path(path).stem().string();
    const auto* info = file.find(name);
    if (!info)
        throw std::runtime_error("no tensor " + name);
    return {static_cast<int>(info->shape[1]), static_cast<int>(info->shape[0]),
            valuesOf<std::uint8_t>(file, name)};
}

// Cases computed in another number format share the inputs of the plain case.
std::string nameOf(const Json& reference) {
    const auto name = reference.at("name").get<std::string>();
    const std::string prefix = "bf16_compute/";
    return name.starts_with(prefix) ? name.substr(prefix.size()) : name;
}

std::vector<Message> messagesOf(const Json& list) {
    std::vector<Message> messages;
    for (const auto& entry : list) {
        Message message{entry.at("role"), {}, entry.at("content").is_string()};
        if (message.isPlainString)
            message.parts.push_back({false, entry.at("content")});
        else
            for (const auto& part : entry.at("content"))
                message.parts.push_back({part.at("type") == "image", part.value("text", "")});
        messages.push_back(std::move(message));
    }
    return messages;
}

double largestDifference(const std::vector<float>& a, const std::vector<float>& b) {
    if (a.size() != b.size())
        return INFINITY;
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        largest = std::max(largest, std::abs(double(a[i]) - b[i]));
    return largest;
}

class ProcessorGolden : public testing::TestWithParam<std::string> {
protected:
    std::filesystem::path folder = test::goldenDir() / "models" / GetParam();
    std::unique_ptr<Processor> processor = openProcessor(checkpoint::Checkpoint::open(folder));
    Json golden = test::readJson(folder / "io.json");
    std::shared_ptr<const checkpoint::SafetensorsFile> tensors =
        checkpoint::SafetensorsFile::open(folder / "io.safetensors");

    std::vector<ImageInput> preparedImages(const Json& reference) const {
        std::vector<ImageInput> images;
        for (const auto& path : reference.at("images"))
            images.push_back(processor->prepare(decodedImage(*tensors, path)));
        return images;
    }
};

TEST_P(ProcessorGolden, PicturesBecomeTheReferencePatches) {
    for (const auto& reference : golden.at("cases")) {
        if (reference.at("images").empty())
            continue;
        const auto name = nameOf(reference);
        SCOPED_TRACE(name);
        std::vector<float> values;
        std::vector<std::int64_t> grids;
        for (const auto& input : preparedImages(reference)) {
            values.insert(values.end(), input.values.begin(), input.values.end());
            grids.insert(grids.end(), input.grid.begin(), input.grid.end());
        }
        EXPECT_EQ(grids, valuesOf<std::int64_t>(*tensors, name + "/image_grid_thw"));
        EXPECT_LE(largestDifference(values, valuesOf<float>(*tensors, name + "/pixel_values")), 1e-5);
    }
}

TEST_P(ProcessorGolden, MessagesBecomeTheReferenceSequence) {
    ASSERT_FALSE(golden.at("cases").empty());
    for (const auto& reference : golden.at("cases")) {
        const auto name = nameOf(reference);
        const auto images = preparedImages(reference);
        for (const bool textIsLiteral : {true, false}) {
            SCOPED_TRACE(name + (textIsLiteral ? " literal" : ""));
            const auto prompt =
                processor->process(messagesOf(reference.at("messages")), images, textIsLiteral);
            EXPECT_EQ(prompt.renderedText, reference.at("rendered_text").get<std::string>());
            EXPECT_EQ(prompt.expandedText, reference.at("expanded_text").get<std::string>());
            EXPECT_EQ(prompt.inputIds, valuesOf<std::int64_t>(*tensors, name + "/input_ids"));
            EXPECT_EQ(prompt.visionMask, valuesOf<std::uint8_t>(*tensors, name + "/vision_mask"));
            EXPECT_EQ(prompt.positionRows, 3);
            EXPECT_EQ(prompt.positionIds, valuesOf<std::int64_t>(*tensors, name + "/position_ids"));
            EXPECT_EQ(prompt.ropeDelta, valuesOf<std::int64_t>(*tensors, name + "/rope_delta").at(0));
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Models, ProcessorGolden,
                         testing::Values("qwen2_5_vl", "qwen2_5_vl-flat", "qwen2_5_vl-newnames-sharded",
                                         "qwen2_5_vl-flat-defaults-bf16"));

TEST(Qwen25Images, SizeRuleEqualsTheTable) {
    const auto table =
        test::readJson(test::goldenDir() / "models" / "preprocessing" / "io.json").at("smart_resize");
    ASSERT_FALSE(table.empty());
    for (const auto& row : table) {
        qwen2_5_vl::ImageOptions options;
        options.minPixels = row.at(2);
        options.maxPixels = row.at(3);
        const qwen2_5_vl::ImagePreparer preparer(options);
        const image::Size size{row.at(1), row.at(0)};
        const auto resized = preparer.resizedSize(size);
        EXPECT_EQ(resized.height, row.at(4)) << row;
        EXPECT_EQ(resized.width, row.at(5)) << row;
        EXPECT_EQ(preparer.tokens(size), row.at(6)) << row;
    }
}

TEST(Qwen25Images, FullSizePictureEqualsTheSampledReference) {
    const auto folder = test::goldenDir() / "models" / "preprocessing";
    const auto tensors = checkpoint::SafetensorsFile::open(folder / "io.safetensors");
    const auto reference = test::readJson(folder / "io.json").at("full").at("qwen2_5_vl");
    qwen2_5_vl::ImageOptions options; // the published constants
    options.maxPixels = 12845056;
    const auto input =
        qwen2_5_vl::ImagePreparer(options).prepare(image::decodeFile(folder / "images" / "full.png"));
    EXPECT_EQ(Json({input.rows, input.columns}), reference.at("pixel_values_shape"));
    EXPECT_EQ(Json({input.grid}), reference.at("extra").at("image_grid_thw"));
    const auto indices = valuesOf<std::int64_t>(*tensors, "full/qwen2_5_vl/flat_index");
    const auto values = valuesOf<float>(*tensors, "full/qwen2_5_vl/values_tensor_backend");
    ASSERT_EQ(indices.size(), values.size());
    for (std::size_t i = 0; i < indices.size(); ++i)
        EXPECT_NEAR(input.values.at(static_cast<std::size_t>(indices[i])), values[i], 1e-5);
}

}
