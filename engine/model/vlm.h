// vlm.h - a loaded vision-language model of any family: vision entry, embeddings, decoder layers on demand,
// head. Layers are loaded one at a time (from the checkpoint, or from a run's codes) in the compute dtype, so
// that a model larger than memory can be worked on; `keepResident` keeps them. Reading is thread-safe after
// construction.
#pragma once
#include "engine/families/processor.h"
#include "engine/model/decoder.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>

namespace vlmptq::model {

using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

class Vlm {
public:
    virtual ~Vlm() = default;
    virtual const DecoderConfig& config() const = 0;
    virtual const families::Processor& processor() const = 0;
    virtual const checkpoint::Checkpoint& checkpoint() const = 0;
    virtual at::ScalarType dtype() const = 0;
    virtual at::Device device() const = 0;

    // [tokens, hidden]: what replaces the image's positions. Looks at `stop` between the tower's blocks.
    virtual at::Tensor encodeImage(const families::ImageInput&, std::stop_token stop = {}) const = 0;
    // [1, tokens, hidden]: embeddings with `imageRows` ([vision tokens, hidden], or undefined) at the masked
    // positions. Throws Error when the numbers differ.
    virtual at::Tensor embed(const families::ProcessedPrompt&, const at::Tensor& imageRows) const = 0;
    virtual at::Tensor embedTokens(at::IntArrayRef ids) const = 0; // [1, n, hidden]

    // The checkpoint's spelling, without ".weight".
    virtual std::string moduleName(int layer, Module) const = 0;
    virtual DecoderLayer loadLayer(int layer) const = 0; // always from the source
    // Resident when kept or in use elsewhere, else loaded.
    virtual std::shared_ptr<const DecoderLayer> layer(int layer) const = 0;
    virtual void keepResident(bool) = 0;
    virtual at::Tensor finalNorm(const at::Tensor& hidden) const = 0;
    // Final norm and head: [..., vocab], float32.
    virtual at::Tensor logits(const at::Tensor& hidden) const = 0;
    // Gives the vision tower's memory back; the next encodeImage loads it again.
    virtual void releaseVision() = 0;
    // Intermediate outputs of the vision tower for `probe model`: golden names without "<case>/vision/".
    virtual NamedTensors traceVision(std::span<const families::ImageInput>) const = 0;
};

struct OpenOptions {
    at::ScalarType dtype = at::kFloat;
    at::Device device = at::kCPU;
    // Of a run folder the rest comes from its settings.
    std::optional<std::uint64_t> rotationSeed; // the model in QuaRot's rotated basis (rotation.h)
    bool rotatesKeys = false;                  // R3 too: keys are quantized
    ActivationGrid input, cache;               // simulated quantizers of its layers
    bool simulatesQuantizers = true;           // false: a run's weights without its quantizers
};

// A checkpoint folder, or a run folder (then the decoder's weights are scale * (code - zero) of its layer
// files, float32 before the cast to the compute dtype). One line per family in open_model.cpp.
std::unique_ptr<Vlm> openModel(const std::filesystem::path&, const OpenOptions&);

// Everything below looks at its stop token before every decoder layer and ends in Error (Stopped).

// Teacher forcing over one sequence: hidden states [1, n, hidden] before the final norm.
at::Tensor runDecoder(const Vlm&, const at::Tensor& embeddings, const at::Tensor& positionIds,
                      std::vector<KvCache>* cache = nullptr, std::stop_token = {});

struct GenerateOptions {
    int maxNewTokens = 16;
    double repetitionPenalty = 1.0;
    std::vector<std::int64_t> endIds; // empty: the checkpoint's
    std::string stopText{};           // the answer ends with the token that completes it; empty: none
};

enum class AnswerEnd { Length, EndToken, StopText };

struct Generated {
    std::vector<std::int64_t> ids; // the end token included
    AnswerEnd end = AnswerEnd::Length;
    double prefillSeconds = 0, decodeSeconds = 0;
};

// A prompt run through the decoder once: generation and answer losses continue from it.
struct Prefill {
    std::vector<KvCache> cache;
    at::Tensor lastLogits; // [vocab], float32
    std::int64_t length = 0, ropeDelta = 0;
    std::vector<std::int64_t> ids; // prompt ids, for the repetition penalty
    double seconds = 0;
};
Prefill prefill(const Vlm&, const families::ProcessedPrompt&, const at::Tensor& imageRows,
                std::stop_token = {});
// Greedy: argmax of float32 logits, ties to the lowest id (models.md 8). The prefill is not changed.
Generated generate(const Vlm&, const Prefill&, const GenerateOptions&, std::stop_token = {});
// Sum of -ln p over `target` (an answer's tokens and the end token) after the prompt.
double negativeLogLikelihood(const Vlm&, const Prefill&, std::span<const std::int64_t> target,
                             std::stop_token = {});
// The same of given logits [n, vocab], one row per target.
double negativeLogLikelihood(const at::Tensor& logits, std::span<const std::int64_t> target);

}
