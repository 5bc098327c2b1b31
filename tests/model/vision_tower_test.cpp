#include "engine/families/qwen2_5_vl/names.h"
#include "engine/families/qwen2_5_vl/vision_tower.h"
#include "model/support.h"

namespace vlmptq::families::qwen2_5_vl {
namespace {

using model::largestDifference;
using model::TensorFile;

std::vector<std::int64_t> numbers(const at::Tensor& t) {
    const at::Tensor flat = t.to(at::kLong).contiguous();
    return {flat.data_ptr<std::int64_t>(), flat.data_ptr<std::int64_t>() + flat.numel()};
}

TEST(WindowPlan, ListsWindowsRowByRowAndCellsInside) {
    // 3 x 5 cells, windows of 2 x 2 cells: partial ones at the right and at the bottom.
    const WindowPlan plan = planWindows(6, 10, 2, 2);
    EXPECT_EQ(numbers(plan.cellOrder),
              (std::vector<std::int64_t>{0, 1, 5, 6, 2, 3, 7, 8, 4, 9, 10, 11, 12, 13, 14}));
    EXPECT_EQ(plan.windowEnds, (std::vector<std::int64_t>{0, 16, 32, 40, 48, 56, 60}));
}

TEST(WindowPlan, BatchesWindowsOfEqualSize) {
    const WindowPlan plan = planWindows(6, 10, 2, 2);
    std::vector<std::pair<std::int64_t, std::int64_t>> sizes;
    for (const Segments& s : plan.windows)
        sizes.emplace_back(s.length, s.rows.numel() / s.length);
    EXPECT_EQ(sizes, (std::vector<std::pair<std::int64_t, std::int64_t>>{{4, 1}, {8, 3}, {16, 2}}));
    ASSERT_EQ(plan.image.size(), 1u);
    EXPECT_EQ(plan.image[0].length, 60);
}

TEST(WindowPlan, ListsPatchesBlockByBlock) {
    const WindowPlan plan = planWindows(2, 4, 2, 2);
    EXPECT_EQ(numbers(plan.rowColumn),
              (std::vector<std::int64_t>{0, 0, 0, 1, 1, 0, 1, 1, 0, 2, 0, 3, 1, 2, 1, 3}));
}

// The tower alone on the golden's own patches, so that preprocessing cannot hide a fault of it.
class VisionTowerGolden : public testing::TestWithParam<const char*> {};

TEST_P(VisionTowerGolden, EqualsTheReferenceAtEveryStage) {
    const auto folder = model::goldenModel(GetParam());
    const auto files = checkpoint::Checkpoint::open(folder);
    const model::ConfigFields config(files->config(), "config.json");
    const auto text = config.object("text_config").value_or(config);
    const VisionTower tower(readVisionConfig(*config.object("vision_config"), text.count("hidden_size")),
                            namesOf(*files).vision, model::loadingSource(*files, at::kFloat, at::kCPU));
    const TensorFile golden(folder / "io.safetensors");
    const std::string name = golden.has("square/pixel_values") ? "square" : "wide";
    const at::Tensor pixels = golden[name + "/pixel_values"], grid = golden[name + "/image_grid_thw"];
    ImageInput image;
    image.rows = pixels.size(0);
    image.columns = pixels.size(1);
    image.values.assign(pixels.data_ptr<float>(), pixels.data_ptr<float>() + pixels.numel());
    for (int i = 0; i < 3; ++i)
        image.grid[i] = grid[0][i].item<std::int64_t>();

    model::NamedTensors trace;
    EXPECT_LT(largestDifference(tower.forward(image, &trace), golden[name + "/image_embeds"]),
              model::kTolerance);
    int compared = 0;
    for (const auto& [part, tensor] : trace) {
        if (!golden.has(name + "/vision/" + part))
            continue;
        ++compared;
        EXPECT_LT(largestDifference(tensor, golden[name + "/vision/" + part]), model::kTolerance) << part;
    }
    EXPECT_GE(compared, 8);
}

INSTANTIATE_TEST_SUITE_P(Models, VisionTowerGolden, testing::ValuesIn(model::kQwenModels),
                         model::modelTestName);

}
}
