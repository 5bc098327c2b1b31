// interruption.h - Ctrl-C and SIGTERM during a job. The first asks the job to stop after the current piece of
// work and says how to resume; the second ends the process at once (files and database survive that: they are
// written atomically). SIGHUP is ignored when there is no terminal. Construct it before any other thread
// exists: signals are blocked in the threads that are started afterwards and taken by one of its own.
#pragma once
#include "app/cli/console.h"

#include <csignal>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

namespace vlmptq::cli {

class Interruption {
public:
    explicit Interruption(Console&);
    ~Interruption();
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;

    std::stop_source source() const { return m_stop; }
    std::stop_token token() const { return m_stop.get_token(); }

private:
    void watch(const std::stop_token& end);

    Console& m_console;
    sigset_t m_signals{};
    std::stop_source m_stop;
    std::jthread m_watcher;
};

}
