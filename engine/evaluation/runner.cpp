#include "engine/evaluation/runner.h"

#include "engine/core/error.h"
#include "engine/core/hash.h"
#include "engine/evaluation/benchmark_score.h"

#include <algorithm>
#include <chrono>
#include <map>

namespace vlmptq::evaluation {
namespace {

// The Qwen family has no text placeholder for pictures: a literal one in a prompt is dropped (benchmarks.md
// 6).
std::string withoutPlaceholder(std::string prompt, const std::string& family) {
    static constexpr std::string_view placeholder = "<image>";
    if (family != "qwen2_5_vl")
        return prompt;
    for (std::size_t at; (at = prompt.find(placeholder)) != std::string::npos;)
        prompt.erase(at, placeholder.size());
    return prompt;
}

std::vector<families::ImageInput> prepareImages(const model::Vlm& vlm, const Benchmark& benchmark,
                                                const BenchmarkItem& item, EvalItem& record) {
    std::vector<families::ImageInput> images;
    Sha256 hash;
    for (const auto& bytes : benchmark.imageBytes(item)) {
        hash.update(std::as_bytes(std::span(bytes)));
        const auto where = benchmark.name() + ", row " + std::to_string(item.row);
        images.push_back(
            vlm.processor().prepare(image::decode(bytes, where, {.applyExifOrientation = false})));
    }
    record.imageSha256 = hash.hex();
    return images;
}

families::Message userTurn(std::size_t images, std::string text) {
    families::Message message{.role = "user"};
    for (std::size_t i = 0; i < images; ++i)
        message.parts.push_back({.isImage = true});
    message.parts.push_back({.isImage = false, .text = std::move(text)});
    return message;
}

}

Runner::Runner(const model::Vlm& vlm, Workers& workers, ImageCache& cache, std::string cacheKey,
               const api::EvaluateRequest& request)
    : m_model(vlm), m_workers(workers), m_cache(cache), m_cacheKey(std::move(cacheKey)), m_request(request) {}

at::Tensor Runner::imageRows(const families::ImageInput& image) const {
    const auto key = m_cacheKey + image.key;
    auto rows = m_cache.find(key);
    if (!rows.defined()) {
        rows = m_model.encodeImage(image);
        m_cache.insert(key, rows);
    }
    return rows;
}

void Runner::ask(EvalItem& record, const Benchmark& benchmark, const Task& task, const BenchmarkItem& item,
                 std::stop_token stop) const {
    const auto& processor = m_model.processor();
    const auto images = prepareImages(m_model, benchmark, item, record);
    std::vector<at::Tensor> rows;
    for (const auto& image : images)
        rows.push_back(imageRows(image));
    record.prompt = withoutPlaceholder(task.prompt(item), families::familyOf(m_model.checkpoint()).name);
    const std::vector<families::Message> messages{userTurn(images.size(), record.prompt)};
    const auto prompt = processor.process(messages, images);
    record.promptTokens = static_cast<int>(prompt.inputIds.size());
    record.visionTokens = static_cast<int>(std::count(prompt.visionMask.begin(), prompt.visionMask.end(), 1));

    const auto start = std::chrono::steady_clock::now();
    const auto prefilled = model::prefill(m_model, prompt, rows.empty() ? at::Tensor() : at::cat(rows));
    record.prefillSeconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

    model::GenerateOptions options;
    options.maxNewTokens = m_request.maxNewTokens > 0 ? m_request.maxNewTokens : task.maxNewTokens;
    options.repetitionPenalty = m_request.repetitionPenalty;
    const auto generated = model::generate(m_model, prefilled, options, stop);
    record.decodeSeconds = generated.decodeSeconds;
    record.tokenIds = generated.ids;
    record.finish = generated.stoppedByEnd ? "eos" : "length";
    record.rawAnswer = processor.tokenizer().decode(generated.ids, true);

    auto target = processor.tokenizer().encode(referenceForLoss(item), {});
    const auto endIds = m_model.checkpoint().endTokenIds();
    if (!endIds.empty())
        target.push_back(endIds.front());
    record.answerNll = model::negativeLogLikelihood(m_model, prefilled, target);
    record.answerTokens = static_cast<int>(target.size());
}

EvalItem Runner::answer(const Benchmark& benchmark, const Task& task, const BenchmarkItem& item,
                        std::stop_token stop) const {
    EvalItem record;
    record.benchmark = benchmark.name();
    record.id = item.id;
    record.row = item.row;
    record.category = item.category;
    record.answer = referenceForLoss(item);
    try {
        ask(record, benchmark, task, item, stop);
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::BadInput && error.kind() != ErrorKind::RunFailed)
            throw;
        record.status = record.finish = "error"; // this question's trouble: the others go on
        record.error = error.message();
        return record;
    }
    applyScore(task, item, m_request.ruleset, record);
    return record;
}

// Items of an earlier, unfinished evaluation are taken as they are.
std::vector<EvalItem> Runner::selectOpen(const Benchmark& benchmark,
                                         std::vector<const BenchmarkItem*>& open) const {
    std::map<std::string, const EvalItem*> answered;
    for (const auto& record : m_request.answered)
        if (record.benchmark == benchmark.name())
            answered[record.id] = &record;
    const auto& items = benchmark.items();
    const auto wanted = m_request.limit > 0
                            ? std::min(static_cast<std::size_t>(m_request.limit), items.size())
                            : items.size();
    std::vector<EvalItem> records;
    for (std::size_t i = 0; i < wanted; ++i) {
        const auto found = answered.find(items[i].id);
        if (found == answered.end())
            open.push_back(&items[i]);
        else
            records.push_back(*found->second);
    }
    return records;
}

// In slices, so that answers are reported from the calling thread while others are still open.
void Runner::answerAll(std::int64_t count, const std::function<void(std::int64_t)>& one,
                       const std::function<void()>& report, std::stop_token stop) const {
    const std::int64_t slice = m_model.device().is_cuda() ? 1 : 4 * m_workers.threads();
    for (std::int64_t begin = 0; begin < count; begin += slice) {
        m_workers.forEach(
            std::min(slice, count - begin), [&](std::int64_t i) { one(begin + i); }, stop);
        report();
    }
}

BenchmarkScore Runner::run(const Benchmark& benchmark, EventSink& sink, std::stop_token stop) {
    const auto start = std::chrono::steady_clock::now();
    const auto& task = taskOf(benchmark);
    std::vector<const BenchmarkItem*> open;
    auto records = selectOpen(benchmark, open);
    const auto known = records.size(), total = known + open.size();
    records.resize(total);
    std::vector<char> isDone(total, 0);
    std::size_t reported = known;
    const auto reportDone = [&] {
        for (; reported < total && isDone[reported]; ++reported)
            sink.onEvent(event::ItemFinished{records[reported], static_cast<std::int64_t>(reported + 1),
                                             static_cast<std::int64_t>(total)});
    };
    const auto one = [&](std::int64_t i) {
        const auto at = known + static_cast<std::size_t>(i);
        records[at] = answer(benchmark, task, *open[static_cast<std::size_t>(i)], stop);
        isDone[at] = 1;
    };
    try {
        answerAll(static_cast<std::int64_t>(open.size()), one, reportDone, stop);
    } catch (const Error&) {
        reportDone(); // what is answered is kept, also when the rest is not asked any more
        throw;
    }
    std::sort(records.begin(), records.end(),
              [](const EvalItem& a, const EvalItem& b) { return a.row < b.row; });
    auto score = aggregate(task, benchmark, records, m_request.ruleset);
    score.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return score;
}

}
