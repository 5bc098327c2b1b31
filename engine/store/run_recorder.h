// run_recorder.h - writes a running job's events to the database: the same object in the command line and the
// Studio. Opens its own connection on the engine's thread. onEvent never throws: the first database error is
// kept as `problem()` and the run goes on, unless a result that exists nowhere else could not be saved: then
// a stop is asked for and `hasLostResults()` says so.
#pragma once
#include "engine/core/error.h"
#include "engine/core/events.h"
#include "engine/store/run_store.h"

#include <chrono>
#include <functional>
#include <memory>

namespace vlmptq::store {

// The shortest time between two samples of memory.
inline constexpr std::chrono::milliseconds kMemoryInterval{1000};

class RunRecorder : public EventSink {
public:
    // `onControl` is called (on the engine's thread, from onEvent) after a finished layer when another
    // process asked for something, and with StopNow when results are lost.
    RunRecorder(const std::filesystem::path& database, RunId, std::function<void(Control)> onControl = {},
                std::chrono::milliseconds memoryInterval = kMemoryInterval);
    ~RunRecorder() override;
    void onEvent(const Event&) override;
    const std::optional<Error>& problem() const;
    bool hasLostResults() const;

private:
    struct Data;
    std::unique_ptr<Data> m_data;
};

// What is evaluated: a run, or (run absent) the checkpoint `model`.
struct EvalTarget {
    std::optional<RunId> run;
    std::string model, modelFingerprint;
    std::string selection; // "first 50", "all"
};

// The same for an evaluation. Answers are saved as they come, the scores together at the end, by `finish`.
class EvalRecorder : public EventSink {
public:
    EvalRecorder(const std::filesystem::path& database, EvalTarget, std::function<void()> onLostResults = {});
    ~EvalRecorder() override;
    void onEvent(const Event&) override;
    void finish(const std::vector<BenchmarkScore>&); // throws Error (Database)
    const std::optional<Error>& problem() const;

private:
    struct Data;
    std::unique_ptr<Data> m_data;
};

}
