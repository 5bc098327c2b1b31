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
std::vector<float> channelMagnitude(const Gram& gram, const at::Tensor& squares, std::int64_t tokens) {
    if (tokens == 0)
        return {};
    const double scale = static_cast<double>(gram.samples) / 2 / static_cast<double>(tokens);
    const auto mean = (squares * scale).to(at::kFloat).contiguous();
    const float* data = mean.data_ptr<float>();
    return {data, data + mean.numel()};
}

constexpr std::size_t kFoldShare = 4; // the last quarter of the samples judges

class Gathering {
public:
    Gathering(const Streams& streams, const QuantConfig& config, at::Device device, Workers& workers,
              const std::function<void(double)>& progress, const std::stop_token& stop)
        : m_streams(streams), m_config(config), m_device(device), m_workers(workers), m_progress(progress),
          m_stop(stop) {}

    GroupInputs run() {
        const Stopwatch watch;
        const auto samples = m_streams.calibrationCount();
        const bool searches = m_config.effectiveRanges() == Ranges::Modality;
        const auto judging = m_config.muSamples > 0 ? static_cast<std::size_t>(m_config.muSamples) : samples;
        const bool judgesOnPart = searches && judging < samples;
        GroupInputs inputs;
        Gram larger;
        if (choosesTarget() && samples >= kFoldShare) {
            const auto split = samples - samples / kFoldShare;
            larger = sumsOf({0, split}, searches && !judgesOnPart);
            Gram judge = sumsOf({split, samples}, true);
            inputs.gram = calibration::merged(larger, judge);
            inputs.fold.emplace(Fold{{}, std::move(judge)});
        } else {
            inputs.gram = sumsOf({0, samples}, searches && !judgesOnPart);
        }
        inputs.channelVision =
            channelMagnitude(*inputs.gram, inputs.gram->visionSquares, inputs.gram->visionTokens);
        inputs.channelText =
            channelMagnitude(*inputs.gram, inputs.gram->textSquares, inputs.gram->textTokens);
        if (judgesOnPart)
            inputs.muData = searchData(judging);
        inputs.captureSeconds = watch.seconds();
        if (recipe().sweeps) {
            const Stopwatch factorWatch;
            if (inputs.fold)
                inputs.fold->factors = factorizeConsuming(larger, m_config, m_workers, m_stop);
            const bool needsSums = searches && !judgesOnPart;
            inputs.factors = needsSums ? factorize(*inputs.gram, m_config, m_workers, m_stop)
                                       : factorizeConsuming(*inputs.gram, m_config, m_workers, m_stop);
            inputs.factorSeconds = factorWatch.seconds();
        }
        return inputs;
    }

private:
    struct Range {
        std::size_t begin, end; // samples
    };

    const MethodRecipe& recipe() const { return methodNamed(m_config.method).recipe; }
    bool choosesTarget() const { return recipe().retargets && !m_config.retarget && !m_streams.areEqual(); }

    // Of the calibration samples themselves progress is told, of a second pass over the first of them not.
    enum class Pass { First, Second };

    Gram sumsOf(Range range, bool forSearch, Pass pass = Pass::First) {
        GramNeeds needs;
        needs.cross = recipe().usesResidual || m_config.needsRegression() || forSearch;
        needs.delta = forSearch;
        needs.dtype = scalarTypeOf(m_config.precision);
        GramAccumulator sums(m_streams.input(0, true).size(1), needs, m_workers, m_device);
        for (std::size_t i = range.begin; i < range.end; ++i) {
            throwIfStopped(m_stop);
            const auto& sample = m_streams.sample(i);
            sums.add(m_streams.input(i, true), m_streams.input(i, false), sample.visionMask,
                     weightsOf(sample), m_stop);
            if (pass == Pass::First)
                m_progress(static_cast<double>(i + 1) / static_cast<double>(m_streams.calibrationCount()));
        }
        return sums.take();
    }

    // Tokens that predict the answer count more often (method.md 17.9).
    at::Tensor weightsOf(const calibration::StreamSample& sample) const {
        const double weight = m_config.effectiveAnswerWeight();
        if (weight == 1)
            return {};
        return sample.masks.select(0, calibration::AnswerTokens) * (weight - 1) + 1;
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
        Gram sums = sumsOf({0, judging}, true, Pass::Second);
        data.hessian = std::move(sums.hessian);
        data.cross = std::move(sums.cross);
        data.delta = std::move(sums.delta);
        return data;
    }

    // A token that counts w times has w times its squared error: its rows times sqrt(w).
    at::Tensor inputsOf(std::size_t samples, bool quantized) const {
        const auto type = scalarTypeOf(m_config.precision);
        std::vector<at::Tensor> rows;
        for (std::size_t i = 0; i < samples; ++i) {
            rows.push_back(m_streams.input(i, quantized).to(at::kCPU, type));
            if (const auto weights = weightsOf(m_streams.sample(i)); weights.defined())
                rows.back() = rows.back() * weights.sqrt().to(at::kCPU, type).unsqueeze(1);
        }
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
