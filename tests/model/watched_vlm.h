// watched_vlm.h - another model that tells when one of its layers is taken into use.
#pragma once
#include "engine/model/vlm.h"

#include <functional>

namespace vlmptq::model {

class WatchedVlm final : public Vlm {
public:
    WatchedVlm(const Vlm& model, std::function<void(int layer)> onLayer)
        : m_model(model), m_onLayer(std::move(onLayer)) {}
    const DecoderConfig& config() const override { return m_model.config(); }
    const families::Processor& processor() const override { return m_model.processor(); }
    const checkpoint::Checkpoint& checkpoint() const override { return m_model.checkpoint(); }
    at::ScalarType dtype() const override { return m_model.dtype(); }
    at::Device device() const override { return m_model.device(); }
    at::Tensor encodeImage(const families::ImageInput& image, std::stop_token stop) const override {
        return m_model.encodeImage(image, stop);
    }
    at::Tensor embed(const families::ProcessedPrompt& prompt, const at::Tensor& rows) const override {
        return m_model.embed(prompt, rows);
    }
    at::Tensor embedTokens(at::IntArrayRef ids) const override { return m_model.embedTokens(ids); }
    std::string moduleName(int layer, Module module) const override {
        return m_model.moduleName(layer, module);
    }
    DecoderLayer loadLayer(int layer) const override { return m_model.loadLayer(layer); }
    std::shared_ptr<const DecoderLayer> layer(int layer) const override {
        m_onLayer(layer);
        return m_model.layer(layer);
    }
    void keepResident(bool) override {}
    at::Tensor finalNorm(const at::Tensor& hidden) const override { return m_model.finalNorm(hidden); }
    at::Tensor logits(const at::Tensor& hidden) const override { return m_model.logits(hidden); }
    void releaseVision() override {}
    NamedTensors traceVision(std::span<const families::ImageInput> images) const override {
        return m_model.traceVision(images);
    }

private:
    const Vlm& m_model;
    std::function<void(int)> m_onLayer;
};

}
