#include "engine/quant/pipeline.h"

#include "engine/calibration/streams.h"
#include "engine/checkpoint/run_folder.h"
#include "engine/core/error.h"
#include "engine/core/fingerprint.h"
#include "engine/core/hash.h"
#include "engine/core/stats.h"
#include "engine/core/stopwatch.h"
#include "engine/core/text.h"
#include "engine/device.h"
#include "engine/model/dequantize.h"
#include "engine/model/simulation.h"
#include "engine/quant/layer_quantizer.h"
#include "engine/quant/run_fingerprint.h"
#include "engine/quant/run_modules.h"

#include <c10/core/InferenceMode.h>

namespace vlmptq::quant {
namespace {

using calibration::Streams;

// Half of what the system can still give, unless the user said otherwise.
std::uint64_t activationBudget(const DeviceConfig& config) {
    return config.activationBudgetBytes > 0 ? config.activationBudgetBytes : availableBytes() / 2;
}

// Passes everything on and counts the warnings for the summary.
class CountingSink : public EventSink {
public:
    explicit CountingSink(EventSink& next) : m_next(next) {}
    void onEvent(const Event& event) override {
        m_warnings += std::holds_alternative<event::Warning>(event);
        m_next.onEvent(event);
    }
    int warnings() const { return m_warnings; }

private:
    EventSink& m_next;
    int m_warnings = 0;
};

class Pipeline {
public:
    Pipeline(const api::QuantizeRequest& request, EventSink& sink, std::stop_token stop)
        : m_request(request), m_config(request.config), m_sink(sink), m_stop(std::move(stop)),
          m_placement(place(m_config.device)), m_workers(m_placement.threads) {}

    RunSummary run();

private:
    void load();
    void openData();
    void checkManifest() const;
    void calibrate();
    void replay(int layer);
    void quantizeLayer(int layer);
    void noteErrors(int layer, const calibration::LayerErrors&);
    RunSummary summarize();
    int layers() const { return static_cast<int>(m_model->config().layers); }

    const api::QuantizeRequest& m_request;
    const RunConfig& m_config;
    CountingSink m_sink;
    std::stop_token m_stop;
    Placement m_placement;
    Workers m_workers;
    Stopwatch m_watch;

