// base_vlm.h - what every family has in common: the decoder's tensors by name, its layers on demand,
// embeddings and head. A family derives from it, names its tensors and adds the vision tower. Any thread
// after construction.
#pragma once
#include "engine/families/list.h"
#include "engine/model/rotation.h"
#include "engine/model/tensor_io.h"
#include "engine/model/vlm.h"

#include <atomic>
#include <mutex>

namespace vlmptq::model {

// What is opened: a checkpoint, and the run folder whose codes replace the decoder's weights (empty: none).
struct VlmSource {
    std::shared_ptr<const checkpoint::Checkpoint> files;
    OpenOptions options;
    std::filesystem::path runDir;
    int runLayers = 0; // as the run's manifest says
};

class BaseVlm : public Vlm {
public:
    const DecoderConfig& config() const override { return m_config; }
    const families::Processor& processor() const override { return *m_processor; }
    const checkpoint::Checkpoint& checkpoint() const override { return *m_source.files; }
    at::ScalarType dtype() const override { return m_source.options.dtype; }
    at::Device device() const override { return m_source.options.device; }

    at::Tensor embed(const families::ProcessedPrompt&, const at::Tensor& imageRows) const override;
    at::Tensor embedTokens(at::IntArrayRef ids) const override;
    std::string moduleName(int layer, Module) const override;
    DecoderLayer loadLayer(int layer) const override;
    std::shared_ptr<const DecoderLayer> layer(int layer) const override;
    void keepResident(bool) override;
    at::Tensor finalNorm(const at::Tensor& hidden) const override;
    at::Tensor logits(const at::Tensor& hidden) const override;

protected:
    // `prefix`: of the decoder's tensors ("model."). Checks name and shape of each of them, and the run
    // folder's layers.
    BaseVlm(VlmSource, DecoderConfig, std::string prefix);
    TensorSource weights() const { return loadingSource(*m_source.files, dtype(), device()); }

private:
    struct Slot { // a layer in use is shared; a resident one is also held
        std::mutex mutex;
        std::weak_ptr<const DecoderLayer> used;
        std::shared_ptr<const DecoderLayer> kept;
    };
    std::string layerPrefix(int layer) const;
    DecoderLayer buildLayer(int layer, const TensorSource&) const;
    void checkRun() const;
    void replaceByCodes(int layer, DecoderLayer&) const;
    at::Tensor plainTokens(at::IntArrayRef ids) const; // [1, n, hidden], not rotated
    at::Tensor entered(const at::Tensor& embeddings) const;
    std::string headName() const;
    const at::Tensor& head() const;

    VlmSource m_source;
    DecoderConfig m_config;
    std::string m_prefix;
    std::unique_ptr<families::Processor> m_processor;
    std::optional<Rotation> m_rotation;
    at::Tensor m_norm; // ones in the rotated basis: there it is part of the head
    mutable std::vector<Slot> m_slots;
    std::atomic<bool> m_keep{false};
    mutable std::once_flag m_headLoaded;
    mutable at::Tensor m_head;
};

}

// What each folder of the list defines.
namespace vlmptq::families {

#define VLMPTQ_DECLARE(name)                                                                                 \
    namespace name {                                                                                         \
    std::unique_ptr<model::Vlm> openModel(model::VlmSource);                                                 \
    }
VLMPTQ_FAMILIES(VLMPTQ_DECLARE)
#undef VLMPTQ_DECLARE

}
