// workers.h - the engine's threads. Work is dealt out by index and every index is computed by one thread with
// single-threaded BLAS, so results do not depend on how many threads there are. Each worker runs in inference
// mode.
#pragma once
#include "engine/core/stop.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>

namespace vlmptq {

class Workers {
public:
    explicit Workers(int threads); // >= 1; the calling thread counts as one of them
    ~Workers();
    int threads() const;
    // Calls work(i) once for every i in [0, count), in any order and on any worker; returns when all are
    // done. The first exception stops the rest and is thrown here. A requested stop ends in Error of kind
    // Stopped.
    void forEach(std::int64_t count, const std::function<void(std::int64_t)>& work,
                 std::stop_token stop = {});

private:
    struct Data;
    std::unique_ptr<Data> m_data;
};

// For one large factorisation: BLAS may use `threads` threads within the scope, one outside (OpenBLAS, MKL,
// OpenMP).
class BlasThreads {
public:
    explicit BlasThreads(int threads);
    ~BlasThreads();
    BlasThreads(const BlasThreads&) = delete;
    BlasThreads& operator=(const BlasThreads&) = delete;
};

}
