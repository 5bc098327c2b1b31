#include "engine/model/attention.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace vlmptq::model {
namespace {

constexpr std::int64_t kScoresPerBlock = 16 << 20; // 64 MB of float32

// A query sees no key after itself: hides the upper triangle of the last `count` keys of [batch, group *
// count, keys].
void hideLaterKeys(at::Tensor& scores, std::int64_t group, std::int64_t count) {
    if (count == 1)
        return;
    const at::Tensor later = at::ones({count, count}, scores.options().dtype(at::kBool)).triu(1);
    scores.view({scores.size(0), group, count, scores.size(2)})
        .narrow(3, scores.size(2) - count, count)
        .masked_fill_(later, -std::numeric_limits<float>::infinity());
}

}

at::Tensor softmaxAttention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, Masking masking) {
    const std::int64_t batch = q.size(0), group = q.size(1), queries = q.size(2), dim = q.size(3),
                       keys = k.size(1);
    const std::int64_t rows = std::clamp<std::int64_t>(kScoresPerBlock / (batch * group * keys), 1, queries);
    const double scale = 1.0 / std::sqrt(static_cast<double>(dim));

    std::vector<at::Tensor> blocks;
    for (std::int64_t begin = 0; begin < queries; begin += rows) {
        const std::int64_t count = std::min(rows, queries - begin);
        const bool causal = masking == Masking::Causal;
        const std::int64_t visible = causal ? keys - queries + begin + count : keys;
        const at::Tensor block = q.narrow(2, begin, count).reshape({batch, group * count, dim});
        at::Tensor scores =
            at::bmm(block, k.narrow(1, 0, visible).transpose(1, 2)).to(at::kFloat).mul_(scale);
        if (causal)
            hideLaterKeys(scores, group, count);
        const at::Tensor weights = at::softmax(scores, -1).to(v.scalar_type());
        blocks.push_back(at::bmm(weights, v.narrow(1, 0, visible)).view({batch, group, count, dim}));
    }
    return blocks.size() == 1 ? blocks.front() : at::cat(blocks, 2);
}

at::Tensor rotateHalves(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin) {
    const std::int64_t half = x.size(-1) / 2;
    const at::Tensor swapped = at::cat({x.narrow(-1, half, half).neg(), x.narrow(-1, 0, half)}, -1);
    return x * cos + swapped * sin;
}

}
