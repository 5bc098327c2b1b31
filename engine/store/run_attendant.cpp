#include "engine/store/run_attendant.h"

namespace vlmptq::store {

RunAttendant::RunAttendant(const std::filesystem::path& database, RunId run,
                           std::function<void(Control)> onControl, AttendantIntervals intervals)
    : m_store(RunStore::open(database)), m_run(run), m_onControl(std::move(onControl)),
      m_intervals(intervals), m_thread([this](const std::stop_token& stop) { attend(stop); }) {}

std::optional<Error> RunAttendant::problem() const {
    std::scoped_lock lock(m_mutex);
    return m_problem;
}

void RunAttendant::attend(const std::stop_token& stop) {
    using Clock = std::chrono::steady_clock;
    auto nextHeartbeat = Clock::now();
    while (!stop.stop_requested()) {
        try {
            if (Clock::now() >= nextHeartbeat) {
                m_store->heartbeat(m_run);
                nextHeartbeat = Clock::now() + m_intervals.heartbeat;
            }
            if (const auto request = m_store->takeControl(m_run); request != Control::None)
                m_onControl(request);
        } catch (const Error& error) {
            std::scoped_lock lock(m_mutex);
            if (!m_problem)
                m_problem = error;
        }
        std::unique_lock lock(m_mutex);
        m_wake.wait_for(lock, stop, m_intervals.control, [] { return false; });
    }
}

}
