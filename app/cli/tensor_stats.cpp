#include "app/cli/tensor_stats.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace vlmptq::cli {
namespace {

using checkpoint::Dtype;

double fromBfloat16(std::uint16_t bits) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

double fromFloat16(std::uint16_t bits) {
    const int exponent = bits >> 10 & 0x1F, fraction = bits & 0x3FF;
    const double sign = bits & 0x8000 ? -1 : 1;
    if (exponent == 0x1F)
        return fraction ? std::numeric_limits<double>::quiet_NaN()
                        : sign * std::numeric_limits<double>::infinity();
    if (exponent == 0)
        return sign * std::ldexp(fraction, -24);
    return sign * std::ldexp(1024 + fraction, exponent - 25);
}

// Welford's update: one pass, no cancellation.
class Accumulator {
public:
    void add(double value) {
        ++m_stats.count;
        if (!std::isfinite(value)) {
            ++m_stats.notFinite;
            return;
        }
        const auto finite = static_cast<double>(m_stats.count - m_stats.notFinite);
        m_stats.zeros += value == 0;
        m_stats.minimum = finite == 1 ? value : std::min(m_stats.minimum, value);
        m_stats.maximum = finite == 1 ? value : std::max(m_stats.maximum, value);
        const double difference = value - m_stats.mean;
        m_stats.mean += difference / finite;
        m_squares += difference * (value - m_stats.mean);
    }
    TensorStats result() const {
        TensorStats stats = m_stats;
        const auto finite = stats.count - stats.notFinite;
        stats.standardDeviation = finite > 0 ? std::sqrt(m_squares / static_cast<double>(finite)) : 0;
        return stats;
    }

private:
    TensorStats m_stats;
    double m_squares = 0;
};

template <class Element, class Convert>
TensorStats accumulate(std::span<const std::byte> bytes, Convert convert) {
    Accumulator sums;
    for (std::size_t at = 0; at + sizeof(Element) <= bytes.size(); at += sizeof(Element)) {
        Element element; // the bytes may be unaligned
        std::memcpy(&element, bytes.data() + at, sizeof element);
        sums.add(convert(element));
    }
    return sums.result();
}

}

std::optional<TensorStats> statsOf(const checkpoint::TensorInfo& tensor, std::span<const std::byte> bytes) {
    const auto plain = [](auto value) { return static_cast<double>(value); };
    switch (tensor.dtype) {
    case Dtype::F64:
        return accumulate<double>(bytes, plain);
    case Dtype::F32:
        return accumulate<float>(bytes, plain);
    case Dtype::F16:
        return accumulate<std::uint16_t>(bytes, fromFloat16);
    case Dtype::BF16:
        return accumulate<std::uint16_t>(bytes, fromBfloat16);
    case Dtype::I64:
        return accumulate<std::int64_t>(bytes, plain);
    case Dtype::I32:
        return accumulate<std::int32_t>(bytes, plain);
    case Dtype::I16:
        return accumulate<std::int16_t>(bytes, plain);
    case Dtype::I8:
        return accumulate<std::int8_t>(bytes, plain);
    case Dtype::U8:
    case Dtype::Bool:
        return accumulate<std::uint8_t>(bytes, plain);
    case Dtype::Other:
        break;
    }
    return std::nullopt;
}

}
