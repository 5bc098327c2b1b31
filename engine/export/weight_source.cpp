#include "engine/export/weight_source.h"

#include "engine/core/error.h"
#include "engine/model/dequantize.h"
#include "engine/model/tensor_io.h"

namespace vlmptq::exporting {

WeightSource::WeightSource(const std::filesystem::path& runDir)
    : m_runDir(runDir), m_manifest(checkpoint::readManifest(runDir)),
      m_checkpoint(checkpoint::Checkpoint::open(m_manifest.modelFolder)) {
    for (int layer = 0; layer < m_manifest.layers; ++layer) {
        const auto file = checkpoint::layerFile(runDir, layer);
        if (!std::filesystem::exists(file))
            throw Error(ErrorKind::BadInput, "E-EXP-20",
                        "The run in " + runDir.string() + " is not finished: layer " + std::to_string(layer) +
                            " of " + std::to_string(m_manifest.layers) + " is missing.",
                        "Resume it first: vlmptq quantize --resume.");
        for (const auto& module : checkpoint::describeLayer(runDir, layer)) {
            const auto& info = m_checkpoint->require(module.name + ".weight");
            if (info.shape != std::vector<std::int64_t>{module.rows, module.columns})
                throw Error(ErrorKind::BadInput, "E-EXP-21",
                            module.name + " is " + info.shapeText() + " in " + m_manifest.modelFolder +
                                ", but the run quantized [" + std::to_string(module.rows) + ", " +
                                std::to_string(module.columns) + "].",
                            "Put the checkpoint back that the run was made from.");
            m_layerOf[module.name + ".weight"] = layer;
        }
    }
}

at::Tensor WeightSource::tensor(const std::string& name) {
    const auto found = m_layerOf.find(name);
    const auto& info = m_checkpoint->require(name);
    if (found == m_layerOf.end())
        return model::tensorFromBytes(m_checkpoint->bytes(info), info);
    if (found->second != m_loadedLayer) {
        m_loaded = checkpoint::readLayer(m_runDir, found->second);
        m_loadedLayer = found->second;
    }
    for (const auto& module : m_loaded)
        if (module.name + ".weight" == name)
            return weightOf(module, found->second);
    VLMPTQ_CHECK(false, "a module vanished from its layer file");
}

at::Tensor WeightSource::weightOf(const checkpoint::QuantizedModule& stored, int layer) {
    const auto weight = model::dequantize(stored);
    const auto& quant = m_manifest.config.quant;
    if (!quant.rotate)
        return weight;
    if (!m_plain) {
        m_plain = model::openModel(m_manifest.modelFolder, {});
        m_rotation.emplace(m_plain->config(), quant.rotationSeed);
    }
    for (int i = 0; i < static_cast<int>(model::kModuleNames.size()); ++i)
        if (m_plain->moduleName(layer, static_cast<model::Module>(i)) == stored.name)
            return m_rotation->restored(static_cast<model::Module>(i), weight, *m_plain->layer(layer));
    VLMPTQ_CHECK(false, "a module of another layer in a layer file");
}

}
