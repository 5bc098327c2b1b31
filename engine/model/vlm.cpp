#include "engine/model/vlm.h"

#include "engine/core/error.h"
#include "engine/core/stopwatch.h"
#include "engine/workers.h"

#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <cmath>
#include <unordered_set>

namespace vlmptq::model {
namespace {

at::Tensor positionTensor(const families::ProcessedPrompt& prompt) {
    const auto tokens = static_cast<std::int64_t>(prompt.inputIds.size());
    return at::tensor(prompt.positionIds, at::kLong).view({prompt.positionRows, tokens});
}

// Tokens after a prompt: the same number in all rows, so that one row is enough.
at::Tensor continuedPositions(const Prefill& prompt, std::int64_t done, std::int64_t count) {
    const std::int64_t first = prompt.length + done + prompt.ropeDelta;
    return at::arange(first, first + count, at::kLong).unsqueeze(0);
}

// A text is not bound to token ends, so that the answer so far is read as a whole.
bool holdsText(const Vlm& model, const std::vector<std::int64_t>& ids, const std::string& text) {
    return !text.empty() && model.processor().tokenizer().decode(ids, true).find(text) != std::string::npos;
}

class GreedyChoice {
public:
    GreedyChoice(std::span<const std::int64_t> promptIds, double penalty)
        : m_seen(promptIds.begin(), promptIds.end()), m_penalty(penalty) {}

    std::int64_t next(const at::Tensor& logits) {
        // A copy: the penalty changes it.
        const at::Tensor scores = logits.to(at::kCPU, at::kFloat, false, true).contiguous();
        const std::span<float> values(scores.data_ptr<float>(), static_cast<std::size_t>(scores.numel()));
        if (m_penalty != 1.0)
            penalise(values);
        const auto best = std::max_element(values.begin(), values.end()); // the first of equal ones
        if (!std::isfinite(*best))
            throw Error(ErrorKind::RunFailed, "E-MODEL-11", "The model's output is not a finite number.",
                        "Compute in float32, or check the checkpoint's files.");
        const std::int64_t id = best - values.begin();
        m_seen.insert(id);
        return id;
    }

private:
    void penalise(std::span<float> values) const {
        const auto penalty = static_cast<float>(m_penalty);
        for (const std::int64_t id : m_seen) {
            if (id < 0 || id >= static_cast<std::int64_t>(values.size()))
                continue;
            float& value = values[static_cast<std::size_t>(id)];
            value = value < 0 ? value * penalty : value / penalty;
        }
    }

    std::unordered_set<std::int64_t> m_seen;
    double m_penalty;
};

}

at::Tensor runDecoder(const Vlm& model, const at::Tensor& embeddings, const at::Tensor& positionIds,
                      std::vector<KvCache>* cache, std::stop_token stop) {
    c10::InferenceMode inference;
    const DecoderConfig& config = model.config();
    const Rotary rotation = rotary(config, positionIds, model.dtype(), model.device());
    if (cache)
        cache->resize(static_cast<std::size_t>(config.layers));
    at::Tensor hidden = embeddings;
    for (int i = 0; i < config.layers; ++i) {
        throwIfStopped(stop);
        hidden = forward(config, *model.layer(i), hidden, rotation,
                         cache ? &(*cache)[static_cast<std::size_t>(i)] : nullptr);
    }
    return hidden;
}

Prefill prefill(const Vlm& model, const families::ProcessedPrompt& prompt, const at::Tensor& imageRows,
                std::stop_token stop) {
    VLMPTQ_CHECK(!prompt.inputIds.empty(), "a prompt without tokens");
    c10::InferenceMode inference;
    const Stopwatch watch;
    Prefill result;
    const at::Tensor hidden =
        runDecoder(model, model.embed(prompt, imageRows), positionTensor(prompt), &result.cache, stop);
    result.lastLogits = model.logits(hidden[0][-1]);
    result.length = static_cast<std::int64_t>(prompt.inputIds.size());
    result.ropeDelta = prompt.ropeDelta;
    result.ids = prompt.inputIds;
    result.seconds = watch.seconds();
    return result;
}

Generated generate(const Vlm& model, const Prefill& prompt, const GenerateOptions& options,
                   std::stop_token stop) {
    c10::InferenceMode inference;
    const Stopwatch watch;
    const auto ends = options.endIds.empty() ? model.checkpoint().endTokenIds() : options.endIds;
    GreedyChoice choice(prompt.ids, options.repetitionPenalty);
    std::vector<KvCache> cache = prompt.cache; // shares the prompt's tensors; growing makes new ones
    at::Tensor logits = prompt.lastLogits;
    Generated result;
    result.prefillSeconds = prompt.seconds;
    for (int i = 0; i < options.maxNewTokens; ++i) {
        throwIfStopped(stop);
        if (i > 0) {
            const at::Tensor hidden = runDecoder(model, model.embedTokens(result.ids.back()),
                                                 continuedPositions(prompt, i - 1, 1), &cache, stop);
            logits = model.logits(hidden[0][0]);
        }
        result.ids.push_back(choice.next(logits));
        if (std::find(ends.begin(), ends.end(), result.ids.back()) != ends.end())
            result.end = AnswerEnd::EndToken;
        else if (holdsText(model, result.ids, options.stopText))
            result.end = AnswerEnd::StopText;
        if (result.end != AnswerEnd::Length)
            break;
    }
    result.decodeSeconds = watch.seconds();
    return result;
}

double negativeLogLikelihood(const Vlm& model, const Prefill& prompt, std::span<const std::int64_t> target,
                             std::stop_token stop) {
    if (target.empty())
        return 0;
    c10::InferenceMode inference;
    at::Tensor logits = prompt.lastLogits.unsqueeze(0); // [target, vocab]
    if (const auto given = target.first(target.size() - 1); !given.empty()) {
        std::vector<KvCache> cache = prompt.cache;
        const auto count = static_cast<std::int64_t>(given.size());
        const at::Tensor hidden = runDecoder(model, model.embedTokens({given.data(), given.size()}),
                                             continuedPositions(prompt, 0, count), &cache, stop);
        logits = at::cat({logits, model.logits(hidden[0])});
    }
    return negativeLogLikelihood(logits, target);
}

double negativeLogLikelihood(const at::Tensor& logits, std::span<const std::int64_t> target) {
    const at::Tensor ids =
        at::tensor(at::IntArrayRef(target.data(), target.size()), at::kLong).to(logits.device());
    const at::Tensor chosen = at::log_softmax(logits.to(at::kDouble), -1).gather(1, ids.unsqueeze(1));
    return -chosen.sum().item<double>();
}

}
