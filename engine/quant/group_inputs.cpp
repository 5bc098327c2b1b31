#include "engine/quant/group_inputs.h"

#include "engine/calibration/gram_accumulator.h"
#include "engine/core/stopwatch.h"
#include "engine/quant/precision.h"

#include <algorithm>

namespace vlmptq::quant {
namespace {

using calibration::GramAccumulator;
using calibration::GramNeeds;
using calibration::Streams;

bool needsGram(const QuantConfig& config) {
    const auto ranges = config.effectiveRanges();
    return methodNamed(config.method).recipe.usesCalibration || ranges == Ranges::DiagH ||
           ranges == Ranges::Modality;
}

// |H_v| or |H_l| per channel: the sums without their 2/n, per token (method.md 9.2).
std::vector<float> channelMagnitude(const Gram& gram, const at::Tensor& diagonal, std::int64_t tokens) {
    if (tokens == 0)
        return {};
    const double scale = static_cast<double>(gram.samples) / 2 / static_cast<double>(tokens);
    const auto mean = (diagonal * scale).to(at::kFloat).contiguous();
    const float* data = mean.data_ptr<float>();
    return {data, data + mean.numel()};
}

class Gathering {
public:
    Gathering(const Streams& streams, const QuantConfig& config, at::Device device, Workers& workers,
              const std::function<void(double)>& progress, const std::stop_token& stop)
        : m_streams(streams), m_config(config), m_device(device), m_workers(workers), m_progress(progress),
          m_stop(stop) {}

    GroupInputs run() {
        const Stopwatch watch;
        const bool searches = m_config.effectiveRanges() == Ranges::Modality;
        const auto samples = m_streams.calibrationCount();
        const auto judging = m_config.muSamples > 0 ? static_cast<std::size_t>(m_config.muSamples) : samples;
        const bool judgesOnPart = searches && judging < samples;
        GroupInputs inputs;
        inputs.gram = sumsOf(samples, searches && !judgesOnPart, m_progress);
        inputs.channelVision =
            channelMagnitude(*inputs.gram, inputs.gram->visionDiag, inputs.gram->visionTokens);
        inputs.channelText = channelMagnitude(*inputs.gram, inputs.gram->textDiag, inputs.gram->textTokens);
        if (judgesOnPart)
            inputs.muData = searchData(judging);
        inputs.captureSeconds = watch.seconds();
        if (methodNamed(m_config.method).recipe.sweeps) {
            const Stopwatch factorWatch;
            const bool needsSums = searches && !judgesOnPart;
            inputs.factors = needsSums ? factorize(*inputs.gram, m_config, m_workers, m_stop)
                                       : factorizeConsuming(*inputs.gram, m_config, m_workers, m_stop);
            inputs.factorSeconds = factorWatch.seconds();
        }
        return inputs;
    }

private:
    Gram sumsOf(std::size_t samples, bool forSearch, const std::function<void(double)>& progress) {
        GramNeeds needs;
        needs.cross = methodNamed(m_config.method).recipe.usesResidual || forSearch;
        needs.delta = forSearch;
        needs.dtype = scalarTypeOf(m_config.precision);
        GramAccumulator sums(m_streams.input(0, true).size(1), needs, m_workers, m_device);
        for (std::size_t i = 0; i < samples; ++i) {
            throwIfStopped(m_stop);
            sums.add(m_streams.input(i, true), m_streams.input(i, false), m_streams.sample(i).visionMask, {},
                     m_stop);
            if (progress)
                progress(static_cast<double>(i + 1) / static_cast<double>(samples));
        }
        return sums.take();
    }

    // The inputs of the first samples themselves where they are smaller than H, D and dX dX^T.
    MuSearchData searchData(std::size_t judging) {
        std::int64_t tokens = 0;
        for (std::size_t i = 0; i < judging; ++i)
            tokens += m_streams.sample(i).tokens;
        MuSearchData data;
        data.samples = static_cast<std::int64_t>(judging);
        if (2 * tokens < 3 * m_streams.input(0, true).size(1)) {
            data.x = inputsOf(judging, true);
            if (!m_streams.areEqual())
                data.xFull = inputsOf(judging, false);
            return data;
        }
        Gram sums = sumsOf(judging, true, {});
        data.hessian = std::move(sums.hessian);
        data.cross = std::move(sums.cross);
        data.delta = std::move(sums.delta);
        return data;
    }

    at::Tensor inputsOf(std::size_t samples, bool quantized) const {
        std::vector<at::Tensor> rows;
        for (std::size_t i = 0; i < samples; ++i)
            rows.push_back(m_streams.input(i, quantized).to(at::kCPU, scalarTypeOf(m_config.precision)));
        return at::cat(rows);
    }

    const Streams& m_streams;
    const QuantConfig& m_config;
    const at::Device m_device;
    Workers& m_workers;
    const std::function<void(double)>& m_progress;
    const std::stop_token& m_stop;
};

}

GroupInputs gatherInputs(const Streams& streams, const QuantConfig& config, at::Device device,
                         Workers& workers, const std::function<void(double)>& progress,
                         const std::stop_token& stop) {
    if (!needsGram(config))
        return {};
    return Gathering(streams, config, device, workers, progress, stop).run();
}

}
