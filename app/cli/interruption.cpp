#include "app/cli/interruption.h"

#include <cerrno>
#include <ctime>
#include <unistd.h>

namespace vlmptq::cli {

Interruption::Interruption(Console& console) : m_console(console) {
    sigemptyset(&m_signals);
    sigaddset(&m_signals, SIGINT);
    sigaddset(&m_signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &m_signals, nullptr);
    if (!::isatty(STDERR_FILENO))
        std::signal(SIGHUP, SIG_IGN);
    m_watcher = std::jthread([this](const std::stop_token& end) { watch(end); });
}

Interruption::~Interruption() {
    m_watcher.request_stop();
    m_watcher.join();
    pthread_sigmask(SIG_UNBLOCK, &m_signals, nullptr);
}

void Interruption::watch(const std::stop_token& end) {
    constexpr timespec kLookForEnd{.tv_sec = 0, .tv_nsec = 100'000'000};
    while (!end.stop_requested()) {
        if (sigtimedwait(&m_signals, nullptr, &kLookForEnd) < 0)
            continue; // time is up, or another signal was handled
        if (m_stop.stop_requested()) {
            m_console.note("stopped at once");
            ::_exit(130);
        }
        m_console.note("stopping after the current piece of work; Ctrl-C again stops at once");
        m_stop.request_stop();
    }
}

}
