// weight_source.h - the tensors of a finished run under the checkpoint's names: quantized modules from their
// codes, all others from the source checkpoint. Every export format reads from here. Keeps one decoder layer
// of codes in memory.
#pragma once
#include "engine/checkpoint/checkpoint.h"
#include "engine/checkpoint/run_folder.h"

#include <ATen/ATen.h>

namespace vlmptq::exporting {

class WeightSource {
public:
    // Throws Error (BadInput) when the run is unfinished, or its source checkpoint is gone or was replaced.
    explicit WeightSource(const std::filesystem::path& runDir);
    const checkpoint::Checkpoint& checkpoint() const { return *m_checkpoint; }
    const checkpoint::RunManifest& manifest() const { return m_manifest; }
    bool isQuantized(const std::string& tensor) const { return m_layerOf.contains(tensor); }
    at::Tensor tensor(const std::string& name); // quantized: float32; others in the source's dtype

private:
    std::filesystem::path m_runDir;
    checkpoint::RunManifest m_manifest;
    std::shared_ptr<const checkpoint::Checkpoint> m_checkpoint;
    std::map<std::string, int> m_layerOf; // "….weight" -> decoder layer
    int m_loadedLayer = -1;
    std::vector<checkpoint::QuantizedModule> m_loaded;
};

}
