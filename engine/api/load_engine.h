// load_engine.h - opens libvlmptq_engine.so (and with it LibTorch, about a second) at run time, so that programs start at
// once and link no LibTorch. Thread-safe; the library stays loaded until the process ends.
#pragma once
#include "engine/api/engine.h"

#include <memory>

namespace vlmptq::api {

// Throws Error (NoResource) with the loader's own words when the library or LibTorch is missing or of another version.
std::unique_ptr<Engine> loadEngine();

}

// The one symbol of the engine library. `interfaceVersion` is kEngineInterface of the caller; null: it does not match.
inline constexpr int kEngineInterface = 1;
extern "C" vlmptq::api::Engine* vlmptqCreateEngine(int interfaceVersion);
