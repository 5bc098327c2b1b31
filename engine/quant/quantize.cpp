#include "engine/quant/quantize.h"

#include "engine/core/error.h"
#include "engine/core/stopwatch.h"
#include "engine/quant/memory_table.h"
#include "engine/quant/mu_search.h"
#include "engine/quant/precision.h"
#include "engine/quant/range_search.h"
#include "engine/quant/refine.h"
#include "engine/quant/sweep.h"

#include <limits>

namespace vlmptq::quant {
namespace {

// One matrix on its way through its method.
class MatrixQuantizer {
public:
    MatrixQuantizer(const Problem& problem, const QuantConfig& config, Workers& workers,
                    const MuCallback& callback, std::stop_token stop)
        : m_problem(problem), m_config(config), m_recipe(methodNamed(config.method).recipe),
          m_ranges(config.effectiveRanges()), m_workers(workers), m_callback(callback),
          m_stop(std::move(stop)), m_weight(problem.weight.to(scalarTypeOf(config.precision)).contiguous()),
          m_grid(gridOf(config, m_ranges, m_weight.size(1), problem.name)) {
        checkGram();
        if (m_recipe.sweeps)
            m_factors = m_problem.factors ? *m_problem.factors
                                          : factorize(*m_problem.gram, m_config, m_workers, m_stop);
        VLMPTQ_CHECK(m_ranges != Ranges::Modality || m_problem.muData || m_problem.gram->hessian.defined(),
                     "the mu search over all samples needs H of " + problem.name);
        VLMPTQ_CHECK(!m_recipe.usesResidual || !m_factors.lower.defined() || m_factors.correction.defined(),
                     "the factors of " + problem.name + " were made for a method without P and C");
    }

    QuantizedMatrix run() {
        m_result.trouble = findTrouble();
        if (!m_result.trouble.empty())
            return fallBack();
        const at::Tensor importance = chooseImportance();
        chooseTarget(importance);
        const Stopwatch watch;
        const GridMatrix matrix = refined(solve(importance));
        if (!m_isFinite) {
            m_result.trouble = "The column sweep of " + m_problem.name + " diverged.";
            return fallBack();
        }
        m_result.solveSeconds = watch.seconds();
        m_result.importance = importance;
        hand(matrix);
        return m_result;
    }

private:
    bool needsGram() const {
        return m_recipe.sweeps || m_ranges == Ranges::DiagH || m_ranges == Ranges::Modality;
    }

    void checkGram() const {
        VLMPTQ_CHECK(m_weight.dim() == 2 && m_weight.is_cpu(), "a weight matrix on the CPU is needed");
        VLMPTQ_CHECK(m_config.blockSize >= 1, "a block has at least one column");
        if (!needsGram())
            return;
        VLMPTQ_CHECK(m_problem.gram, "the method needs the calibration sums of " + m_problem.name);
        VLMPTQ_CHECK(m_problem.gram->visionDiag.size(0) == m_weight.size(1),
                     "the sums have one entry per input channel");
    }

    std::string findTrouble() {
        if (!allFinite(m_weight)) {
            m_target = m_weight = at::nan_to_num(m_weight, 0.0, 0.0, 0.0);
            return "The weight " + m_problem.name + " holds NaN or infinite values, taken as 0.";
        }
        if (!needsGram())
            return {};
        const Gram& gram = *m_problem.gram;
        bool isFinite = m_factors.sumsAreFinite;
        for (const at::Tensor& sums : {gram.hessian, gram.cross, gram.visionDiag, gram.textDiag})
            isFinite = isFinite && allFinite(sums);
        if (!isFinite)
            return "The inputs of " + m_problem.name + " hold NaN or infinite values.";
        if (m_recipe.sweeps && !m_factors.lower.defined())
            return "H of " + m_problem.name + " could not be factorised, even with damping " +
                   std::to_string(m_factors.dampUsed) + ".";
        return {};
    }

