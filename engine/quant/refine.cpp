#include "engine/quant/refine.h"

#include "engine/kernels/coordinate_descent.h"
#include "engine/quant/precision.h"

#include <algorithm>

namespace vlmptq::quant {
namespace {

constexpr std::int64_t kRowsPerTask = 64;

class Refiner {
public:
    Refiner(const at::Tensor& target, const GridMatrix& matrix, const MatrixGrid& grid,
            const at::Tensor& hessian, std::int64_t blockSize, Workers& workers, const std::stop_token& stop)
        : m_target(target), m_hessian(hessian), m_range(grid.rule.range), m_blockSize(blockSize),
          m_workers(workers), m_stop(stop), m_matrix(matrix),
          m_groupOf(groupOfColumns(matrix, grid, target)) {
        m_matrix.codes = matrix.codes.clone();
        m_matrix.ranges.scale = matrix.ranges.scale.to(target.scalar_type(), false, true);
        m_matrix.ranges.zero = matrix.ranges.zero.to(target.scalar_type()).contiguous();
    }

    Refinement run(int passes, bool fitsScales) {
        Refinement result;
        result.objective.push_back(objective());
        for (int pass = 0; pass < passes; ++pass) {
            const at::Tensor codes = m_matrix.codes.clone();
            descend();
            if (fitsScales)
                fitScales();
            result.objective.push_back(objective());
            if (!fitsScales && at::equal(codes, m_matrix.codes))
                break;
        }
        result.matrix = m_matrix;
        return result;
    }

private:
    static at::Tensor groupOfColumns(const GridMatrix& matrix, const MatrixGrid& grid,
                                     const at::Tensor& target) {
        if (matrix.groupIndex.defined())
            return matrix.groupIndex.contiguous();
        return at::arange(target.size(1)).div(grid.groupSize, "floor").to(at::kInt);
    }

    // work(rows of the strip): rows are independent of one another.
    template <class Work>
    void forRows(Work work) {
        const std::int64_t rows = m_target.size(0);
        m_workers.forEach(
            (rows + kRowsPerTask - 1) / kRowsPerTask,
            [&](std::int64_t i) { work(i, i * kRowsPerTask, std::min(rows, (i + 1) * kRowsPerTask)); },
            m_stop);
    }

    // E = W* - W^ and E H, from scratch: no error of earlier passes is carried on. Returns tr(E H E^T).
    double objective() {
        m_gradient = at::empty_like(m_target);
        std::vector<double> parts(
            static_cast<std::size_t>((m_target.size(0) + kRowsPerTask - 1) / kRowsPerTask));
        const at::Tensor error = m_target - dequantize(m_matrix, m_range);
        forRows([&](std::int64_t i, std::int64_t first, std::int64_t last) {
            const at::Tensor own = error.slice(0, first, last), product = own.mm(m_hessian);
            m_gradient.slice(0, first, last).copy_(product);
            parts[static_cast<std::size_t>(i)] = (own * product).sum(at::kDouble).item<double>();
        });
        double sum = 0;
        for (const double part : parts)
            sum += part;
        return sum;
    }

    void descend() {
        withReal(m_target.scalar_type(), [&](auto real) {
            using T = decltype(real);
            kernels::descend<T>({.rows = m_target.size(0),
                                 .columns = m_target.size(1),
                                 .blockSize = m_blockSize,
                                 .hessian = m_hessian.data_ptr<T>(),
                                 .gradient = m_gradient.data_ptr<T>(),
                                 .range = m_range,
                                 .groups = m_matrix.ranges.scale.size(1),
                                 .scale = m_matrix.ranges.scale.data_ptr<T>(),
                                 .zero = m_matrix.ranges.zero.data_ptr<T>(),
                                 .groupOf = m_groupOf.data_ptr<std::int32_t>(),
                                 .codes = m_matrix.codes.data_ptr<std::uint8_t>()},
                                m_workers, m_stop);
        });
    }

    // Group after group: with v = code - zero of the group's columns the best step of its scale is
    // (gradient . v) / (v H v^T).
    void fitScales() {
        objective();
        const at::Tensor levels = (m_matrix.codes.to(m_target.scalar_type()) + m_range.low) -
                                  m_matrix.ranges.zero.index_select(1, m_groupOf.to(at::kLong));
        const std::int64_t groups = m_matrix.ranges.scale.size(1);
        for (std::int64_t g = 0; g < groups; ++g) {
            const at::Tensor columns = m_groupOf.eq(static_cast<int>(g)).nonzero().squeeze(1);
            const at::Tensor rowsOfH = m_hessian.index_select(0, columns),
                             own = rowsOfH.index_select(1, columns);
            forRows([&](std::int64_t, std::int64_t first, std::int64_t last) {
                const at::Tensor v = levels.slice(0, first, last).index_select(1, columns);
                at::Tensor gradient = m_gradient.slice(0, first, last);
                const at::Tensor curvature = (v.mm(own) * v).sum(1);
                at::Tensor step = (gradient.index_select(1, columns) * v).sum(1) / curvature;
                step = at::where(curvature > 0, step, at::zeros_like(step));
                at::Tensor scale = m_matrix.ranges.scale.slice(0, first, last).select(1, g);
                step = at::where(scale + step > 0, step, at::zeros_like(step)); // a scale stays positive
                scale += step;
                gradient.sub_((v * step.unsqueeze(1)).mm(rowsOfH));
            });
        }
    }

    const at::Tensor& m_target;
    const at::Tensor& m_hessian;
    const kernels::CodeRange m_range;
    const std::int64_t m_blockSize;
    Workers& m_workers;
    const std::stop_token& m_stop;
    GridMatrix m_matrix;
    at::Tensor m_groupOf, m_gradient;
};

}

Refinement refine(const at::Tensor& target, const GridMatrix& matrix, const MatrixGrid& grid,
                  const at::Tensor& hessian, int passes, bool fitsScales, std::int64_t blockSize,
                  Workers& workers, const std::stop_token& stop) {
    return Refiner(target, matrix, grid, hessian, blockSize, workers, stop).run(passes, fitsScales);
}

}
