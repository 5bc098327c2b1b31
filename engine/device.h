// device.h - where the arithmetic runs and in which dtype: resolves "auto", counts threads, and finds the
// known ways in which a machine makes LibTorch slow (reference BLAS, an OpenBLAS core chosen wrongly). Any
// thread.
#pragma once
#include "engine/api/engine.h"

#include <ATen/ATen.h>

namespace vlmptq {

struct Placement {
    at::Device device = at::kCPU;
    at::ScalarType dtype = at::kFloat;
    int threads = 1;
    std::string arithmetic;  // what results depend on: "float32 on cpu, avx512, LibTorch 1.13.1"
    std::string description; // "cpu, 2 threads, float32, avx512"
};

// Throws Error (BadOption) for a malformed device, Error (NoResource) for one this machine does not have.
Placement place(const DeviceConfig&);
api::EngineInfo describeMachine();
std::uint64_t residentBytes(); // of this process
std::uint64_t peakResidentBytes();
std::uint64_t availableBytes(); // memory the system can still give

}
