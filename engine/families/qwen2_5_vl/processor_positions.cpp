#include "engine/families/qwen2_5_vl/processor_positions.h"

#include "engine/core/error.h"

#include <algorithm>

namespace vlmptq::families::qwen2_5_vl {

void assignPositions(ProcessedPrompt& prompt, std::span<const ImageInput> images, std::int64_t mergeSize) {
    const auto length = prompt.visionMask.size();
    prompt.positionRows = 3;
    prompt.positionIds.assign(3 * length, 0);
    auto* time = prompt.positionIds.data();
    auto* row = time + length;
    auto* column = row + length;
    std::int64_t current = 0;
    std::size_t at = 0, image = 0;
    while (at < length) {
        if (!prompt.visionMask[at]) {
            time[at] = row[at] = column[at] = current++;
            ++at;
            continue;
        }
        VLMPTQ_CHECK(image < images.size(), "image tokens without an image");
        const auto& input = images[image++];
        const auto rows = input.grid[1] / mergeSize, columns = input.grid[2] / mergeSize;
        VLMPTQ_CHECK(at + static_cast<std::size_t>(rows * columns) <= length,
                     "an image that is not complete");
        for (std::int64_t cell = 0; cell < rows * columns; ++cell, ++at) {
            time[at] = current;
            row[at] = current + cell / columns;
            column[at] = current + cell % columns;
        }
        current += std::max(rows, columns);
    }
    prompt.ropeDelta = current - static_cast<std::int64_t>(length);
}

void extendPositions(ProcessedPrompt& prompt, std::int64_t added) {
    const auto length = static_cast<std::int64_t>(prompt.positionIds.size()) / prompt.positionRows;
    std::vector<std::int64_t> extended;
    extended.reserve(static_cast<std::size_t>((length + added) * prompt.positionRows));
    for (int row = 0; row < prompt.positionRows; ++row) {
        const auto begin = prompt.positionIds.begin() + row * length;
        extended.insert(extended.end(), begin, begin + length);
        for (std::int64_t i = 0; i < added; ++i)
            extended.push_back(length + i + prompt.ropeDelta);
    }
    prompt.positionIds = std::move(extended);
}

}