    at::Tensor chooseImportance() {
        if (m_ranges == Ranges::DiagH)
            return (m_recipe.sweeps ? m_factors.diagonal : m_problem.gram->hessian.diagonal())
                .to(m_weight.scalar_type())
                .contiguous();
        return m_ranges == Ranges::Modality ? searchAwareness() : at::Tensor();
    }

    at::Tensor searchAwareness() {
        const Stopwatch watch;
        const Gram& gram = *m_problem.gram;
        const ModalityDiagonals diagonals = modalityDiagonals(gram, m_config.mNorm, m_weight.scalar_type());
        if (gram.visionTokens == 0 || gram.textTokens == 0) { // one modality only: nothing to weigh
            m_result.awareness = gram.visionTokens == 0 ? 0.0 : 1.0;
        } else {
            const Objective objective = muObjective();
            const auto round = [this](const at::Tensor& importance) {
                const GridMatrix matrix =
                    m_config.muEval == MuEval::Sweep
                        ? solve(importance)
                        : roundToNearest(m_weight, m_grid, importance, m_workers, m_stop);
                return dequantize(matrix, m_grid.rule.range);
            };
            const MuChoice choice =
                searchMu(diagonals, m_config.muGrid, objective, round, m_workers, m_callback, m_stop);
            m_result.awareness = choice.awareness;
            m_result.muCurve = choice.curve;
            m_muBytes = objective.bytes();
        }
        m_result.muSearchSeconds = watch.seconds();
        return diagonals.importance(*m_result.awareness);
    }

    Objective muObjective() const {
        const MuSearchData* data = m_problem.muData;
        if (!data)
            return Objective::ofSums(m_weight, m_problem.gram->hessian, m_problem.gram->cross,
                                     m_problem.gram->delta, m_workers, m_stop);
        if (data->hessian.defined())
            return Objective::ofSums(m_weight, data->hessian, data->cross, data->delta, m_workers, m_stop);
        return Objective::ofInputs(m_weight, data->x, data->xFull, data->samples, m_workers, m_stop);
    }

    GridMatrix solve(const at::Tensor& importance) {
        if (!m_recipe.sweeps)
            return roundToNearest(m_weight, m_grid, importance, m_workers, m_stop);
        const SweepResult swept =
            sweepMatrix(m_target, m_factors, m_config, m_grid, importance, m_workers, m_stop);
        m_isFinite = swept.isFinite;
        m_scratchBytes = swept.scratchBytes;
        if (swept.extraLoss.defined())
            m_result.extraLoss = swept.extraLoss.to(at::kFloat);
        return swept.matrix;
    }

    // W + a W K
    at::Tensor targetOf(const at::Tensor& regression, double strength) const {
        if (!regression.defined() || strength == 0)
            return m_weight;
        return m_weight + product(m_weight, regression, m_workers, m_stop).mul_(strength);
    }

    void chooseTarget(const at::Tensor& importance) {
        if (!m_recipe.retargets)
            return;
        m_result.retarget = m_config.retarget ? *m_config.retarget
                            : m_problem.fold  ? bestStrength(importance)
                                              : kUsualRetarget;
        m_target = targetOf(m_factors.regression, *m_result.retarget);
    }

    // On samples that the factors have not seen.
    double bestStrength(const at::Tensor& importance) const {
        const Fold& fold = *m_problem.fold;
        const Objective objective = Objective::ofSums(m_weight, fold.judge.hessian, fold.judge.cross,
                                                      fold.judge.delta, m_workers, m_stop);
        double best = 0, lowest = std::numeric_limits<double>::infinity();
        for (const double strength : kRetargets) {
            const SweepResult swept = sweepMatrix(targetOf(fold.factors.regression, strength), fold.factors,
                                                  m_config, m_grid, importance, m_workers, m_stop);
            if (!swept.isFinite)
                continue;
            const double loss =
                objective.loss(dequantize(swept.matrix, m_grid.rule.range), m_workers, m_stop);
            if (loss < lowest) {
                lowest = loss;
                best = strength;
            }
        }
        return best;
    }

