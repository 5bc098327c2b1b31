// strip_range.h - range search of a strip (method.md 3). Only for strip_<isa>.cpp.
#pragma once
#include "engine/kernels/simd.h"

namespace vlmptq::kernels {
namespace {

struct SquarePower {
    template <class T>
    static Vec<T> of(Vec<T> d, double) {
        return d * d;
    }
};
struct Power24 {
    template <class T>
    static Vec<T> of(Vec<T> d, double) {
        return power12<T>(d * d);
    }
};
struct AnyPower {
    template <class T>
    static Vec<T> of(Vec<T> d, double power) {
        Vec<T> result{};
        for (int i = 0; i < kLanes<T>; ++i) {
            const double magnitude = d[i] < 0 ? -double(d[i]) : double(d[i]);
            result[i] = T(__builtin_pow(magnitude, power));
        }
        return result;
    }
};

template <class T>
struct Candidate {
    Vec<T> scale, zero;
};

template <class T>
struct Extent {
    Vec<T> low, high; // 0 is always inside

    Candidate<T> minMax(const CodeRange& range) const {
        const T steps = T(range.maxCode()), tiny = T(1e-5);
        if (range.symmetric)
            return {larger(larger(-low, high), splat(tiny)) / steps, Vec<T>{}};
        const Vec<T> scale = larger(high - low, splat(tiny)) / steps;
        return {scale, roundEven<T>(-low / scale)};
    }
    Candidate<T> shrunk(T factor, const CodeRange& range) const {
        const T steps = T(range.maxCode());
        if (range.symmetric)
            return {factor * larger(larger(-low, high), splat(T(1e-5))) / steps, Vec<T>{}};
        const Vec<T> scale = (factor * high - factor * low) / steps;
        return {scale, roundEven<T>(-(factor * low) / scale)};
    }
};

template <class T>
Extent<T> extentOf(const RangeTask<T>& task, std::int64_t row) {
    Extent<T> extent{};
    for (std::int64_t c = 0; c < task.columns; ++c) {
        const Vec<T> w = load(task.values + c * task.stride + row);
        extent.low = smaller(extent.low, w);
        extent.high = larger(extent.high, w);
    }
    const auto empty = (extent.low == T(0)) & (extent.high == T(0));
    if (!task.range.symmetric) {
        extent.low = empty ? splat(T(-1)) : extent.low;
        extent.high = empty ? splat(T(1)) : extent.high;
    }
    return extent;
}

// The error of one candidate; may be cut short once no lane can still be better than `best`.
template <class T, class Power, bool kWeighted>
Vec<T> errorOf(const RangeTask<T>& task, std::int64_t row, const Candidate<T>& candidate, Vec<T> best) {
    constexpr std::int64_t kCheckEvery = 32;
    const Grid<T> grid(task.range);
    const double power = task.power;
    Vec<T> error{};
    for (std::int64_t begin = 0; begin < task.columns; begin += kCheckEvery) {
        const std::int64_t end = begin + kCheckEvery < task.columns ? begin + kCheckEvery : task.columns;
        for (std::int64_t c = begin; c < end; ++c) {
            const Vec<T> w = load(task.values + c * task.stride + row);
            const Vec<T> code = grid.code(w, candidate.scale, candidate.zero);
            const Vec<T> cost = Power::template of<T>(w - candidate.scale * (code - candidate.zero), power);
            error += kWeighted ? task.importance[c] * cost : cost;
        }
        if (!anyLane(error < best))
            break;
    }
    return error;
}

template <class T, class Power, bool kWeighted>
void searchRows(const RangeTask<T>& task) {
    for (std::int64_t row = 0; row < task.stride; row += kLanes<T>) {
        const Extent<T> extent = extentOf(task, row);
        Candidate<T> chosen = extent.minMax(task.range);
        if (task.candidates > 1) {
            Vec<T> best = splat(T(__builtin_inf()));
            for (int i = 0; i < task.candidates; ++i) {
                const Candidate<T> candidate = extent.shrunk(T(1 - i / 100.0), task.range);
                const Vec<T> error = errorOf<T, Power, kWeighted>(task, row, candidate, best);
                const auto better = error < best;
                best = better ? error : best;
                chosen.scale = better ? candidate.scale : chosen.scale;
                chosen.zero = better ? candidate.zero : chosen.zero;
            }
        }
        store(task.scale + row, chosen.scale);
        store(task.zero + row, chosen.zero);
    }
}

template <class T, class Power>
void searchWith(const RangeTask<T>& task) {
    task.importance ? searchRows<T, Power, true>(task) : searchRows<T, Power, false>(task);
}

template <class T>
void searchRange(const RangeTask<T>& task) {
    if (task.power == 2.0)
        searchWith<T, SquarePower>(task);
    else if (task.power == 2.4)
        searchWith<T, Power24>(task);
    else
        searchWith<T, AnyPower>(task);
}

}
}
