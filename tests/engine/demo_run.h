// demo_run.h - short runs of the real engine on the demo model, and what they left behind.
#pragma once
#include "engine/api/load_engine.h"
#include "engine/core/error.h"
#include "engine/core/file.h"
#include "support/golden.h"
#include "support/scratch_folder.h"

#include <gmock/gmock.h>

#include <variant>

namespace vlmptq::test {

// Keeps every event; can ask for a stop after a layer.
class Recorder : public EventSink {
public:
    void onEvent(const Event& event) override {
        events.push_back(event);
        if (const auto* layer = std::get_if<event::LayerFinished>(&event)) {
            layers.push_back(layer->result);
            if (stopAfterLayer && layer->result.layer == *stopAfterLayer)
                stop.request_stop();
        }
    }
    template <class T>
    std::vector<T> all() const {
        std::vector<T> found;
        for (const auto& event : events)
            if (const auto* match = std::get_if<T>(&event))
                found.push_back(*match);
        return found;
    }
    const ModuleResult& module(std::size_t index) const { return layers.at(index / 7).modules.at(index % 7); }

    std::vector<Event> events;
    std::vector<LayerResult> layers;
    std::optional<int> stopAfterLayer;
    std::stop_source stop;
};

inline api::QuantizeRequest demoRequest(const std::filesystem::path& runDir,
                                        const std::string& method = "vlmptq") {
    api::QuantizeRequest request;
    request.runDir = runDir;
    request.config.model = (demoDir() / "model").string();
    request.config.calib.source = (demoDir() / "calib").string();
    request.config.calib.samples = 10;
    request.config.calib.heldout = 4;
    request.config.quant.method = method;
    request.config.quant.weightBits = 2;
    request.config.quant.muSamples = 4;
    return request;
}

inline std::unique_ptr<api::Engine> realEngine() {
    return std::unique_ptr<api::Engine>(vlmptqCreateEngine(kEngineInterface));
}

}
