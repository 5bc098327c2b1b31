#include "engine/quant/layer_quantizer.h"

#include "engine/core/error.h"
#include "engine/core/stats.h"
#include "engine/core/text.h"
#include "engine/device.h"
#include "engine/model/dequantize.h"

#include <algorithm>
#include <chrono>

namespace vlmptq::quant {
namespace {

using calibration::ErrorSums;
using calibration::Group;
using model::Module;
using Clock = std::chrono::steady_clock;

// How a group's work divides between gathering its inputs, quantizing, and carrying the streams on.
constexpr double kGatherShare = 0.4, kQuantizeShare = 0.3;

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

template <class T>
std::vector<T> values(const at::Tensor& tensor, at::ScalarType dtype) {
    if (!tensor.defined())
        return {};
    const auto flat = tensor.to(at::kCPU, dtype).contiguous();
    const T* data = flat.data_ptr<T>();
    return {data, data + flat.numel()};
}

std::optional<double> meanOf(const at::Tensor& tensor) {
    return tensor.defined() ? std::optional(tensor.mean().item<double>()) : std::nullopt;
}

checkpoint::QuantizedModule toStored(const ModuleShape& shape, const QuantConfig& config,
                                     const QuantizedMatrix& matrix) {
    checkpoint::QuantizedModule stored;
    stored.name = shape.name;
    stored.rows = shape.rows;
    stored.columns = shape.columns;
    stored.bits = config.weightBits;
    stored.groupSize = config.groupSize;
    stored.symmetric = config.symmetric;
    stored.codes = values<std::uint8_t>(matrix.codes, at::kByte);
    stored.scale = values<float>(matrix.scale, at::kFloat);
    stored.zero = values<std::uint8_t>(matrix.zero, at::kByte);
    stored.groupIndex = values<std::int32_t>(matrix.groupIndex, at::kInt);
    return stored;
}

ErrorSums sumOver(std::span<const ErrorSums> samples) {
    ErrorSums sum;
    for (const auto& sample : samples)
        sum += sample;
    return sum;
}

// Mean over held-out samples with the range that holds 95 % of them.
std::optional<MeanInterval> band(const calibration::LayerErrors& errors, std::size_t begin,
                                 calibration::TokenSet set) {
    std::vector<double> means;
    for (std::size_t i = begin; i < errors.meanAbs.size(); ++i)
        if (errors.meanAbs[i][set] >= 0)
            means.push_back(errors.meanAbs[i][set]);
    if (means.empty())
        return std::nullopt;
    double sum = 0;
    for (const double mean : means)
        sum += mean;
    return MeanInterval{sum / static_cast<double>(means.size()), stats::quantile(means, 0.025),
                        stats::quantile(means, 0.975)};
}

}

ErrorByTokens moduleError(const calibration::LayerErrors& errors, Module module, std::size_t begin,
                          std::size_t end) {
    ErrorSums sum;
    for (std::size_t i = begin; i < end; ++i)
        sum += errors.modules[i][static_cast<std::size_t>(module)];
    return calibration::ratios(sum);
}

struct LayerQuantizer::GroupInputs {
    std::optional<Gram> gram;
    MuSearchData muData;
    at::Tensor deltaSum, channelVision, channelText;
    std::optional<Factors> factors;
    double captureSeconds = 0, factorSeconds = 0;
};

LayerQuantizer::LayerQuantizer(const model::Vlm& vlm, calibration::Streams& streams,
                               const RunModules& modules, const QuantConfig& config, Workers& workers,
                               EventSink& sink, WorkMeter& meter, std::stop_token stop)
    : m_model(vlm), m_streams(streams), m_modules(modules), m_config(config),
      m_recipe(methodNamed(config.method).recipe), m_workers(workers), m_sink(sink), m_meter(meter),
      m_stop(std::move(stop)) {}

bool LayerQuantizer::needsGram() const {
    const auto ranges = m_config.effectiveRanges();
    return m_recipe.usesCalibration || ranges == Ranges::DiagH || ranges == Ranges::Modality;
}

LayerQuantizer::GroupInputs LayerQuantizer::gather(Group group) {
    GroupInputs inputs;
    if (!needsGram())
        return inputs;
    const auto start = Clock::now();
    calibration::GramNeeds needs;
    needs.muSearch = m_config.effectiveRanges() == Ranges::Modality;
    needs.cross = m_recipe.usesResidual || needs.muSearch;
    needs.muSamples = m_config.muSamples;
    needs.dtype = m_config.precision == Precision::Float64 ? at::kDouble : at::kFloat;
    const auto count = m_streams.calibrationCount();
    const auto channels = m_streams.input(0, true).size(1);
    calibration::GramAccumulator accumulator(channels, needs, m_workers, m_model.device());
    for (std::size_t i = 0; i < count; ++i) {
        throwIfStopped(m_stop);
        accumulator.add(m_streams.input(i, true), m_streams.input(i, false), m_streams.sample(i).visionMask,
                        m_stop);
        m_meter.report(kGatherShare * static_cast<double>(i + 1) / static_cast<double>(count),
                       m_modules.shape(m_layer, calibration::modulesOf(group).front()).name);
    }
    inputs.gram = accumulator.gram();
    inputs.muData = accumulator.muSearchData();
    inputs.deltaSum = accumulator.deltaSum();
    inputs.channelVision = accumulator.channelMagnitude(true);
    inputs.channelText = accumulator.channelMagnitude(false);
    inputs.captureSeconds = secondsSince(start);
    if (m_recipe.sweeps) {
        const auto factorStart = Clock::now();
        inputs.factors = factorize(*inputs.gram, m_config, m_workers, m_stop);
        inputs.factorSeconds = secondsSince(factorStart);
    }
    return inputs;
}

void LayerQuantizer::warnAbout(const GroupInputs& inputs, std::span<const Module> modules) {
    const auto& first = m_modules.shape(m_layer, modules.front());
    if (inputs.factors && inputs.factors->retries > 0)
        m_sink.onEvent(event::Warning{"W-DAMP", first.name,
                                      "Damping raised from " + significant(m_config.dampRatio, 2) + " to " +
                                          significant(inputs.factors->dampUsed, 2) +
                                          " until the factorisation succeeded."});
    if (inputs.gram && inputs.gram->visionTokens + inputs.gram->textTokens < first.columns)
        m_sink.onEvent(
            event::Warning{"W-TOKENS", first.name,
                           "Only " + std::to_string(inputs.gram->visionTokens + inputs.gram->textTokens) +
                               " calibration tokens for " + std::to_string(first.columns) +
                               " input channels: compensation overfits; use more samples."});
}

ModuleResult LayerQuantizer::describe(Module module, const QuantizedMatrix& matrix,
                                      const GroupInputs& inputs) const {
    const auto& shape = m_modules.shape(m_layer, module);
    ModuleResult result;
    result.index = m_modules.index(m_layer, module);
    result.layer = m_layer;
    result.name = shape.name;
    result.kind = shape.kind;
    result.rows = shape.rows;
    result.columns = shape.columns;
    result.bits = m_config.weightBits;
    result.groupSize = m_config.groupSize;
    result.awareness = matrix.awareness;
    result.muCurve = matrix.muCurve;
    result.visionMagnitude = meanOf(inputs.channelVision);
    result.textMagnitude = meanOf(inputs.channelText);
    result.channelVision = values<float>(inputs.channelVision, at::kFloat);
    result.channelText = values<float>(inputs.channelText, at::kFloat);
    if (inputs.gram) {
        result.visionTokens = inputs.gram->visionTokens;
        result.textTokens = inputs.gram->textTokens;
    }
    if (inputs.factors) {
        result.dampUsed = inputs.factors->dampUsed;
        result.dampRetries = inputs.factors->retries;
    }
    if (inputs.factors && inputs.factors->correction.defined()) {
        auto correction = inputs.factors->correction;
        if (inputs.factors->permutation.defined())
            correction = at::empty_like(correction).index_copy_(0, inputs.factors->permutation, correction);
        result.correction = values<float>(correction, at::kFloat);
        result.correctionMax = correction.abs().max().item<double>();
        result.extraLoss = values<float>(matrix.extraLoss, at::kFloat);
    }
    result.saturatedShare = matrix.saturatedShare;
    result.fellBackToRtn = matrix.fellBackToRtn;
    result.muSearchSeconds = matrix.muSearchSeconds;
    result.solveSeconds = matrix.solveSeconds;
    result.memory = matrix.memory;
    result.peakBytes = residentBytes();
    return result;
}

void LayerQuantizer::quantizeModule(Module module, const GroupInputs& inputs) {
    const auto& shape = m_modules.shape(m_layer, module);
    const int index = m_modules.index(m_layer, module);
    m_sink.onEvent(event::ModuleStarted{index, shape.name});
    Problem problem;
    problem.weight = m_full[module].weight.to(at::kCPU);
    problem.gram = inputs.gram ? &*inputs.gram : nullptr;
    problem.factors = inputs.factors ? &*inputs.factors : nullptr;
    problem.muData = inputs.muData.hessian.defined() ? &inputs.muData : nullptr;
    problem.deltaSum = inputs.deltaSum;
    problem.name = shape.name;
    const auto matrix = quantizeMatrix(
        problem, m_config, m_workers,
        [&](const MuPoint& point, int candidate, int candidates) {
            m_sink.onEvent(event::MuTried{index, shape.name, point, candidate, candidates});
        },
        m_stop);
    if (matrix.fellBackToRtn)
        m_sink.onEvent(event::Warning{"W-RTN", shape.name,
                                      matrix.trouble + " This module was rounded to nearest (RTN)."});

    const auto packStart = Clock::now();
    auto stored = toStored(shape, m_config, matrix);
    const auto weight = model::dequantize(stored);
    m_outcome.totals.add(m_full[module].weight, weight, stored, originalBytes(m_model.checkpoint(), stored));
    m_quantized[module].weight = weight.to(m_model.device(), m_model.dtype());
    auto result = describe(module, matrix, inputs);
    const auto original = problem.weight.to(at::kFloat);
    result.weightError =
        ((original - weight).square().sum(at::kDouble) / original.square().sum(at::kDouble)).item<double>();
    result.packSeconds = secondsSince(packStart);
    m_outcome.stored.push_back(std::move(stored));
    m_outcome.result.modules.push_back(std::move(result));
}

// The errors of a group's modules are known when the streams have gone through them.
void LayerQuantizer::finishGroup(std::span<const Module> modules, double captureSeconds) {
    const auto calibration = m_streams.calibrationCount();
    const double scale = 2.0 / static_cast<double>(calibration);
    for (auto& result : m_outcome.result.modules) {
        for (const auto module : modules) {
            if (result.index != m_modules.index(m_layer, module))
                continue;
            result.calibrationError = moduleError(m_outcome.errors, module, 0, calibration);
            result.heldoutError = moduleError(m_outcome.errors, module, calibration, m_streams.size());
            double loss = 0;
            for (std::size_t i = 0; i < calibration; ++i)
                loss += m_outcome.errors.modules[i][static_cast<std::size_t>(module)]
                            .error[calibration::AllTokens];
            result.reconstructionLoss = loss * scale;
            result.captureSeconds = captureSeconds / static_cast<double>(modules.size());
            m_sink.onEvent(event::ModuleFinished{result});
        }
    }
}

LayerOutcome LayerQuantizer::run(int layer) {
    m_layer = layer;
    m_outcome = {};
    m_full = m_model.loadLayer(layer);
    m_quantized = m_full;
    m_streams.beginLayer(m_full, m_stop);
    for (const auto group : calibration::kGroups) {
        const auto modules = calibration::modulesOf(group);
        m_meter.beginGroup(layer, modules);
        const bool isSkipped = std::all_of(modules.begin(), modules.end(),
                                           [&](Module m) { return m_modules.isSkipped(layer, m); });
        const auto inputs = isSkipped ? GroupInputs{} : gather(group);
        warnAbout(inputs, modules);
        for (const auto module : modules) {
            throwIfStopped(m_stop);
            if (!m_modules.isSkipped(layer, module))
                quantizeModule(module, inputs);
            m_meter.report(kGatherShare + kQuantizeShare, m_modules.shape(layer, module).name);
        }
        const auto carryStart = Clock::now();
        m_streams.advance(group, m_full, m_quantized, m_outcome.errors, m_stop, [&](double share) {
            m_meter.report(kGatherShare + kQuantizeShare + (1 - kGatherShare - kQuantizeShare) * share,
                           m_modules.shape(layer, modules.front()).name);
        });
        m_meter.endGroup();
        finishGroup(modules, inputs.captureSeconds + inputs.factorSeconds + secondsSince(carryStart));
    }
    const auto calibration = m_streams.calibrationCount();
    const std::span<const ErrorSums> output(m_outcome.errors.output);
    auto& result = m_outcome.result;
    result.layer = layer;
    result.hiddenCalibrationError = calibration::ratios(sumOver(output.subspan(0, calibration)));
    result.hiddenHeldoutError = calibration::ratios(sumOver(output.subspan(calibration)));
    result.meanAbsAll = band(m_outcome.errors, calibration, calibration::AllTokens);
    result.meanAbsVision = band(m_outcome.errors, calibration, calibration::VisionTokens);
    result.meanAbsText = band(m_outcome.errors, calibration, calibration::TextTokens);
    return std::move(m_outcome);
}

}
