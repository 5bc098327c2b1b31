// run_modules.h - the linears a run quantizes: the decoder's, in depth order, without those the settings
// leave out. Also how far the run has come, weighted by rows x columns^2, and how many bytes it saves. Engine
// thread.
#pragma once
#include "engine/checkpoint/run_folder.h"
#include "engine/core/events.h"
#include "engine/model/vlm.h"

namespace vlmptq::quant {

class RunModules {
public:
    // Throws Error (BadInput): a group size that does not divide a module's input, a skip pattern that
    // matches nothing.
    RunModules(const model::Vlm&, const QuantConfig&);
    const std::vector<ModuleShape>& shapes() const { return m_shapes; } // all linears, also the skipped ones
    const ModuleShape& shape(int layer, model::Module) const;
    int index(int layer, model::Module module) const { return layer * 7 + static_cast<int>(module); }
    bool isSkipped(int layer, model::Module module) const {
        return m_skipped[static_cast<std::size_t>(index(layer, module))];
    }
    model::Module moduleNamed(int layer,
                              const std::string& name) const; // throws Error for a name of another layer

private:
    std::vector<ModuleShape> m_shapes;
    std::vector<bool> m_skipped;
};

// Bytes of one weight in the checkpoint the module came from.
std::uint64_t originalBytes(const checkpoint::Checkpoint&, const checkpoint::QuantizedModule&);

struct WeightTotals {
    std::uint64_t originalBytes = 0, quantizedBytes = 0;
    std::int64_t weights = 0;
    double weightSquares = 0, roundingSquares = 0; // sum W^2, sum (W^ - bf16(W^))^2
    void add(const at::Tensor& weight, const at::Tensor& dequantized, const checkpoint::QuantizedModule&,
             std::uint64_t bytesPerOriginalWeight);
    WeightTotals& operator+=(const WeightTotals&);
};

// Honest progress: units of work are rows x columns^2 of the modules; a group's work is shared out between
// gathering its inputs, quantizing it and carrying the streams on.
class WorkMeter {
public:
    WorkMeter(const RunModules&, int layers, EventSink&);
    void skipLayer(int layer);
    void beginGroup(int layer, std::span<const model::Module>);
    void report(double shareOfGroup, const std::string& detail);
    void endGroup();

private:
    double work(int layer, std::span<const model::Module>) const;
    const RunModules& m_modules;
    EventSink& m_sink;
    double m_done = 0, m_total = 0, m_group = 0;
};

}
