#include "engine/families/qwen2_5_vl/processor_image.h"

#include "engine/core/error.h"
#include "engine/core/hash.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace vlmptq::families::qwen2_5_vl {

namespace {

constexpr double aspectLimit = 200;

}

ImagePreparer::ImagePreparer(ImageOptions options) : m_options(options) {
    // Rescaling and normalising are one step in float32, as in the reference's tensor back end.
    const auto levels = static_cast<float>(1.0 / m_options.rescaleFactor);
    for (std::size_t channel = 0; channel < 3; ++channel) {
        const float mean = static_cast<float>(m_options.mean[channel]) * levels;
        const float deviation = static_cast<float>(m_options.deviation[channel]) * levels;
        for (std::size_t byte = 0; byte < 256; ++byte)
            m_normalized[channel][byte] = (static_cast<float>(byte) - mean) / deviation;
    }
}

image::Size ImagePreparer::resizedSize(image::Size size) const {
    const double height = size.height, width = size.width;
    if (size.height < 1 || size.width < 1 || std::max(height, width) / std::min(height, width) > aspectLimit)
        throw Error(ErrorKind::BadInput, "E-IMG-10",
                    "A picture of " + std::to_string(size.width) + " x " + std::to_string(size.height) +
                        " pixels is too narrow: one side may be at most 200 times the other.",
                    "Crop the picture or leave it out.");
    const auto factor = static_cast<double>(m_options.patchSize * m_options.mergeSize);
    const auto limit = static_cast<double>(m_options.maxPixels),
               least = static_cast<double>(m_options.minPixels);
    // nearbyint rounds half to even, as Python does.
    double h = std::nearbyint(height / factor) * factor, w = std::nearbyint(width / factor) * factor;
    if (h * w > limit) {
        const double shrink = std::sqrt(height * width / limit);
        h = std::max(factor, std::floor(height / shrink / factor) * factor);
        w = std::max(factor, std::floor(width / shrink / factor) * factor);
    } else if (h * w < least) {
        const double grow = std::sqrt(least / (height * width));
        h = std::ceil(height * grow / factor) * factor;
        w = std::ceil(width * grow / factor) * factor;
    }
    return {static_cast<int>(w), static_cast<int>(h)};
}

std::int64_t ImagePreparer::tokens(image::Size size) const {
    const auto resized = resizedSize(size);
    const auto cell = m_options.patchSize * m_options.mergeSize;
    return (resized.height / cell) * (resized.width / cell);
}

ImageInput ImagePreparer::prepare(const image::RgbImage& picture) const {
    const auto size = resizedSize({picture.width, picture.height});
    const auto resized = image::resizeBicubic(picture, size.width, size.height);
    const auto patch = m_options.patchSize, merge = m_options.mergeSize;
    ImageInput input;
    input.grid = {1, size.height / patch, size.width / patch};
    input.rows = input.grid[1] * input.grid[2];
    input.columns = 3 * m_options.temporalPatchSize * patch * patch;
    input.tokens = input.rows / (merge * merge);
    input.key = keyOf(picture);
    input.values.resize(static_cast<std::size_t>(input.rows * input.columns));
    auto* out = input.values.data();
    // Block by block, a block being the merge x merge patches that become one token.
    for (std::int64_t blockRow = 0; blockRow < input.grid[1]; blockRow += merge)
        for (std::int64_t blockColumn = 0; blockColumn < input.grid[2]; blockColumn += merge)
            for (std::int64_t i = 0; i < merge * merge; ++i, out += input.columns)
                copyPatch(resized, blockRow + i / merge, blockColumn + i % merge, out);
    return input;
}

// One row of the result: (channel, time, y, x), the single frame repeated in time.
void ImagePreparer::copyPatch(const image::RgbImage& picture, std::int64_t row, std::int64_t column,
                              float* out) const {
    const auto patch = m_options.patchSize;
    const auto frame = static_cast<std::size_t>(patch * patch);
    for (std::size_t channel = 0; channel < 3; ++channel) {
        auto* first = out + channel * frame * static_cast<std::size_t>(m_options.temporalPatchSize);
        for (std::int64_t y = 0; y < patch; ++y) {
            const auto at = ((row * patch + y) * picture.width + column * patch) * 3;
            const auto* bytes = picture.pixels.data() + at + static_cast<std::int64_t>(channel);
            for (std::int64_t x = 0; x < patch; ++x)
                first[y * patch + x] = m_normalized[channel][bytes[x * 3]];
        }
        for (std::int64_t time = 1; time < m_options.temporalPatchSize; ++time)
            std::copy_n(first, frame, first + static_cast<std::size_t>(time) * frame);
    }
}

std::string ImagePreparer::keyOf(const image::RgbImage& picture) const {
    nlohmann::json constants{
        m_options.minPixels, m_options.maxPixels,     m_options.patchSize, m_options.temporalPatchSize,
        m_options.mergeSize, m_options.rescaleFactor, m_options.mean,      m_options.deviation};
    Sha256 hash;
    hash.update(std::to_string(picture.width) + "x" + std::to_string(picture.height) + constants.dump());
    hash.update(std::as_bytes(std::span(picture.pixels)));
    return hash.hex();
}

}
