// window_plan.h - the order in which the vision tower looks at an image (models.md 5.3): cells (merge x merge
// patches) grouped by attention window, and the windows of equal size that can be computed together. Pure;
// any thread.
#pragma once
#include <ATen/ATen.h>

#include <vector>

namespace vlmptq::families::qwen2_5_vl {

// Attention segments of one length, to be computed together.
struct Segments {
    std::int64_t length = 0; // patches
    at::Tensor rows;         // [segments * length], segment by segment; undefined: one segment with all rows
};

struct WindowPlan {
    at::Tensor cellOrder; // [cells]: the row-major cell at each place of the window order
    at::Tensor rowColumn; // [patches, 2] row and column in the patch grid, in the processor's block order
    std::vector<std::int64_t> windowEnds; // cumulative patches, starting with 0
    std::vector<Segments> windows, image; // what windowed and full-attention blocks attend in
};

// `gridHeight` and `gridWidth` in patches, multiples of `merge`; `window` in cells.
WindowPlan planWindows(std::int64_t gridHeight, std::int64_t gridWidth, std::int64_t merge,
                       std::int64_t window);

}
