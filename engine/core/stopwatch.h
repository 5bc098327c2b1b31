// stopwatch.h - seconds since it was made.
#pragma once
#include <chrono>

namespace vlmptq {

class Stopwatch {
public:
    double seconds() const { return std::chrono::duration<double>(Clock::now() - m_start).count(); }

private:
    using Clock = std::chrono::steady_clock;
    Clock::time_point m_start = Clock::now();
};

}
