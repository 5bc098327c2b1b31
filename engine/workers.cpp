#include "engine/workers.h"

#include "engine/core/error.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <dlfcn.h>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace vlmptq {
namespace {

// OpenBLAS keeps its own thread count; ATen only sets OpenMP's and MKL's.
void setBlasThreads(int threads) {
    using Setter = void (*)(int);
    static const auto setter = reinterpret_cast<Setter>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"));
    static const auto ownSetter = setter ? setter : [] {
        void* blas = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_NOLOAD);
        return reinterpret_cast<Setter>(blas ? dlsym(blas, "openblas_set_num_threads") : nullptr);
    }();
    if (ownSetter)
        ownSetter(threads);
    at::set_num_threads(threads);
}

}

struct Workers::Data {
    std::mutex mutex;
    std::condition_variable wake, finished;
    const std::function<void(std::int64_t)>* work = nullptr;
    std::int64_t count = 0;
    std::atomic<std::int64_t> next{0};
    std::stop_token stop;
    std::exception_ptr failure;
    std::uint64_t generation = 0;
    int busy = 0;
    bool quit = false;
    std::vector<std::jthread> threads; // last: joined before what they use goes away

    void drain() {
        for (std::int64_t i; (i = next.fetch_add(1)) < count;) {
            try {
                throwIfStopped(stop);
                (*work)(i);
            } catch (...) {
                std::scoped_lock lock(mutex);
                if (!failure)
                    failure = std::current_exception();
                next.store(count);
            }
        }
    }

    void run() {
        at::set_num_threads(1);
        c10::InferenceMode inference;
        for (std::uint64_t seen = 0;;) {
            {
                std::unique_lock lock(mutex);
                wake.wait(lock, [&] { return quit || generation != seen; });
                if (quit)
                    return;
                seen = generation;
            }
            drain();
            std::scoped_lock lock(mutex);
            if (--busy == 0)
                finished.notify_one();
        }
    }
};

Workers::Workers(int threads) : m_data(std::make_unique<Data>()) {
    VLMPTQ_CHECK(threads >= 1, "at least one thread is needed");
    setBlasThreads(1);
    for (int i = 1; i < threads; ++i)
        m_data->threads.emplace_back([data = m_data.get()] { data->run(); });
}

Workers::~Workers() {
    std::scoped_lock lock(m_data->mutex);
    m_data->quit = true;
    m_data->wake.notify_all();
}

int Workers::threads() const { return static_cast<int>(m_data->threads.size()) + 1; }

void Workers::forEach(std::int64_t count, const std::function<void(std::int64_t)>& work,
                      std::stop_token stop) {
    Data& data = *m_data;
    {
        std::scoped_lock lock(data.mutex);
        data.work = &work;
        data.count = count;
        data.next.store(0);
        data.stop = std::move(stop);
        data.failure = nullptr;
        data.busy = static_cast<int>(data.threads.size());
        ++data.generation;
        data.wake.notify_all();
    }
    {
        c10::InferenceMode inference;
        data.drain();
    }
    std::unique_lock lock(data.mutex);
    data.finished.wait(lock, [&] { return data.busy == 0; });
    data.work = nullptr;
    if (data.failure)
        std::rethrow_exception(std::exchange(data.failure, nullptr));
}

BlasThreads::BlasThreads(int threads) { setBlasThreads(threads); }
BlasThreads::~BlasThreads() { setBlasThreads(1); }

}
