#include "engine/quant/tiled_linalg.h"

#include <algorithm>

namespace vlmptq::quant {
namespace {

constexpr std::int64_t kTile = 128;

struct Tiles {
    std::int64_t size;
    std::int64_t count() const { return (size + kTile - 1) / kTile; }
    std::int64_t begin(std::int64_t tile) const { return tile * kTile; }
    std::int64_t end(std::int64_t tile) const { return std::min(size, (tile + 1) * kTile); }
};

at::Tensor block(const at::Tensor& matrix, std::int64_t row0, std::int64_t row1, std::int64_t column0,
                 std::int64_t column1) {
    return matrix.narrow(0, row0, row1 - row0).narrow(1, column0, column1 - column0);
}

// B := B G^-T for the factor G of the diagonal tile
void solveRight(at::Tensor target, const at::Tensor& factor) {
    target.copy_(at::linalg_solve_triangular(factor.t(), target, /*upper=*/true, /*left=*/false));
}

}

bool choleskyInPlace(at::Tensor& matrix, Workers& workers, const std::stop_token& stop) {
    const Tiles tiles{matrix.size(0)};
    for (std::int64_t k = 0; k < tiles.count(); ++k) {
        const std::int64_t k0 = tiles.begin(k), k1 = tiles.end(k), below = tiles.count() - k;
        if (k > 0) {
            const at::Tensor finished = block(matrix, k0, k1, 0, k0).t();
            workers.forEach(
                below,
                [&](std::int64_t i) {
                    const std::int64_t i0 = tiles.begin(k + i), i1 = tiles.end(k + i);
                    block(matrix, i0, i1, k0, k1).addmm_(block(matrix, i0, i1, 0, k0), finished, 1, -1);
                },
                stop);
        }
        at::Tensor diagonal = block(matrix, k0, k1, k0, k1);
        const auto [factor, info] = at::linalg_cholesky_ex(diagonal);
        if (info.item<int>() != 0 || !at::isfinite(factor).all().item<bool>())
            return false;
        diagonal.copy_(factor);
        workers.forEach(
            below - 1,
            [&, &root = factor](std::int64_t i) {
                solveRight(block(matrix, tiles.begin(k + 1 + i), tiles.end(k + 1 + i), k0, k1), root);
            },
            stop);
    }
    return true;
}

at::Tensor invertLowerReversed(const at::Tensor& lower, Workers& workers, const std::stop_token& stop) {
    const Tiles tiles{lower.size(0)};
    at::Tensor reversed = at::zeros_like(lower);
    workers.forEach(
        tiles.count(),
        [&](std::int64_t j) { // forward substitution on one column of tiles
            const std::int64_t j0 = tiles.begin(j), width = tiles.end(j) - j0;
            const at::Tensor column = at::empty({tiles.size - j0, width}, lower.options());
            for (std::int64_t i = j; i < tiles.count(); ++i) {
                throwIfStopped(stop);
                const std::int64_t i0 = tiles.begin(i), i1 = tiles.end(i);
                const at::Tensor right =
                    i == j ? at::eye(width, lower.options())
                           : block(lower, i0, i1, j0, i0).mm(column.narrow(0, 0, i0 - j0)).neg_();
                column.narrow(0, i0 - j0, i1 - i0)
                    .copy_(at::linalg_solve_triangular(block(lower, i0, i1, i0, i1), right, /*upper=*/false));
            }
            const std::int64_t left = tiles.size - j0 - width;
            block(reversed, 0, tiles.size - j0, left, left + width).copy_(column.flip({0, 1}));
        },
        stop);
    return reversed;
}

}
