// layer_quantizer.h - quantizes one decoder layer: for every module group gathers the Gram of the calibration
// samples, factorises once, quantizes the group's modules, and carries both streams on through them
// (method.md 9). Engine thread.
#pragma once
#include "engine/calibration/streams.h"
#include "engine/quant/group_inputs.h"
#include "engine/quant/run_modules.h"

namespace vlmptq::quant {

struct LayerOutcome {
    LayerResult result;
    std::vector<checkpoint::QuantizedModule> stored;
    calibration::LayerErrors errors;
    WeightTotals totals;
};

class LayerQuantizer {
public:
    LayerQuantizer(const model::Vlm&, calibration::Streams&, const RunModules&, const QuantConfig&, Workers&,
                   EventSink&, WorkMeter&, std::stop_token);
    LayerOutcome run(int layer);

private:
    GroupInputs gather(calibration::Group);
    void quantizeModule(model::Module, const GroupInputs&);
    void finishGroup(std::size_t modules, double captureSeconds);
    ModuleResult describe(model::Module, const QuantizedMatrix&, const GroupInputs&) const;
    void warnAbout(const GroupInputs&, std::span<const model::Module>);

    const model::Vlm& m_model;
    calibration::Streams& m_streams;
    const RunModules& m_modules;
    const QuantConfig& m_config;
    const MethodRecipe& m_recipe;
    Workers& m_workers;
    EventSink& m_sink;
    WorkMeter& m_meter;
    std::stop_token m_stop;

    int m_layer = 0;
    model::DecoderLayer m_full, m_quantized;
    LayerOutcome m_outcome;
    // Of the current group, quantized: each module and the place of its result.
    std::vector<std::pair<model::Module, std::size_t>> m_unfinished;
};

// Module and output errors over the calibration or the held-out samples.
ErrorByTokens moduleError(const calibration::LayerErrors&, model::Module, std::size_t begin, std::size_t end);

}