    std::unique_ptr<model::Vlm> m_model;
    calibration::CalibrationSet m_data;
    std::optional<RunModules> m_modules;
    std::optional<Streams> m_streams;
    std::string m_fingerprint; // its parts
    std::optional<WorkMeter> m_meter;
    std::vector<calibration::ErrorSums> m_modelErrors; // per held-out sample, of the last layer's output
    double m_moduleErrorSum = 0;
    int m_moduleErrorCount = 0;
    WeightTotals m_totals;
};

void Pipeline::load() {
    m_sink.onEvent(event::StageChanged{Stage::Load});
    m_model = model::openModel(
        m_config.model, model::simulating({m_placement.dtype, m_placement.device}, m_config.quant, false));
    if (checkpoint::isRunFolder(m_config.model) ||
        m_model->checkpoint().config().contains("quantization_config"))
        throw Error(ErrorKind::BadInput, "E-MODEL-21", m_config.model + " is already quantized.",
                    "Choose the full-precision checkpoint it was made from.");
    m_modules.emplace(*m_model, m_config.quant);
}

// The data are known and the fingerprint is compared before anything expensive begins.
void Pipeline::openData() {
    m_data = calibration::loadCalibration(m_config.calib, m_stop);
    m_fingerprint =
        fingerprintParts(m_model->checkpoint(), m_config, m_data.contentHash, m_placement.arithmetic, m_stop);
    m_sink.onEvent(event::Started{layers(), m_request.finishedLayers, m_modules->shapes(),
                                  m_placement.description, sha256Hex(m_fingerprint), m_fingerprint});
    if (m_request.finishedLayers > 0) {
        checkManifest();
    } else {
        std::filesystem::create_directories(m_request.runDir);
        checkpoint::writeManifest(m_request.runDir, {std::filesystem::absolute(m_config.model).string(),
                                                     m_config, m_fingerprint, layers(), VLMPTQ_VERSION});
    }
    // Files of layers that will be computed again must not make the folder look complete.
    for (int layer = m_request.finishedLayers; layer < layers(); ++layer)
        std::filesystem::remove(checkpoint::layerFile(m_request.runDir, layer));
}

// A run folder belongs to one model, one data set, one group of settings and one version of the program.
void Pipeline::checkManifest() const {
    const auto manifest = checkpoint::readManifest(m_request.runDir);
    requireSameFingerprint(manifest.fingerprint, m_fingerprint);
    if (manifest.programVersion != VLMPTQ_VERSION && !m_request.allowOtherVersion)
        throw Error(ErrorKind::BadInput, "E-RUN-03",
                    "The run was started by version " + manifest.programVersion +
                        ", this is " VLMPTQ_VERSION ".",
                    "Finish it with that version, or start a new run.");
}

void Pipeline::calibrate() {
    m_sink.onEvent(event::StageChanged{Stage::Calibrate});
    std::vector<const calibration::CalibrationLine*> lines;
    for (const auto& line : m_data.calibration)
        lines.push_back(&line);
    for (const auto& line : m_data.heldout)
        lines.push_back(&line);
    const double total = static_cast<double>(lines.size());
    m_streams.emplace(
        *m_model, m_workers, activationBudget(m_config.device), m_request.runDir / "scratch", lines.size(),
        m_data.calibration.size(),
        [&](std::size_t i) {
            return calibration::buildSample(m_model->processor(), *lines[i], m_config.calib.maxTokens);
        },
        m_stop,
        [&](double share) {
            m_sink.onEvent(event::Progress{Stage::Calibrate, share * total, total, "samples"});
        });
    m_model->releaseVision();
    if (m_config.quant.calibrateWithActivations)
        m_streams->setInputGrid(model::inputGrid(m_config.quant));
    std::size_t cut = 0;
    for (std::size_t i = 0; i < m_streams->size(); ++i)
        cut += m_streams->sample(i).wasCut;
    if (cut > 0)
        m_sink.onEvent(event::Warning{
            "W-CUT", m_data.file.string(),
            std::to_string(cut) + " of " + std::to_string(lines.size()) + " sequences were cut to " +
                std::to_string(m_config.calib.maxTokens) + " tokens; their answers have no loss."});
}

void Pipeline::noteErrors(int layer, const calibration::LayerErrors& errors) {
    const auto heldout = m_streams->calibrationCount();
    m_modelErrors.assign(errors.output.begin() + static_cast<std::ptrdiff_t>(heldout), errors.output.end());
    const auto begin =
        heldout < m_streams->size() ? heldout : 0; // without held-out lines: the calibration's own
    for (const auto group : calibration::kGroups)
        for (const auto module : calibration::modulesOf(group)) {
            if (m_modules->isSkipped(layer, module))
                continue;
            const auto error = moduleError(errors, module, begin, m_streams->size()).all;
            m_moduleErrorSum += error.value_or(0);
            m_moduleErrorCount += error.has_value();
        }
}

void Pipeline::replay(int layer) {
    const auto full = m_model->loadLayer(layer);
    auto quantized = full;
    quantized.online.cache = model::cacheGrid(m_config.quant);
    for (const auto& stored : checkpoint::readLayer(m_request.runDir, layer)) {
        throwIfStopped(m_stop);
        const auto module = m_modules->moduleNamed(layer, stored.name);
        const auto weight = model::dequantize(stored);
        m_totals.add(full[module].weight, weight, stored, originalBytes(m_model->checkpoint(), stored));
        quantized[module].weight = weight.to(m_placement.device, m_placement.dtype);
    }
    calibration::LayerErrors errors;
    const auto tell = [&](double) { m_meter->report(0, "replaying layer " + std::to_string(layer)); };
    m_streams->beginLayer(full, m_stop, tell);
    for (const auto group : calibration::kGroups)
        m_streams->advance(group, full, quantized, errors, m_stop, tell);
    noteErrors(layer, errors);
    m_meter->skipLayer(layer);
}

void Pipeline::quantizeLayer(int layer) {
    const Stopwatch watch;
    LayerQuantizer quantizer(*m_model, *m_streams, *m_modules, m_config.quant, m_workers, m_sink, *m_meter,
                             m_stop);
    auto outcome = quantizer.run(layer);
    checkpoint::writeLayer(m_request.runDir, layer, outcome.stored);
    m_totals += outcome.totals;
    noteErrors(layer, outcome.errors);
    outcome.result.seconds = watch.seconds();
    m_sink.onEvent(event::LayerFinished{std::move(outcome.result)});
    m_sink.onEvent(event::Memory{residentBytes(), 0});
}

// Bootstrap over the lines.
MeanInterval lossOf(std::span<const calibration::AnswerLoss> losses) {
    std::vector<double> nll, tokens;
    for (const auto& loss : losses) {
        nll.push_back(loss.nll);
        tokens.push_back(static_cast<double>(loss.tokens));
    }
    return stats::bootstrapRatio(nll, tokens);
}

RunSummary Pipeline::summarize() {
    RunSummary summary;
    summary.modelError = calibration::intervals(m_modelErrors);
    const auto losses = m_streams->heldoutLosses(true, m_stop);
    if (!losses.empty()) {
        summary.heldoutAnswerLoss = lossOf(losses);
        summary.fullPrecisionAnswerLoss = lossOf(m_streams->heldoutLosses(false, m_stop)).mean;
    }
    summary.meanModuleError = m_moduleErrorCount > 0 ? m_moduleErrorSum / m_moduleErrorCount : 0;
    summary.originalBytes = m_model->checkpoint().tensorBytes();
    summary.quantizedBytes = summary.originalBytes - m_totals.originalBytes + m_totals.quantizedBytes;
    summary.bitsPerWeight = m_totals.weights > 0 ? 8.0 * static_cast<double>(m_totals.quantizedBytes) /
                                                       static_cast<double>(m_totals.weights)
                                                 : 0;
    summary.roundingToBf16 =
        m_totals.weightSquares > 0 ? m_totals.roundingSquares / m_totals.weightSquares : 0;
    summary.warnings = m_sink.warnings();
    summary.seconds = m_watch.seconds();
    summary.peakBytes = peakResidentBytes();
    return summary;
}

RunSummary Pipeline::run() {
    c10::InferenceMode inference;
    load();
    openData();
    calibrate();
    m_meter.emplace(*m_modules, layers(), m_sink);
    m_sink.onEvent(event::StageChanged{Stage::Quantize});
    for (int layer = 0; layer < m_request.finishedLayers; ++layer)
        replay(layer);
    for (int layer = m_request.finishedLayers; layer < layers(); ++layer) {
        throwIfStopped(m_stop);
        quantizeLayer(layer);
    }
    m_sink.onEvent(event::StageChanged{Stage::Save});
    auto summary = summarize();
    m_sink.onEvent(event::RunFinished{summary});
    return summary;
}

}

RunSummary runPipeline(const api::QuantizeRequest& request, EventSink& sink, std::stop_token stop) {
    return Pipeline(request, sink, std::move(stop)).run();
}

}
