// streams.h - all samples on their way through the decoder in two streams: full precision (X~) and quantized
// (X). A layer is walked group by group ([q k v] -> [o] -> [gate up] -> [down]), so that each group's inputs
// exist before its modules are quantized and every product is computed once: the outputs that carry a stream
// on also give the module errors. Belongs to the engine's thread; the work on samples is dealt out to the
// workers. Source: method.md 9.
#pragma once
#include "engine/calibration/activation_store.h"
#include "engine/calibration/dataset.h"
#include "engine/calibration/error_sums.h"
#include "engine/model/vlm.h"
#include "engine/workers.h"

#include <functional>
#include <optional>

namespace vlmptq::calibration {

enum class Group { Qkv, O, GateUp, Down };
inline constexpr std::array kGroups{Group::Qkv, Group::O, Group::GateUp, Group::Down};
std::span<const model::Module> modulesOf(Group);

// What stays with a sample from layer to layer.
struct StreamSample {
    model::Rotary rotary;
    at::Tensor masks;                        // [4, tokens] double: all, vision, text, answer
    at::Tensor visionMask;                   // [tokens] bool
    std::vector<std::int64_t> answerTargets; // answer tokens and the end token; empty without a whole answer
    std::int64_t tokens = 0, visionTokens = 0;
    bool wasCut = false; // to the token limit: its answer is incomplete and has no loss
};

// Error sums of one layer: [sample][module], and of the layer's output per sample.
struct LayerErrors {
    std::vector<std::array<ErrorSums, 7>> modules;
    std::vector<ErrorSums> output;
    std::vector<std::array<double, 3>>
        meanAbs; // |difference| of the output per channel and token: all, vision, text
};

// -ln p of an answer and its end token, summed; and their number.
struct AnswerLoss {
    double nll = 0;
    std::int64_t tokens = 0;
};

// Makes sample i; called from the workers, so that only the pixels in use are in memory.
using SampleBuilder = std::function<CalibrationSample(std::size_t)>;
using StepCallback = std::function<void(double share)>; // of the current walk over the samples, 0 … 1

class Streams {
public:
    // The first `calibrationCount` samples calibrate, the rest are held out.
    Streams(const model::Vlm&, Workers&, std::uint64_t budgetBytes, std::filesystem::path scratch,
            std::size_t samples, std::size_t calibrationCount, const SampleBuilder&, std::stop_token,
            const StepCallback&);

    std::size_t size() const { return m_samples.size(); }
    std::size_t calibrationCount() const { return m_calibrationCount; }
    const StreamSample& sample(std::size_t i) const { return m_samples[i]; }
    const ActivationStore& store() const { return m_store; }

    // Quantizes the inputs of the quantized stream's linears from here on.
    void setInputGrid(const model::ActivationGrid&);

    // Inputs of the group about to be quantized, [tokens, Ci]; the same tensor while the streams are equal.
    at::Tensor input(std::size_t sample, bool quantized) const;
    // True until the first group was carried on: there is one stream only, and it is stored once.
    bool areEqual() const { return m_inputsAreEqual; }

    void beginLayer(const model::DecoderLayer& full, std::stop_token, const StepCallback& = {});
    // Carries both streams through the group's modules. `quantized` holds their dequantized weights.
    void advance(Group, const model::DecoderLayer& full, const model::DecoderLayer& quantized, LayerErrors&,
                 std::stop_token, const StepCallback& = {});

    // After the last layer: the losses of one stream's answers, of the held-out samples that have one.
    std::vector<AnswerLoss> heldoutLosses(bool quantized, std::stop_token);

private:
    void deal(std::size_t count, const std::function<void(std::size_t)>&, const std::stop_token&);
    void forEachSample(const std::function<void(std::size_t)>&, const std::stop_token&, const StepCallback&);
    struct Walk;    // one group's modules on their way through all samples
    class Products; // of one sample in it
    void carryAttention(const Walk&, std::size_t sample);
    void carryOutput(const Walk&, std::size_t sample);
    void carryGate(const Walk&, std::size_t sample);
    void carryDown(const Walk&, std::size_t sample);
    void putInputs(std::size_t sample, at::Tensor full, at::Tensor quantized);
    void putHidden(std::size_t sample, at::Tensor full, at::Tensor quantized);
    at::Tensor hidden(std::size_t sample, bool quantized) const;
    AnswerLoss answerLoss(std::size_t sample, bool quantized) const;

    const model::Vlm& m_model;
    Workers& m_workers;
    ActivationStore m_store;
    std::vector<StreamSample> m_samples;
    std::size_t m_calibrationCount;
    bool m_inputsAreEqual = true, m_hiddenAreEqual = true;
    model::ActivationGrid m_inputGrid;
};

}
