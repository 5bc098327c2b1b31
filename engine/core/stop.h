// stop.h - how long work obeys a request to stop: it asks between pieces of work of at most some 50 ms
// (style.md 5.6).
#pragma once
#include <stop_token>

namespace vlmptq {

[[noreturn]] void throwStopped(); // Error (Stopped)

inline void throwIfStopped(const std::stop_token& stop) {
    if (stop.stop_requested())
        throwStopped();
}

}
