#include "engine/api/load_engine.h"

#include "engine/core/error.h"

#include <cstdlib>
#include <dlfcn.h>

namespace vlmptq::api {
namespace {

[[noreturn]] void fail(const std::string& why) {
    throw Error(
        ErrorKind::NoResource, "E-ENGINE-01", "The engine library could not be opened: " + why + ".",
        "Install LibTorch (Debian: libtorch-dev) or repair the installation, then run 'vlmptq doctor'.");
}

}

void chooseBlasKernels() {
#if defined(__x86_64__)
    const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
    const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (avx512 || avx2)
        setenv("OPENBLAS_CORETYPE", avx512 ? "SKYLAKEX" : "HASWELL", 0);
#endif
}

std::unique_ptr<Engine> loadEngine() {
    // Found beside libvlmptq_core.so through the run path; RTLD_LOCAL keeps LibTorch's symbols away from
    // Qt's.
    static void* library = dlopen("libvlmptq_engine.so", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        const char* reason = dlerror();
        fail(reason ? reason : "unknown reason");
    }
    auto create = reinterpret_cast<decltype(&vlmptqCreateEngine)>(dlsym(library, "vlmptqCreateEngine"));
    if (!create)
        fail("it has no entry point");
    std::unique_ptr<Engine> engine(create(kEngineInterface));
    if (!engine)
        fail("it belongs to another version of this program");
    return engine;
}

}
