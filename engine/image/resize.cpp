// Antialiased bicubic resampling in fixed point, equal to the tensor back end of the reference
// (models.md 4.1).
#include "engine/core/error.h"
#include "engine/image/decoders.h"

#include <algorithm>
#include <cmath>

namespace vlmptq::image {
namespace {

constexpr int kMaxPrecision = 22; // 8 bits of byte and 2 of head room in an int32 accumulator

double cubic(double x) {
    constexpr double a = -0.5;
    x = std::abs(x);
    if (x < 1)
        return ((a + 2) * x - (a + 3)) * x * x + 1;
    if (x < 2)
        return (((x - 5) * x + 8) * x - 4) * a;
    return 0;
}

// For every output position the first input position and the weights of its neighbours, times 2^precision.
struct Axis {
    struct Window {
        int first, count;
    };
    std::vector<Window> windows;
    std::vector<std::int16_t> weights; // [output, stride]
    std::size_t stride = 0;
    int precision = 0;

    const std::int16_t* weightsOf(std::size_t i) const { return weights.data() + i * stride; }
};

// One precision for the whole axis: the largest at which every weight fits 16 bits.
int precisionFor(double largestWeight) {
    int precision = 0;
    while (precision < kMaxPrecision &&
           static_cast<int>(0.5 + largestWeight * (1 << (precision + 1))) < (1 << 15))
        ++precision;
    return precision;
}

Axis axisFor(int inputs, int outputs) {
    const double scale = static_cast<double>(inputs) / outputs;
    const double support = 2 * std::max(scale, 1.0), inverse = 1 / std::max(scale, 1.0);
    Axis axis;
    axis.stride = 2 * static_cast<std::size_t>(std::ceil(support)) + 1;
    std::vector<double> exact(static_cast<std::size_t>(outputs) * axis.stride);
    for (int i = 0; i < outputs; ++i) {
        const double centre = scale * (i + 0.5);
        const int first = std::max(static_cast<int>(centre - support + 0.5), 0);
        const int last = std::min(static_cast<int>(centre + support + 0.5), inputs);
        auto* weights = exact.data() + static_cast<std::size_t>(i) * axis.stride;
        double sum = 0;
        for (int j = 0; j < last - first; ++j)
            sum += weights[j] = cubic((j + first - centre + 0.5) * inverse);
        for (int j = 0; j < last - first; ++j)
            weights[j] /= sum;
        axis.windows.push_back({first, last - first});
    }
    axis.precision = precisionFor(*std::max_element(exact.begin(), exact.end()));
    axis.weights.resize(exact.size());
    std::transform(exact.begin(), exact.end(), axis.weights.begin(), [&](double weight) {
        return static_cast<std::int16_t>(std::round(weight * (1 << axis.precision))); // half away from zero
    });
    return axis;
}

std::uint8_t toByte(std::int32_t sum, int precision) {
    return static_cast<std::uint8_t>(std::clamp(sum >> precision, 0, 255));
}

void resizeRow(const std::uint8_t* source, const Axis& axis, std::uint8_t* target) {
    const std::int32_t half = 1 << (axis.precision - 1);
    for (std::size_t i = 0; i < axis.windows.size(); ++i, target += 3) {
        const auto [first, count] = axis.windows[i];
        const auto* weights = axis.weightsOf(i);
        const auto* pixel = source + 3 * static_cast<std::size_t>(first);
        std::int32_t red = half, green = half, blue = half;
        for (int j = 0; j < count; ++j, pixel += 3) {
            red += weights[j] * pixel[0];
            green += weights[j] * pixel[1];
            blue += weights[j] * pixel[2];
        }
        target[0] = toByte(red, axis.precision);
        target[1] = toByte(green, axis.precision);
        target[2] = toByte(blue, axis.precision);
    }
}

RgbImage resizeHorizontally(const RgbImage& source, int width) {
    const auto axis = axisFor(source.width, width);
    RgbImage result = allocate({width, source.height});
    const auto sourceRow = 3 * static_cast<std::size_t>(source.width),
               targetRow = 3 * static_cast<std::size_t>(width);
    for (std::size_t y = 0; y < static_cast<std::size_t>(source.height); ++y)
        resizeRow(source.pixels.data() + y * sourceRow, axis, result.pixels.data() + y * targetRow);
    return result;
}

RgbImage resizeVertically(const RgbImage& source, int height) {
    const auto axis = axisFor(source.height, height);
    RgbImage result = allocate({source.width, height});
    const auto rowBytes = 3 * static_cast<std::size_t>(source.width);
    std::vector<std::int32_t> sums(rowBytes); // row by row: both inner loops run over neighbouring bytes
    for (std::size_t y = 0; y < axis.windows.size(); ++y) {
        const auto [first, count] = axis.windows[y];
        std::fill(sums.begin(), sums.end(), 1 << (axis.precision - 1));
        for (int j = 0; j < count; ++j) {
            const auto* row = source.pixels.data() + static_cast<std::size_t>(first + j) * rowBytes;
            const std::int32_t weight = axis.weightsOf(y)[j];
            for (std::size_t x = 0; x < rowBytes; ++x)
                sums[x] += weight * row[x];
        }
        auto* target = result.pixels.data() + y * rowBytes;
        for (std::size_t x = 0; x < rowBytes; ++x)
            target[x] = toByte(sums[x], axis.precision);
    }
    return result;
}

}

RgbImage resizeBicubic(const RgbImage& source, int width, int height) {
    VLMPTQ_CHECK(source.width > 0 && source.height > 0 && width > 0 && height > 0,
                 "a picture without pixels");
    if (source.width == width && source.height == height)
        return source;
    if (source.width == width)
        return resizeVertically(source, height);
    if (source.height == height)
        return resizeHorizontally(source, width);
    return resizeVertically(resizeHorizontally(source, width), height);
}

}
