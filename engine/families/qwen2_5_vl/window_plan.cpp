#include "engine/families/qwen2_5_vl/window_plan.h"

#include <algorithm>
#include <map>

namespace vlmptq::families::qwen2_5_vl {
namespace {

at::Tensor patchCoordinates(std::int64_t height, std::int64_t width, std::int64_t merge) {
    std::vector<std::int64_t> coordinates;
    coordinates.reserve(static_cast<std::size_t>(2 * height * width));
    for (std::int64_t cellRow = 0; cellRow < height; cellRow += merge)
        for (std::int64_t cellColumn = 0; cellColumn < width; cellColumn += merge)
            for (std::int64_t row = cellRow; row < cellRow + merge; ++row)
                for (std::int64_t column = cellColumn; column < cellColumn + merge; ++column)
                    coordinates.insert(coordinates.end(), {row, column});
    return at::tensor(coordinates, at::kLong).view({height * width, 2});
}

std::vector<Segments> segmentsByLength(const std::vector<std::int64_t>& ends) {
    std::map<std::int64_t, std::vector<std::int64_t>> rowsOfLength;
    for (std::size_t i = 1; i < ends.size(); ++i) {
        auto& rows = rowsOfLength[ends[i] - ends[i - 1]];
        for (std::int64_t row = ends[i - 1]; row < ends[i]; ++row)
            rows.push_back(row);
    }
    std::vector<Segments> segments;
    for (const auto& [length, rows] : rowsOfLength)
        segments.push_back({length, at::tensor(rows, at::kLong)});
    return segments;
}

}

WindowPlan planWindows(std::int64_t gridHeight, std::int64_t gridWidth, std::int64_t merge,
                       std::int64_t window) {
    const std::int64_t height = gridHeight / merge, width = gridWidth / merge;
    WindowPlan plan;
    plan.windowEnds.push_back(0);
    std::vector<std::int64_t> order;
    for (std::int64_t top = 0; top < height; top += window)
        for (std::int64_t left = 0; left < width; left += window) {
            for (std::int64_t row = top; row < std::min(top + window, height); ++row)
                for (std::int64_t column = left; column < std::min(left + window, width); ++column)
                    order.push_back(row * width + column);
            plan.windowEnds.push_back(static_cast<std::int64_t>(order.size()) * merge * merge);
        }
    plan.cellOrder = at::tensor(order, at::kLong);
    plan.rowColumn = patchCoordinates(gridHeight, gridWidth, merge);
    plan.windows = segmentsByLength(plan.windowEnds);
    plan.image = {{gridHeight * gridWidth, {}}};
    return plan;
}

}
