#include "reference.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace vlmptq::reference {
namespace {

// Gauss-Jordan without pivoting; for positive definite matrices.
Matrix inverse(Matrix a) {
    const auto n = a.rows;
    Matrix result(n, n);
    for (std::int64_t i = 0; i < n; ++i)
        result(i, i) = 1;
    for (std::int64_t k = 0; k < n; ++k) {
        const double pivot = a(k, k);
        for (std::int64_t c = 0; c < n; ++c) {
            a(k, c) /= pivot;
            result(k, c) /= pivot;
        }
        for (std::int64_t r = 0; r < n; ++r) {
            const double factor = a(r, k);
            if (r == k || factor == 0)
                continue;
            for (std::int64_t c = 0; c < n; ++c) {
                a(r, c) -= factor * a(k, c);
                result(r, c) -= factor * result(k, c);
            }
        }
    }
    return result;
}

Matrix lowerCholesky(const Matrix& a) {
    Matrix lower(a.rows, a.rows);
    for (std::int64_t r = 0; r < a.rows; ++r)
        for (std::int64_t c = 0; c <= r; ++c) {
            double sum = a(r, c);
            for (std::int64_t k = 0; k < c; ++k)
                sum -= lower(r, k) * lower(c, k);
            lower(r, c) = r == c ? std::sqrt(sum) : sum / lower(c, c);
        }
    return lower;
}

Matrix trailing(const Matrix& a, std::int64_t first) {
    Matrix part(a.rows - first, a.rows - first);
    for (std::int64_t r = 0; r < part.rows; ++r)
        for (std::int64_t c = 0; c < part.rows; ++c)
            part(r, c) = a(first + r, first + c);
    return part;
}

bool isWeighted(const Problem& problem) { return !problem.importance.empty(); }

// The state of one sweep; everything in sweep order.
class Sweep {
public:
    explicit Sweep(const Problem& problem)
        : m_problem(problem), m_config(problem.config), m_recipe(methodNamed(problem.config.method).recipe),
          m_grid(m_config.weightBits, m_config.symmetric), m_rows(problem.weight.rows),
          m_columns(problem.weight.columns) {}

    Solution run() {
        mendDeadChannels();
        m_solution.scale = m_solution.zero = m_solution.codes = m_solution.rounded =
            Matrix(m_rows, m_columns);
        m_solution.extraLoss.assign(m_columns, 0);
        m_solution.order.resize(m_columns);
        std::iota(m_solution.order.begin(), m_solution.order.end(), 0);
        if (!m_recipe.sweeps) {
            roundRows();
            return m_solution;
        }
        chooseOrder();
        factorize();
        for (std::int64_t row = 0; row < m_rows; ++row)
            sweepRow(row);
        return m_solution;
    }

private:
    std::int64_t groupSize() const { return m_config.groupSize > 0 ? m_config.groupSize : m_columns; }
    bool isDynamic() const { return m_config.groupSize > 0 && !m_config.effectiveStaticGroups(); }

    Range rangeOf(const std::vector<double>& weights, const std::vector<double>& importance) const {
        const bool weighted = isWeighted(m_problem);
        return searchRange(weights, importance, m_grid, weighted ? m_config.mPow : m_config.rangePow,
                           m_config.effectiveRanges() == Ranges::MinMax);
    }

    std::vector<double> part(const std::vector<double>& values, std::int64_t first) const {
        if (values.empty())
            return {};
        return {values.begin() + first, values.begin() + first + groupSize()};
    }

    void mendDeadChannels() {
        m_hessian = m_problem.hessian;
        m_cross = m_problem.cross;
        m_living = m_problem.weight;
        for (std::int64_t c = 0; c < m_hessian.rows; ++c) {
            if (m_hessian(c, c) != 0)
                continue;
            m_hessian(c, c) = 1;
            for (std::int64_t r = 0; r < m_rows; ++r)
                m_living(r, c) = 0;
            for (std::int64_t r = 0; r < m_cross.rows; ++r)
                m_cross(r, c) = 0;
        }
    }