    // The sweep's codes, improved one by one for the same target.
    GridMatrix refined(GridMatrix matrix) {
        const int passes = m_config.effectiveRefinePasses();
        if (!m_recipe.sweeps || passes == 0 || !m_isFinite)
            return matrix;
        const at::Tensor target =
            m_recipe.retargets ? m_target
                               : targetOf(m_factors.regression, m_recipe.usesResidual ? m_config.alpha : 0);
        auto refinement = refine(target, matrix, m_grid, m_factors.damped, passes, m_config.fitScales,
                                 m_config.blockSize, m_workers, m_stop);
        m_result.refinement = std::move(refinement.objective);
        return refinement.matrix;
    }

    // As the method `rtn` would do it, marked in the result.
    QuantizedMatrix fallBack() {
        m_result.fellBackToRtn = true;
        m_result.extraLoss = at::Tensor();
        m_result.awareness.reset();
        m_result.muCurve.clear();
        m_grid = gridOf(m_config, Ranges::Mse, m_weight.size(1), m_problem.name);
        hand(roundToNearest(m_weight, m_grid, {}, m_workers, m_stop));
        return m_result;
    }

    // From the working precision to what is stored: the weights W^ are those of the stored scale.
    void hand(const GridMatrix& matrix) {
        const kernels::CodeRange& range = m_grid.rule.range;
        GridMatrix stored = matrix;
        stored.ranges = {matrix.ranges.scale.to(at::kFloat), matrix.ranges.zero.to(at::kFloat)};
        m_result.codes = matrix.codes;
        m_result.scale = stored.ranges.scale;
        m_result.zero = (stored.ranges.zero - range.low).to(at::kByte);
        m_result.groupIndex = matrix.groupIndex;
        m_result.dequantized = dequantize(stored, range);
        const at::Tensor saturated = matrix.codes.eq(0).logical_or_(matrix.codes.eq(range.high - range.low));
        m_result.saturatedShare = saturated.to(at::kFloat).mean(at::kDouble).item<double>();
        m_result.memory = memoryTable({.weight = m_weight,
                                       .result = &m_result,
                                       .factors = m_recipe.sweeps ? &m_factors : nullptr,
                                       .blockSize = m_config.blockSize,
                                       .blockBytes = m_scratchBytes * m_workers.threads(),
                                       .muFormulaBytes = muFormulaBytes(),
                                       .muBytes = m_muBytes});
    }

    // Held activations, 2 T Ci, or a second pair of sums, 2 Ci^2 (method.md 8.2).
    std::uint64_t muFormulaBytes() const {
        const std::uint64_t columns = m_weight.size(1), real = m_weight.element_size();
        const MuSearchData* data = m_problem.muData;
        if (!data)
            return 0;
        return 2 * columns * real *
               (data->x.defined() ? static_cast<std::uint64_t>(data->x.size(0)) : columns);
    }

    const Problem& m_problem;
    const QuantConfig& m_config;
    const MethodRecipe& m_recipe;
    const Ranges m_ranges;
    Workers& m_workers;
    const MuCallback& m_callback;
    const std::stop_token m_stop;
    at::Tensor m_weight;            // working precision
    at::Tensor m_target = m_weight; // what the sweep rounds: W, or W + a W K
    MatrixGrid m_grid;
    Factors m_factors;
    QuantizedMatrix m_result;
    bool m_isFinite = true;
    std::uint64_t m_scratchBytes = 0, m_muBytes = 0;
};

}

QuantizedMatrix quantizeMatrix(const Problem& problem, const QuantConfig& config, Workers& workers,
                               const MuCallback& callback, std::stop_token stop) {
    return MatrixQuantizer(problem, config, workers, callback, std::move(stop)).run();
}

}
