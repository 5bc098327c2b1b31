#include "engine/rotation/hadamard.h"
#include "engine/rotation/hadamard_transform.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vlmptq::rotation {
namespace {

using ::testing::ElementsAre;

TEST(Hadamard, EveryConstructionIsOrthogonalInIntegers) {
    for (const std::int64_t order :
         {1, 2, 12, 16, 20, 28, 36, 44, 52, 60, 68, 76, 108, 140, 148, 152, 344, 464}) {
        const auto signs = hadamardMatrix(order);
        const auto h = at::tensor(at::ArrayRef<std::int8_t>(signs), at::kInt).view({order, order});
        EXPECT_TRUE(at::equal(h.abs(), at::ones_like(h))) << order;
        EXPECT_TRUE(at::equal(h.to(at::kDouble).mm(h.t().to(at::kDouble)),
                              at::eye(order, at::kDouble) * double(order)))
            << order;
    }
}

TEST(Hadamard, FactorsTheSizesOfTheSupportedModelsAsSpecified) {
    EXPECT_THAT(hadamardFactors(896), ElementsAre(28, 32));
    EXPECT_THAT(hadamardFactors(1536), ElementsAre(12, 128));
    EXPECT_THAT(hadamardFactors(2048), ElementsAre(2048));
    EXPECT_THAT(hadamardFactors(3584), ElementsAre(28, 128));
    EXPECT_THAT(hadamardFactors(5120), ElementsAre(20, 256));
    EXPECT_THAT(hadamardFactors(4864), ElementsAre(76, 64));
    EXPECT_THAT(hadamardFactors(8960), ElementsAre(20, 28, 16));
    EXPECT_THAT(hadamardFactors(11008), ElementsAre(344, 32));
    EXPECT_THAT(hadamardFactors(13824), ElementsAre(12, 12, 12, 8));
    EXPECT_THAT(hadamardFactors(18944), ElementsAre(148, 128));
    EXPECT_THAT(hadamardFactors(27648), ElementsAre(12, 12, 12, 16));
    EXPECT_THAT(hadamardFactors(29568), ElementsAre(12, 28, 44, 2));
    EXPECT_THAT(hadamardFactors(29696), ElementsAre(464, 64));
    EXPECT_TRUE(hadamardFactors(92).empty());
}

TEST(HadamardTransform, IsItsMatrixAppliedFactorByFactor) {
    for (const std::int64_t size : {24, 64, 560, 256}) {
        const HadamardTransform transform(size);
        const auto x = at::randn({3, 5, size}, at::kDouble);
        const auto whole = transform.matrix();
        EXPECT_TRUE(at::allclose(whole.mm(whole.t()), at::eye(size, at::kDouble), 1e-9, 1e-10)) << size;
        EXPECT_TRUE(at::allclose(transform.apply(x), at::matmul(x, whole.t()), 1e-9, 1e-10)) << size;
        EXPECT_TRUE(at::allclose(transform.inverse(transform.apply(x)), x, 1e-9, 1e-10)) << size;
    }
}

TEST(HadamardTransform, TakesAnOrthogonalBlockWhereNoHadamardMatrixIsKnown) {
    const HadamardTransform transform(92, 3);
    EXPECT_FALSE(transform.isHadamard());
    const auto whole = transform.matrix();
    EXPECT_TRUE(at::allclose(whole.mm(whole.t()), at::eye(92, at::kDouble), 1e-9, 1e-10));
    EXPECT_TRUE(at::equal(whole, HadamardTransform(92, 3).matrix()));
    EXPECT_FALSE(whyNotOnline(92));
    EXPECT_TRUE(whyNotOnline(4 * 4099));
}

}
}
