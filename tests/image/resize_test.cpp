#include "engine/checkpoint/safetensors.h"
#include "engine/core/error.h"
#include "image/encode.h"
#include "support/golden.h"

#include <gtest/gtest.h>

namespace vlmptq::image {
namespace {

using namespace test;

RgbImage reference(const checkpoint::SafetensorsFile& file, const std::string& name) {
    const auto* tensor = file.find(name);
    if (!tensor)
        throw std::runtime_error("no tensor " + name);
    const auto bytes = file.bytes(*tensor);
    const auto* first = reinterpret_cast<const std::uint8_t*>(bytes.data());
    return {static_cast<int>(tensor->shape[1]),
            static_cast<int>(tensor->shape[0]),
            {first, first + bytes.size()}};
}

TEST(Resize, EqualsTheTensorBackEnd) {
    const auto folder = goldenDir() / "models" / "preprocessing";
    const auto tensors = checkpoint::SafetensorsFile::open(folder / "io.safetensors");
    const auto cases = readJson(folder / "io.json").at("resize");
    ASSERT_EQ(cases.size(), 13u);
    for (const auto& entry : cases) {
        const auto source = reference(*tensors, "resize/" + entry.at("source").get<std::string>());
        const auto key = entry.at("key").get<std::string>();
        const auto result = resizeBicubic(source, entry.at("width"), entry.at("height"));
        const auto expected = reference(*tensors, "resize/" + key + "_tensor");
        EXPECT_EQ(result.width, expected.width) << key;
        EXPECT_EQ(result.height, expected.height) << key;
        EXPECT_TRUE(result.pixels == expected.pixels) << key;
    }
}

TEST(Resize, KeepsPicturesOfTheSameSize) {
    const auto picture = pattern(31, 17);
    EXPECT_EQ(resizeBicubic(picture, 31, 17).pixels, picture.pixels);
}

TEST(Resize, KeepsOneColour) {
    for (const std::uint8_t grey : {0, 1, 127, 254, 255}) {
        const RgbImage picture{40, 30, ByteVector(40 * 30 * 3, grey)};
        for (const auto& [width, height] : {std::pair{7, 91}, {200, 3}, {1, 1}, {39, 29}}) {
            const auto result = resizeBicubic(picture, width, height);
            EXPECT_EQ(result.pixels, ByteVector(static_cast<std::size_t>(3 * width * height), grey))
                << width << " x " << height;
        }
    }
}

TEST(Resize, StretchesASinglePixel) {
    EXPECT_EQ(resizeBicubic({1, 1, {10, 20, 30}}, 2, 2).pixels,
              (ByteVector{10, 20, 30, 10, 20, 30, 10, 20, 30, 10, 20, 30}));
}

TEST(Resize, NeedsPixels) {
    EXPECT_THROW(resizeBicubic(pattern(4, 4), 0, 4), Error);
    EXPECT_THROW(resizeBicubic({}, 4, 4), Error);
}

}
}
