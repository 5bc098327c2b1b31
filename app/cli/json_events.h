// json_events.h - a job's events as JSON lines on stdout: "event", "schema" and stable field names. Progress
// is thinned, results never are. Lives on the engine's thread.
#pragma once
#include "app/cli/console.h"
#include "engine/core/events.h"
#include "engine/store/run_store.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <optional>

namespace vlmptq::cli {

class JsonEvents : public EventSink {
public:
    JsonEvents(Console& console, std::optional<store::RunId> run) : m_console(console), m_run(run) {}
    void onEvent(const Event&) override;
    void send(const char* event, nlohmann::ordered_json fields); // for what the command itself has to say

private:
    Console& m_console;
    std::optional<store::RunId> m_run;
    std::chrono::steady_clock::time_point m_lastProgress;
};

}
