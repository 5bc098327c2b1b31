// events.h - what a running job says. Small values; the engine calls `EventSink::onEvent` on its own thread,
// in order. A sink must be quick and must not throw. store/run_recorder writes them to the database, the
// command line prints them, the Studio turns them into queued signals. Progress may be thinned by the
// receiver, results never are.
#pragma once
#include "engine/core/records.h"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace vlmptq {

enum class Stage { Load, Calibrate, Quantize, Save, Evaluate, Export };
std::string_view toString(Stage);

struct ModuleShape {
    std::string name, kind;
    int layer;
    std::int64_t rows, columns;
};

namespace event {
// Before the first layer of a quantization; on resume before the engine compares the fingerprint
// (core/fingerprint.h).
struct Started {
    int layers = 0;
    int firstLayer = 0;
    std::vector<ModuleShape> modules;
    std::string device, fingerprint, fingerprintParts;
}; // parts: JSON object name -> hash or value
struct StageChanged {
    Stage stage;
};
// `done` of `total` units of work within the stage (for Quantize: rows x columns^2 of the modules).
struct Progress {
    Stage stage;
    double done = 0, total = 0;
    std::string detail;
};
struct ModuleStarted {
    int index = 0;
    std::string name;
};
struct MuTried {
    int index = 0;
    std::string module;
    MuPoint point;
    int candidate = 0, candidates = 0;
};
struct ModuleFinished {
    ModuleResult result;
};
struct LayerFinished {
    LayerResult result;
}; // its file is on disk when this is sent: the commit point
struct RunFinished {
    RunSummary summary;
};
struct ItemFinished {
    EvalItem item;
    std::int64_t done = 0, total = 0;
};
struct BenchmarkFinished {
    BenchmarkScore score;
};
struct Warning {
    std::string code, where, text;
};
struct Log {
    std::string text;
};
struct Memory {
    std::uint64_t residentBytes = 0, deviceBytes = 0;
};
}

using Event =
    std::variant<event::Started, event::StageChanged, event::Progress, event::ModuleStarted, event::MuTried,
                 event::ModuleFinished, event::LayerFinished, event::RunFinished, event::ItemFinished,
                 event::BenchmarkFinished, event::Warning, event::Log, event::Memory>;

class EventSink {
public:
    virtual ~EventSink() = default;
    virtual void onEvent(const Event&) = 0;
};

// Passes events on to several sinks, in order. Holds no ownership.
class EventFan : public EventSink {
public:
    explicit EventFan(std::vector<EventSink*> sinks) : m_sinks(std::move(sinks)) {}
    void onEvent(const Event& e) override {
        for (auto* sink : m_sinks)
            sink->onEvent(e);
    }

private:
    std::vector<EventSink*> m_sinks;
};

}
