// Qwen2.5-VL (models.md 5): configuration in both layouts, tensor names in both spellings, vision tower on
// demand. Every field, name and shape is checked; a refusal names it.
#include "engine/families/qwen2_5_vl/names.h"
#include "engine/families/qwen2_5_vl/vision_tower.h"
#include "engine/model/base_vlm.h"

#include <c10/core/InferenceMode.h>

#include <utility>

namespace vlmptq::families::qwen2_5_vl {
namespace {

// Traces of several images one after the other: rows are appended, indices into them move on.
void appendTrace(model::NamedTensors& all, model::NamedTensors next) {
    if (all.empty())
        return void(all = std::move(next));
    const std::int64_t cells = all.back().second.size(0); // merger_window_order
    for (std::size_t i = 0; i < all.size(); ++i) {
        auto& [name, rows] = all[i];
        at::Tensor more = next[i].second;
        if (name == "window_index")
            more = more + cells;
        if (name == "cu_window_seqlens")
            more = more.slice(0, 1) + rows[-1];
        rows = at::cat({rows, more});
    }
}

class Qwen25Vl final : public model::BaseVlm {
public:
    Qwen25Vl(model::VlmSource source, const Configs& configs, const Names& names)
        : BaseVlm(std::move(source), configs.text, names.decoder), m_vision(configs.vision),
          m_prefix(names.vision) {
        VisionTower(m_vision, m_prefix, model::checkingSource(checkpoint()));
    }

    at::Tensor encodeImage(const ImageInput& image, std::stop_token stop) const override {
        c10::InferenceMode inference;
        return tower()->forward(image, nullptr, stop);
    }

    std::vector<std::pair<std::string, at::Tensor>>
    traceVision(std::span<const ImageInput> images) const override {
        c10::InferenceMode inference;
        model::NamedTensors all;
        for (const ImageInput& image : images) {
            model::NamedTensors trace;
            tower()->forward(image, &trace);
            appendTrace(all, std::move(trace));
        }
        return all;
    }

    void releaseVision() override {
        std::scoped_lock lock(m_towerMutex);
        m_tower.reset();
    }

private:
    std::shared_ptr<const VisionTower> tower() const {
        std::scoped_lock lock(m_towerMutex);
        if (!m_tower)
            m_tower = std::make_shared<const VisionTower>(m_vision, m_prefix, weights());
        return m_tower;
    }

    VisionConfig m_vision;
    std::string m_prefix;
    mutable std::mutex m_towerMutex;
    mutable std::shared_ptr<const VisionTower> m_tower;
};

}

std::unique_ptr<model::Vlm> openModel(model::VlmSource source) {
    const Configs configs = readConfigs(*source.files);
    const Names names = namesOf(*source.files);
    return std::make_unique<Qwen25Vl>(std::move(source), configs, names);
}

}