    void roundRows() {
        for (std::int64_t row = 0; row < m_rows; ++row) {
            std::vector<double> weights(m_columns);
            for (std::int64_t c = 0; c < m_columns; ++c)
                weights[c] = m_problem.weight(row, c);
            for (std::int64_t first = 0; first < m_columns; first += groupSize()) {
                const Range range = rangeOf(part(weights, first), part(m_problem.importance, first));
                for (std::int64_t c = first; c < first + groupSize(); ++c)
                    keep(row, c, weights[c], range);
            }
        }
    }

    void keep(std::int64_t row, std::int64_t column, double target, Range range) {
        m_solution.codes(row, column) = m_grid.code(target, range.scale, range.zero) - m_grid.low;
        m_solution.rounded(row, column) = m_grid.rounded(target, range.scale, range.zero);
        m_solution.scale(row, column) = range.scale;
        m_solution.zero(row, column) = range.zero;
    }

    void chooseOrder() {
        if (m_config.effectiveActOrder())
            std::stable_sort(m_solution.order.begin(), m_solution.order.end(),
                             [&](auto a, auto b) { return m_hessian(a, a) > m_hessian(b, b); });
        const Matrix hessian = m_hessian, cross = m_cross;
        for (std::int64_t r = 0; r < m_columns; ++r)
            for (std::int64_t c = 0; c < m_columns; ++c) {
                m_hessian(r, c) = hessian(m_solution.order[r], m_solution.order[c]);
                if (cross.rows)
                    m_cross(r, c) = cross(m_solution.order[r], m_solution.order[c]);
            }
    }

    void factorize() {
        double mean = 0;
        for (std::int64_t c = 0; c < m_columns; ++c)
            mean += m_hessian(c, c) / static_cast<double>(m_columns);
        for (std::int64_t c = 0; c < m_columns; ++c)
            m_hessian(c, c) += m_config.dampRatio * mean;
        m_solution.lower = lowerCholesky(inverse(m_hessian));
        m_solution.residual = Matrix(m_columns, m_columns);
        m_solution.correction.assign(m_columns, 0);
        if (!m_recipe.usesResidual || !m_cross.rows)
            return;
        for (std::int64_t q = 0; q < m_columns; ++q) {
            const Matrix own = inverse(trailing(m_hessian, q)); // C_q = alpha sum_b D_qb [(H_q:)^-1]_bq
            for (std::int64_t b = q; b < m_columns; ++b)
                m_solution.correction[q] += m_config.alpha * m_cross(q, b) * own(b - q, 0);
            if (q + 1 == m_columns)
                break;
            const Matrix rest = inverse(trailing(m_hessian, q + 1)); // P_q = alpha D_q (H_q+1:)^-1
            for (std::int64_t c = q + 1; c < m_columns; ++c)
                for (std::int64_t b = q + 1; b < m_columns; ++b)
                    m_solution.residual(q, c) += m_config.alpha * m_cross(q, b) * rest(b - q - 1, c - q - 1);
        }
    }

    std::vector<Range> fixedRanges(std::int64_t row) const {
        std::vector<double> weights(m_columns);
        const Matrix& source = m_config.groupSize > 0 ? m_living : m_problem.weight;
        for (std::int64_t c = 0; c < m_columns; ++c)
            weights[c] = source(row, c);
        std::vector<Range> ranges;
        for (std::int64_t first = 0; first < m_columns; first += groupSize())
            ranges.push_back(rangeOf(part(weights, first), part(m_problem.importance, first)));
        return ranges;
    }

