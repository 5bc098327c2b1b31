// load_engine.h - opens libvlmptq_engine.so (and with it LibTorch, about a second) at run time, so that
// programs start at once and link no LibTorch. Thread-safe; the library stays loaded until the process ends.
#pragma once
#include "engine/api/engine.h"

#include <memory>

namespace vlmptq::api {

// OpenBLAS picks its kernels by the processor's name and takes its oldest ones for a name newer than itself
// (Debian 12's on recent processors: 2.5 times slower). This picks them by what the processor can do, unless
// OPENBLAS_CORETYPE is already set. To be called first in main(), before there are threads.
void chooseBlasKernels();

// Throws Error (NoResource) with the loader's own words when the library or LibTorch is missing or of another
// version.
std::unique_ptr<Engine> loadEngine();

}

// The one symbol of the engine library. `interfaceVersion` is kEngineInterface of the caller; null: it does
// not match.
inline constexpr int kEngineInterface = 1;
extern "C" vlmptq::api::Engine* vlmptqCreateEngine(int interfaceVersion);
