#include "engine/device.h"

#include "engine/core/error.h"
#include "engine/core/file.h"
#include "engine/core/text.h"
#include "engine/kernels/dispatch.h"

#include <ATen/Context.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <torch/version.h>

#include <chrono>
#include <dlfcn.h>
#include <fstream>
#include <set>
#include <sys/resource.h>
#include <thread>

namespace vlmptq {
namespace {

int cudaDevices() { return at::hasCUDA() ? static_cast<int>(at::detail::getCUDAHooks().getNumGPUs()) : 0; }

at::Device deviceNamed(const std::string& name) {
    const int gpus = cudaDevices();
    if (name == "cpu")
        return at::kCPU;
    if (name == "cuda")
        return deviceNamed("cuda:0");
    if (name == "auto")
        return gpus > 0 ? at::Device(at::kCUDA, 0) : at::Device(at::kCPU);
    const std::string prefix = "cuda:";
    const std::string number = name.rfind(prefix, 0) == 0 ? name.substr(prefix.size()) : "";
    if (number.empty() || number.size() > 3 || number.find_first_not_of("0123456789") != std::string::npos)
        throw Error(ErrorKind::BadOption, "E-DEV-01", "Device '" + name + "' is not known.",
                    "Use auto, cpu, cuda or cuda:N, for example cuda:1.");
    const int index = std::stoi(number);
    if (index >= gpus)
        throw Error(ErrorKind::NoResource, "E-DEV-02",
                    "Device '" + name + "' is not there: " +
                        (at::hasCUDA() ? std::to_string(gpus) + " CUDA devices were found."
                                       : "this LibTorch was built without CUDA."),
                    "Use --device auto or cpu; 'vlmptq doctor' says what was found.");
    return {at::kCUDA, static_cast<c10::DeviceIndex>(index)};
}

// The number after `key` in a /proc file that counts in kB, as bytes; 0 when there is no such line.
std::uint64_t procNumber(const char* file, const std::string& key) {
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);)
        if (line.rfind(key, 0) == 0)
            return std::stoull(line.substr(key.size())) * 1024;
    return 0;
}

std::string processorName() {
    std::ifstream in("/proc/cpuinfo");
    for (std::string line; std::getline(in, line);)
        if (line.rfind("model name", 0) == 0)
            return line.substr(line.find(':') + 2);
    return "unknown processor";
}

template <class Function>
Function symbol(const char* library, const char* name) {
    void* handle = dlopen(library, RTLD_NOW | RTLD_NOLOAD);
    if (void* found = dlsym(RTLD_DEFAULT, name))
        return reinterpret_cast<Function>(found);
    return reinterpret_cast<Function>(handle ? dlsym(handle, name) : nullptr);
}

// With the kernels it chose: they round differently.
std::string blasName() {
    if (const auto corename = symbol<char* (*)()>("libopenblas.so.0", "openblas_get_corename"))
        return std::string("OpenBLAS (") + corename() + ")";
    return at::hasMKL() ? "MKL" : "unknown BLAS";
}

double gemmGigaflops() {
    constexpr std::int64_t n = 512;
    const auto a = at::rand({n, n}), b = at::rand({n, n});
    at::mm(a, b);
    double best = 1e9;
    for (int i = 0; i < 3; ++i) {
        const auto start = std::chrono::steady_clock::now();
        at::mm(a, b);
        best =
            std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    return 2.0 * n * n * n / best / 1e9;
}

// Debian's LibTorch links whatever libblas.so.3 points to; the reference BLAS is some 40 times slower, and
// OpenBLAS 0.3.21 takes its oldest kernels ("Prescott") on processors newer than itself.
void findBlasProblems(api::EngineInfo& info) {
    info.blas = blasName();
    if (const auto corename = symbol<char* (*)()>("libopenblas.so.0", "openblas_get_corename")) {
        static const std::set<std::string> oldCores{"Prescott", "Core2", "Nehalem", "Generic"};
        const auto best = kernels::supportedIsas().back();
        if (best != kernels::Isa::Generic && oldCores.contains(corename()))
            info.problems.push_back(std::string("OpenBLAS chose its '") + corename() +
                                    "' kernels on a newer processor (" + fixed(gemmGigaflops(), 0) +
                                    " GFLOP/s): set OPENBLAS_CORETYPE=" +
                                    (best == kernels::Isa::Avx512 ? "SKYLAKEX" : "HASWELL") + ".");
        return;
    }
    if (at::hasMKL())
        return;
    const double speed = gemmGigaflops();
    info.blas = "unknown BLAS (" + fixed(speed, 1) + " GFLOP/s)";
    if (speed < 10)
        info.problems.push_back("A slow reference BLAS is in use (" + fixed(speed, 1) +
                                " GFLOP/s): install libopenblas0-pthread.");
}

}

std::uint64_t residentBytes() { return procNumber("/proc/self/status", "VmRSS:"); }
std::uint64_t peakResidentBytes() { return procNumber("/proc/self/status", "VmHWM:"); }
std::uint64_t availableBytes() { return procNumber("/proc/meminfo", "MemAvailable:"); }

Placement place(const DeviceConfig& config) {
    Placement placement;
    placement.device = deviceNamed(config.device);
    const int cores = std::max(1u, std::thread::hardware_concurrency());
    placement.threads = config.threads > 0 ? config.threads : cores;
    switch (config.computeDtype) {
    case ComputeDtype::Float32:
        placement.dtype = at::kFloat;
        break;
    case ComputeDtype::BFloat16:
        placement.dtype = at::kBFloat16;
        break;
    // CPUs: float32, what every reference was computed in; bfloat16 is an option there.
    case ComputeDtype::Auto:
        placement.dtype = placement.device.is_cuda() ? at::kBFloat16 : at::kFloat;
        break;
    }
    const std::string dtype = placement.dtype == at::kFloat ? "float32" : "bfloat16";
    const std::string isa(kernels::toString(kernels::activeIsa()));
    placement.arithmetic = dtype + " on " + placement.device.str() + ", " + isa + ", " + blasName() +
                           ", LibTorch " TORCH_VERSION;
    placement.description = placement.device.str() + ", " + std::to_string(placement.threads) +
                            (placement.threads == 1 ? " thread, " : " threads, ") + dtype + ", " + isa;
    return placement;
}

api::EngineInfo describeMachine() {
    api::EngineInfo info;
    info.torchVersion = TORCH_VERSION;
    info.kernels = std::string(kernels::toString(kernels::activeIsa()));
    info.cudaBuilt = at::hasCUDA();
    if (!info.cudaBuilt)
        info.whyNoCuda = "LibTorch " TORCH_VERSION " was built without CUDA.";
    else if (cudaDevices() == 0)
        info.whyNoCuda = "LibTorch has CUDA, but the driver reports no device.";
    info.devices.push_back(
        {"cpu", processorName() + ", " + std::to_string(std::thread::hardware_concurrency()) + " threads",
         procNumber("/proc/meminfo", "MemTotal:"), availableBytes()});
    for (int i = 0; i < cudaDevices(); ++i)
        info.devices.push_back({"cuda:" + std::to_string(i), "CUDA device", 0, 0});
    findBlasProblems(info);
    return info;
}

}
