#include "engine/quant/layer_quantizer.h"

#include "engine/core/error.h"
#include "engine/core/stats.h"
#include "engine/core/stopwatch.h"
#include "engine/core/text.h"
#include "engine/device.h"
#include "engine/model/dequantize.h"
#include "engine/model/simulation.h"

#include <algorithm>
#include <numeric>

namespace vlmptq::quant {
namespace {

using calibration::ErrorSums;
using calibration::Group;
using model::Module;
// How a group's work divides between gathering its inputs, quantizing, and carrying the streams on.
constexpr double kGatherShare = 0.4, kQuantizeShare = 0.3;

template <class T>
std::vector<T> values(const at::Tensor& tensor, at::ScalarType dtype) {
    if (!tensor.defined())
        return {};
    const auto flat = tensor.to(at::kCPU, dtype).contiguous();
    const T* data = flat.data_ptr<T>();
    return {data, data + flat.numel()};
}

std::optional<double> meanOf(std::span<const float> channels) {
    if (channels.empty())
        return std::nullopt;
    return std::accumulate(channels.begin(), channels.end(), 0.0) / static_cast<double>(channels.size());
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

LayerQuantizer::LayerQuantizer(const model::Vlm& vlm, calibration::Streams& streams,
                               const RunModules& modules, const QuantConfig& config, Workers& workers,
                               EventSink& sink, WorkMeter& meter, std::stop_token stop)
    : m_model(vlm), m_streams(streams), m_modules(modules), m_config(config),
      m_recipe(methodNamed(config.method).recipe), m_workers(workers), m_sink(sink), m_meter(meter),
      m_stop(std::move(stop)) {}

GroupInputs LayerQuantizer::gather(Group group) {
    const auto& first = m_modules.shape(m_layer, calibration::modulesOf(group).front());
    return gatherInputs(
        m_streams, m_config, m_model.device(), m_workers,
        [&](double share) { m_meter.report(kGatherShare * share, first.name); }, m_stop);
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
    result.channelVision = inputs.channelVision;
    result.channelText = inputs.channelText;
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
    problem.muData = inputs.muData ? &*inputs.muData : nullptr;
    problem.fold = inputs.fold ? &*inputs.fold : nullptr;
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

    const Stopwatch watch;
    auto stored = toStored(shape, m_config, matrix);
    const auto weight = model::dequantize(stored);
    m_outcome.totals.add(m_full[module].weight, weight, stored, originalBytes(m_model.checkpoint(), stored));
    m_quantized[module].weight = weight.to(m_model.device(), m_model.dtype());
    auto result = describe(module, matrix, inputs);
    const auto original = problem.weight.to(at::kFloat);
    result.weightError =
        ((original - weight).square().sum(at::kDouble) / original.square().sum(at::kDouble)).item<double>();
    result.packSeconds = watch.seconds();
    m_outcome.stored.push_back(std::move(stored));
    m_unfinished.emplace_back(module, m_outcome.result.modules.size());
    m_outcome.result.modules.push_back(std::move(result));
}

// The errors of a group's modules are known when the streams have gone through them.
void LayerQuantizer::finishGroup(std::size_t modules, double captureSeconds) {
    const auto calibration = m_streams.calibrationCount();
    const double scale = 2.0 / static_cast<double>(calibration);
    const double share = captureSeconds / static_cast<double>(modules);
    for (const auto& [module, at] : m_unfinished) {
        auto& result = m_outcome.result.modules[at];
        result.calibrationError = moduleError(m_outcome.errors, module, 0, calibration);
        result.heldoutError = moduleError(m_outcome.errors, module, calibration, m_streams.size());
        double loss = 0;
        for (std::size_t i = 0; i < calibration; ++i)
            loss +=
                m_outcome.errors.modules[i][static_cast<std::size_t>(module)].error[calibration::AllTokens];
        result.reconstructionLoss = loss * scale;
        result.captureSeconds = share;
        m_sink.onEvent(event::ModuleFinished{result});
    }
    m_unfinished.clear();
}

LayerOutcome LayerQuantizer::run(int layer) {
    m_layer = layer;
    m_outcome = {};
    m_unfinished.clear();
    m_full = m_model.loadLayer(layer);
    m_quantized = m_full;
    m_quantized.online.cache = model::cacheGrid(m_config);
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
        const Stopwatch watch;
        m_streams.advance(group, m_full, m_quantized, m_outcome.errors, m_stop, [&](double share) {
            m_meter.report(kGatherShare + kQuantizeShare + (1 - kGatherShare - kQuantizeShare) * share,
                           m_modules.shape(layer, modules.front()).name);
        });
        m_meter.endGroup();
        finishGroup(modules.size(), inputs.captureSeconds + inputs.factorSeconds + watch.seconds());
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
