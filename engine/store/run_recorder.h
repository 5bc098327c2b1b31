// run_recorder.h - writes a running job's events to the database: the same object in the command line and the Studio.
// Opens its own connection on the engine's thread. Sends the heartbeat and turns control requests of other processes into
// stops. A database error does not end the run: it is kept and reported once by `problem()`.
#pragma once
#include "engine/core/events.h"
#include "engine/store/run_store.h"

#include <functional>
#include <memory>

namespace vlmptq::store {

class RunRecorder : public EventSink {
public:
    // `onControl` is called (on the engine's thread) when another process asked for a pause or a stop.
    RunRecorder(const std::filesystem::path& database, RunId, std::function<void(Control)> onControl = {});
    ~RunRecorder() override;
    void onEvent(const Event&) override;
    const std::string& problem() const;

private:
    struct Data;
    std::unique_ptr<Data> m_data;
};

// The same for an evaluation of a run or of a checkpoint.
class EvalRecorder : public EventSink {
public:
    EvalRecorder(const std::filesystem::path& database, std::optional<RunId>, const std::string& model,
                 const std::string& selection);
    ~EvalRecorder() override;
    void onEvent(const Event&) override;

private:
    struct Data;
    std::unique_ptr<Data> m_data;
};

}
