#include "engine/calibration/activation_store.h"
#include "support/scratch_folder.h"

#include <gtest/gtest.h>

namespace vlmptq::calibration {
namespace {

TEST(ActivationStore, ReturnsWhatWasPutInBitForBitFromMemoryAndFromDisk) {
    test::ScratchFolder folder;
    const auto a = at::randn({1, 40, 16}), b = at::randn({1, 30, 16}).to(at::kBFloat16);
    ActivationStore store(2, a.nbytes(), folder.path() / "spill"); // room for the first tensor only
    store.put(0, Slot::FullHidden, a);
    store.put(1, Slot::FullHidden, b);
    EXPECT_TRUE(store.get(0, Slot::FullHidden).is_same(a));
    EXPECT_TRUE(store.get(1, Slot::FullHidden).equal(b));
    EXPECT_EQ(store.memoryBytes(), a.nbytes());
    EXPECT_EQ(store.spilledBytes(), b.nbytes());
}

TEST(ActivationStore, CountsAReplacedTensorOnce) {
    test::ScratchFolder folder;
    ActivationStore store(1, 1 << 20, folder.path() / "spill");
    for (int i = 0; i < 3; ++i)
        store.put(0, Slot::QuantizedInput, at::zeros({100}));
    EXPECT_EQ(store.memoryBytes(), 400u);
    store.put(0, Slot::QuantizedInput, {});
    EXPECT_EQ(store.memoryBytes(), 0u);
}

TEST(ActivationStore, ForgetsTheFileOfAReplacedTensorAndWhatAKilledRunLeft) {
    test::ScratchFolder folder;
    std::filesystem::create_directories(folder.path() / "spill" / "leftover");
    ActivationStore store(1, 100, folder.path() / "spill");
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "spill"));
    store.put(0, Slot::FullInput, at::zeros({1000}));
    store.put(0, Slot::FullInput, at::zeros({2}));
    EXPECT_EQ(store.spilledBytes(), 0u);
    EXPECT_TRUE(std::filesystem::is_empty(folder.path() / "spill"));
}

TEST(ActivationStore, RemovesItsScratchFolder) {
    test::ScratchFolder folder;
    {
        ActivationStore store(1, 0, folder.path() / "spill");
        store.put(0, Slot::FullInput, at::zeros({10}));
        EXPECT_TRUE(std::filesystem::exists(folder.path() / "spill"));
    }
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "spill"));
}

}
}
