// weight_source.h - the tensors of a finished run under the checkpoint's names: quantized modules from their
// codes, all others from the source checkpoint. Every export format reads from here. Keeps one decoder layer
// of codes in memory.
#pragma once
#include "engine/checkpoint/checkpoint.h"
#include "engine/checkpoint/run_folder.h"
#include "engine/model/rotation.h"
#include "engine/model/vlm.h"

#include <ATen/ATen.h>

namespace vlmptq::exporting {

class WeightSource {
public:
    // Throws Error (BadInput) when the run is unfinished, or its source checkpoint is gone or was replaced.
    explicit WeightSource(const std::filesystem::path& runDir);
    const checkpoint::Checkpoint& checkpoint() const { return *m_checkpoint; }
    const checkpoint::RunManifest& manifest() const { return m_manifest; }
    bool isQuantized(const std::string& tensor) const { return m_layerOf.contains(tensor); }
    // Quantized: float32, in the model's own basis also where the run was rotated; others in the source's
    // dtype.
    at::Tensor tensor(const std::string& name);

private:
    at::Tensor weightOf(const checkpoint::QuantizedModule&, int layer);

    std::filesystem::path m_runDir;
    checkpoint::RunManifest m_manifest;
    std::shared_ptr<const checkpoint::Checkpoint> m_checkpoint;
    std::map<std::string, int> m_layerOf; // "….weight" -> decoder layer
    int m_loadedLayer = -1;
    std::unique_ptr<model::Vlm> m_plain; // of a rotated run: the model as it is
    std::optional<model::Rotation> m_rotation;
    std::vector<checkpoint::QuantizedModule> m_loaded;
};

}
