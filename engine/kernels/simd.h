// simd.h - vectors of the instruction set a file is compiled for (GCC vector extensions). Only for
// strip_<isa>.cpp, which define VLMPTQ_VECTOR_BYTES; everything has internal linkage, so that no code of one
// set leaks into another, and for the same reason no standard library template is used here.
#pragma once
#include "engine/kernels/strip_kernels.h"

namespace vlmptq::kernels {
namespace {

template <class T>
struct VectorTypes;
template <>
struct VectorTypes<float> {
    typedef float Real __attribute__((vector_size(VLMPTQ_VECTOR_BYTES)));
    typedef std::int32_t Mask __attribute__((vector_size(VLMPTQ_VECTOR_BYTES)));
    static constexpr float roundingBias = 12582912.0f; // 1.5 * 2^23
};
template <>
struct VectorTypes<double> {
    typedef double Real __attribute__((vector_size(VLMPTQ_VECTOR_BYTES)));
    typedef std::int64_t Mask __attribute__((vector_size(VLMPTQ_VECTOR_BYTES)));
    static constexpr double roundingBias = 6755399441055744.0; // 1.5 * 2^52
};

template <class T>
using Vec = typename VectorTypes<T>::Real;
template <class T>
inline constexpr int kLanes = VLMPTQ_VECTOR_BYTES / sizeof(T);

template <class T>
Vec<T> load(const T* from) {
    Vec<T> v;
    __builtin_memcpy(&v, from, sizeof v);
    return v;
}
template <class T>
void store(T* to, Vec<T> v) {
    __builtin_memcpy(to, &v, sizeof v);
}
template <class T>
Vec<T> splat(T value) {
    return value - Vec<T>{};
}

template <class V>
V smaller(V a, V b) {
    return a < b ? a : b;
}
template <class V>
V larger(V a, V b) {
    return a > b ? a : b;
}
template <class V>
V absolute(V a) {
    return larger(a, -a);
}

// Half to even, by the rounding of an addition. Beyond the bias's range the value is far outside every grid
// anyway.
template <class T, class V>
V roundEven(V v) {
    constexpr T bias = VectorTypes<T>::roundingBias;
    return (v + bias) - bias;
}

template <class T>
T laneSum(Vec<T> v) {
    T sum = 0;
    for (int i = 0; i < kLanes<T>; ++i)
        sum += v[i];
    return sum;
}

template <class M>
bool anyLane(M mask) {
    typedef std::int64_t Words __attribute__((vector_size(VLMPTQ_VECTOR_BYTES)));
    const Words words = reinterpret_cast<Words>(mask);
    std::int64_t any = 0;
    for (int i = 0; i < VLMPTQ_VECTOR_BYTES / 8; ++i)
        any |= words[i];
    return any != 0;
}

// A first guess of a^(-1/5), good to a few per cent, from the bits of a: the exponent is divided by -5.
inline Vec<float> guessInverseFifthRoot(Vec<float> a) {
    typedef VectorTypes<float>::Mask Ints;
    const Vec<float> bits = __builtin_convertvector(reinterpret_cast<Ints>(a), Vec<float>);
    return reinterpret_cast<Vec<float>>(__builtin_convertvector(1277962240.0f - bits * 0.2f, Ints));
}
inline Vec<double> guessInverseFifthRoot(Vec<double> a) {
    typedef std::uint64_t Words __attribute__((vector_size(VLMPTQ_VECTOR_BYTES)));
    const Words high = reinterpret_cast<Words>(a) >> 32;
    const Words fifth = (high * 0xCCCCCCCDu) >> 34; // high / 5 for 32-bit values
    return reinterpret_cast<Vec<double>>((1287196385u - fifth) << 32);
}

// a^1.2 for a >= 0, that is |d|^2.4 of a = d^2: third-order Newton steps on z = a^(-1/5), then (a z^2)^2.
template <class T>
Vec<T> power12(Vec<T> a) {
    Vec<T> z = guessInverseFifthRoot(a);
    for (int step = 0; step < (sizeof(T) == 4 ? 2 : 3); ++step) {
        const Vec<T> z2 = z * z;
        const Vec<T> miss = T(1) - a * z2 * z2 * z;
        z += z * miss * (T(0.2) + T(0.12) * miss);
    }
    const Vec<T> root = a * z * z;
    return root * root;
}

template <class T>
struct Grid {
    T low, high;
    explicit Grid(const CodeRange& range) : low(T(range.low)), high(T(range.high)) {}
    // NaN becomes `low`.
    Vec<T> code(Vec<T> w, Vec<T> scale, Vec<T> zero) const {
        const Vec<T> q = roundEven<T>(w / scale) + zero;
        return smaller(larger(q, splat(low)), splat(high));
    }
};

}
}
