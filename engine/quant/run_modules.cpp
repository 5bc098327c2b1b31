#include "engine/quant/run_modules.h"

#include "engine/core/error.h"
#include "engine/core/module_rules.h"

#include <algorithm>

namespace vlmptq::quant {
namespace {

using model::Module;

constexpr std::array kAllModules{Module::Q,    Module::K,  Module::V,   Module::O,
                                 Module::Gate, Module::Up, Module::Down};

std::string kindOf(Module module) {
    const std::string name = model::kModuleNames[static_cast<std::size_t>(module)];
    return name.substr(name.rfind('.') + 1);
}

}

RunModules::RunModules(const model::Vlm& vlm, const QuantConfig& config) {
    for (int layer = 0; layer < vlm.config().layers; ++layer)
        for (const auto module : kAllModules) {
            const auto [rows, columns] = model::moduleShape(vlm.config(), module);
            m_shapes.push_back({vlm.moduleName(layer, module), kindOf(module), layer, rows, columns});
        }
    std::vector<std::string> names;
    for (const auto& shape : m_shapes)
        names.push_back(shape.name);
    m_skipped = chooseLeftOut(config, names);
    for (std::size_t i = 0; i < m_shapes.size(); ++i)
        if (!m_skipped[i])
            requireGroupDivides(config.groupSize, m_shapes[i].name, m_shapes[i].columns);
}

const ModuleShape& RunModules::shape(int layer, Module module) const {
    return m_shapes[static_cast<std::size_t>(index(layer, module))];
}

Module RunModules::moduleNamed(int layer, const std::string& name) const {
    for (const auto module : kAllModules)
        if (shape(layer, module).name == name)
            return module;
    throw Error(ErrorKind::BadInput, "E-RUN-12",
                "The file of layer " + std::to_string(layer) + " holds " + name +
                    ", which is not one of its modules.",
                "The run folder was mixed up with another run's; start a new run.");
}

std::uint64_t originalBytes(const checkpoint::Checkpoint& checkpoint,
                            const checkpoint::QuantizedModule& stored) {
    return checkpoint::byteSize(checkpoint.require(stored.name + ".weight").dtype);
}

void WeightTotals::add(const at::Tensor& weight, const at::Tensor& dequantized,
                       const checkpoint::QuantizedModule& stored, std::uint64_t bytesPerOriginalWeight) {
    const auto count = stored.rows * stored.columns;
    weights += count;
    originalBytes += static_cast<std::uint64_t>(count) * bytesPerOriginalWeight;
    // As exported: packed codes, a 16-bit scale and a zero of the weights' width for every group.
    const auto bits = count * stored.bits + stored.rows * stored.groups() * (16 + stored.bits);
    quantizedBytes += static_cast<std::uint64_t>((bits + 7) / 8);
    weightSquares += weight.to(at::kCPU, at::kFloat).square().sum(at::kDouble).item<double>();
    roundingSquares +=
        (dequantized - dequantized.to(at::kBFloat16).to(at::kFloat)).square().sum(at::kDouble).item<double>();
}

WeightTotals& WeightTotals::operator+=(const WeightTotals& other) {
    originalBytes += other.originalBytes;
    quantizedBytes += other.quantizedBytes;
    weights += other.weights;
    weightSquares += other.weightSquares;
    roundingSquares += other.roundingSquares;
    return *this;
}

WorkMeter::WorkMeter(const RunModules& modules, int layers, EventSink& sink)
    : m_modules(modules), m_sink(sink) {
    for (int layer = 0; layer < layers; ++layer)
        m_total += work(layer, kAllModules);
}

double WorkMeter::work(int layer, std::span<const Module> modules) const {
    double sum = 0;
    for (const auto module : modules) {
        const auto& shape = m_modules.shape(layer, module);
        sum += static_cast<double>(shape.rows) * static_cast<double>(shape.columns) *
               static_cast<double>(shape.columns);
    }
    return sum;
}

void WorkMeter::skipLayer(int layer) { m_done += work(layer, kAllModules); }
void WorkMeter::beginGroup(int layer, std::span<const Module> modules) { m_group = work(layer, modules); }

void WorkMeter::report(double shareOfGroup, const std::string& detail) {
    m_sink.onEvent(event::Progress{Stage::Quantize, m_done + shareOfGroup * m_group, m_total, detail});
}

void WorkMeter::endGroup() {
    m_done += m_group;
    m_group = 0;
}

}