    void sweepRow(std::int64_t row) {
        std::vector<double> w(m_columns), importance;
        for (std::int64_t j = 0; j < m_columns; ++j)
            w[j] = m_living(row, m_solution.order[j]);
        if (isWeighted(m_problem))
            for (const auto column : m_solution.order)
                importance.push_back(m_problem.importance[column]);
        const auto fixed = isDynamic() ? std::vector<Range>{} : fixedRanges(row);
        Range range;
        for (std::int64_t first = 0; first < m_columns; first += m_config.blockSize) {
            const std::int64_t last = std::min<std::int64_t>(first + m_config.blockSize, m_columns);
            std::vector<double> block(w.begin() + first, w.begin() + last), errors, driver;
            for (std::int64_t j = first; j < last; ++j) {
                const std::int64_t column = m_solution.order[j];
                if (!isDynamic())
                    range = fixed[column / groupSize()];
                else if (j % groupSize() == 0)
                    range = rangeOf(part(w, j), part(importance, j));
                const double own = block[j - first], target = own * (1 + m_solution.correction[j]);
                keep(row, column, m_recipe.usesCorrection ? target : own, range);
                const double rounded = m_solution.rounded(row, column), diagonal = m_solution.lower(j, j);
                const double error = (own - rounded) / diagonal;
                const double plain = m_grid.rounded(own, range.scale, range.zero) - target;
                const double corrected = m_grid.rounded(target, range.scale, range.zero) - target;
                m_solution.extraLoss[column] +=
                    (plain * plain - corrected * corrected) / (diagonal * diagonal);
                for (std::int64_t c = j + 1; c < last; ++c)
                    block[c - first] += -error * m_solution.lower(c, j) + own * m_solution.residual(j, c);
                errors.push_back(error);
                driver.push_back(m_config.effectiveMode() == TailMode::Org ? rounded : own);
            }
            if (m_config.effectiveMode() == TailMode::AllWClamp)
                for (double& value : driver)
                    value = std::clamp(value, (m_grid.low - range.zero) * range.scale,
                                       (m_grid.high - range.zero) * range.scale);
            for (std::int64_t c = last; c < m_columns; ++c)
                for (std::int64_t j = first; j < last; ++j)
                    w[c] += -errors[j - first] * m_solution.lower(c, j) +
                            driver[j - first] * m_solution.residual(j, c);
        }
    }

    const Problem& m_problem;
    const QuantConfig& m_config;
    const MethodRecipe& m_recipe;
    const Grid m_grid;
    const std::int64_t m_rows, m_columns;
    Matrix m_hessian, m_cross, m_living;
    Solution m_solution;
};

}

Grid::Grid(int bits, bool isSymmetric)
    : low(isSymmetric ? -(1 << (bits - 1)) : 0), high(isSymmetric ? (1 << (bits - 1)) - 1 : (1 << bits) - 1),
      steps(high), symmetric(isSymmetric) {}

double Grid::code(double weight, double scale, double zero) const {
    return std::clamp<double>(std::nearbyint(weight / scale) + zero, low, high);
}

Range searchRange(const std::vector<double>& weights, const std::vector<double>& importance, const Grid& grid,
                  double power, bool minMaxOnly) {
    double low = std::min(0.0, *std::min_element(weights.begin(), weights.end()));
    double high = std::max(0.0, *std::max_element(weights.begin(), weights.end()));
    const double extent = std::max({-low, high, 1e-5});
    if (!grid.symmetric && low == 0 && high == 0) {
        low = -1;
        high = 1;
    }
    Range chosen;
    chosen.scale = (grid.symmetric ? extent : std::max(high - low, 1e-5)) / grid.steps;
    chosen.zero = grid.symmetric ? 0 : std::nearbyint(-low / chosen.scale);
    if (minMaxOnly)
        return chosen;
    double best = std::numeric_limits<double>::infinity();
    for (int i = 0; i < 80; ++i) {
        const double p = 1 - i / 100.0;
        Range candidate;
        candidate.scale = (grid.symmetric ? p * extent : p * high - p * low) / grid.steps;
        candidate.zero = grid.symmetric ? 0 : std::nearbyint(-p * low / candidate.scale);
        double error = 0;
        for (std::size_t n = 0; n < weights.size(); ++n)
            error +=
                (importance.empty() ? 1 : importance[n]) *
                std::pow(std::abs(weights[n] - grid.rounded(weights[n], candidate.scale, candidate.zero)),
                         power);
        if (error < best) {
            best = error;
            chosen = candidate;
        }
    }
    return chosen;
}

Solution quantize(const Problem& problem) { return Sweep(problem).run(); }

double outputError(const Matrix& weight, const Matrix& rounded, const Matrix& xFull, const Matrix& x) {
    double sum = 0;
    for (std::int64_t t = 0; t < x.rows; ++t)
        for (std::int64_t r = 0; r < weight.rows; ++r) {
            double miss = 0;
            for (std::int64_t c = 0; c < weight.columns; ++c)
                miss += weight(r, c) * xFull(t, c) - rounded(r, c) * x(t, c);
            sum += miss * miss;
        }
    return sum;
}

}
