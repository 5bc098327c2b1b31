// run_attendant.h - attends to a run in work from a thread and a connection of its own, so that it answers
// however long the engine computes without a word: sends the heartbeat, and hands on what other processes ask
// for (interface.md 10).
#pragma once
#include "engine/core/error.h"
#include "engine/store/run_store.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace vlmptq::store {

struct AttendantIntervals {
    std::chrono::milliseconds heartbeat{5000}, control{300};
};

class RunAttendant {
public:
    // `onControl` is called on the attendant's thread.
    RunAttendant(const std::filesystem::path& database, RunId, std::function<void(Control)> onControl,
                 AttendantIntervals = {});
    std::optional<Error> problem() const; // the first the database had; the run goes on without heartbeat

private:
    void attend(const std::stop_token&);

    const std::unique_ptr<RunStore> m_store; // used by the thread only
    const RunId m_run;
    const std::function<void(Control)> m_onControl;
    const AttendantIntervals m_intervals;
    mutable std::mutex m_mutex;
    std::optional<Error> m_problem;
    std::condition_variable_any m_wake;
    std::jthread m_thread; // last: joined before what it uses goes away
};

}
