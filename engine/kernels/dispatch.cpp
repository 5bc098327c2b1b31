#include "engine/kernels/dispatch.h"

#include "engine/core/error.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

namespace vlmptq::kernels {

extern const StripKernels<float> kGenericFloat, kAvx2Float, kAvx512Float;
extern const StripKernels<double> kGenericDouble, kAvx2Double, kAvx512Double;

namespace {

constexpr std::array<std::string_view, 3> kNames{"generic", "avx2", "avx512"};

Isa chosenIsa() {
    const auto supported = supportedIsas();
    const char* wanted = std::getenv("VLMPTQ_KERNELS");
    if (!wanted || !*wanted)
        return supported.back();
    const auto found =
        std::find_if(supported.begin(), supported.end(), [&](Isa isa) { return toString(isa) == wanted; });
    if (found != supported.end())
        return *found;
    std::string names;
    for (Isa isa : supported)
        names += (names.empty() ? "" : ", ") + std::string(toString(isa));
    throw Error(ErrorKind::BadOption, "E-KERN-01",
                "VLMPTQ_KERNELS=" + std::string(wanted) + " is not available on this processor.",
                "Unset it, or use one of: " + names + ".");
}

}

std::string_view toString(Isa isa) { return kNames[static_cast<size_t>(isa)]; }

std::vector<Isa> supportedIsas() {
    std::vector<Isa> supported{Isa::Generic};
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c"))
        supported.push_back(Isa::Avx2);
    if (supported.back() == Isa::Avx2 && __builtin_cpu_supports("avx512f") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl"))
        supported.push_back(Isa::Avx512);
    return supported;
}

Isa activeIsa() {
    static const Isa isa = chosenIsa();
    return isa;
}

template <>
const StripKernels<float>& stripKernels<float>(Isa isa) {
    return isa == Isa::Avx512 ? kAvx512Float : isa == Isa::Avx2 ? kAvx2Float : kGenericFloat;
}
template <>
const StripKernels<double>& stripKernels<double>(Isa isa) {
    return isa == Isa::Avx512 ? kAvx512Double : isa == Isa::Avx2 ? kAvx2Double : kGenericDouble;
}

}
