#include "engine/evaluation/runner.h"

#include "engine/core/error.h"
#include "engine/core/stopwatch.h"
#include "engine/core/hash.h"
#include "engine/core/text.h"
#include "engine/evaluation/benchmark_resume.h"
#include "engine/evaluation/benchmark_score.h"

#include <algorithm>

namespace vlmptq::evaluation {
namespace {

using Pictures = std::vector<std::vector<std::uint8_t>>;

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

std::string hashOf(const Pictures& pictures) {
    Sha256 hash;
    for (const auto& bytes : pictures)
        hash.update(std::as_bytes(std::span(bytes)));
    return hash.hex();
}

// Empty where a picture cannot be read any more: asking again will say so.
std::string pictureHashOf(const Benchmark& benchmark, const BenchmarkItem& item) {
    try {
        return hashOf(benchmark.imageBytes(item));
    } catch (const Error&) {
        return {};
    }
}

families::Message userTurn(std::size_t images, std::string text) {
    families::Message message{.role = "user"};
    for (std::size_t i = 0; i < images; ++i)
        message.parts.push_back({.isImage = true});
    message.parts.push_back({.isImage = false, .text = std::move(text)});
    return message;
}

std::string finishOf(model::AnswerEnd end) {
    switch (end) {
    case model::AnswerEnd::EndToken:
        return "eos";
    case model::AnswerEnd::StopText:
        return "stop_text";
    case model::AnswerEnd::Length:
        break;
    }
    return "length";
}

void warnAboutErrors(const std::vector<EvalItem>& records, EventSink& sink) {
    const auto failed = [](const EvalItem& item) { return item.status == "error"; };
    const auto count = std::count_if(records.begin(), records.end(), failed);
    if (count == 0)
        return;
    const EvalItem& first = *std::find_if(records.begin(), records.end(), failed);
    sink.onEvent(event::Warning{"W-EVAL-02", first.benchmark,
                                std::to_string(count) + " of " + std::to_string(records.size()) +
                                    (count == 1 ? " questions was" : " questions were") +
                                    " not answered and counts nowhere; the first is row " +
                                    std::to_string(first.row) + ": " + first.error});
}

}

Runner::Runner(const model::Vlm& vlm, Workers& workers, ImageCache& cache, const ModelIdentity& identity,
               const api::EvaluateRequest& request)
    : m_model(vlm), m_workers(workers), m_cache(cache), m_identity(identity), m_request(request),
      m_family(families::familyOf(vlm.checkpoint()).name),
      m_cacheKey(identity.weights + "|" + identity.arithmetic + "|") {}

std::vector<families::ImageInput> Runner::prepareImages(const Benchmark& benchmark, const BenchmarkItem& item,
                                                        EvalItem& record) const {
    const Pictures pictures = benchmark.imageBytes(item);
    record.imageSha256 = hashOf(pictures);
    std::vector<families::ImageInput> images;
    const auto where = benchmark.name() + ", row " + std::to_string(item.row);
    for (const auto& bytes : pictures)
        images.push_back(
            m_model.processor().prepare(image::decode(bytes, where, {.applyExifOrientation = false})));
    return images;
}

at::Tensor Runner::imageRows(const families::ImageInput& image, std::stop_token stop) const {
    const auto key = m_cacheKey + image.key;
    auto rows = m_cache.find(key);
    if (!rows.defined()) {
        rows = m_model.encodeImage(image, stop);
        m_cache.insert(key, rows);
    }
    return rows;
}

// All of the record that is known before the model is asked; the picture's hash comes with the picture.
EvalItem Runner::question(const Benchmark& benchmark, const BenchmarkItem& item) const {
    const Task& task = taskOf(benchmark);
    EvalItem record;
    record.benchmark = benchmark.name();
    record.id = item.id;
    record.row = item.row;
    record.category = item.category;
    record.l2Category = item.l2Category;
    record.prompt = withoutPlaceholder(task.prompt(item), m_family);
    record.promptSha256 = sha256Hex(record.prompt);
    record.references = item.references;
    record.options = item.options;
    record.answer = referenceForLoss(item);
    record.ruleset = m_request.ruleset;
    record.settings = settingsText(m_identity, m_request, task);
    return record;
}

void Runner::ask(EvalItem& record, const Benchmark& benchmark, const Task& task, const BenchmarkItem& item,
                 std::stop_token stop) const {
    const auto& processor = m_model.processor();
    const auto images = prepareImages(benchmark, item, record);
    std::vector<at::Tensor> rows;
    for (const auto& image : images)
        rows.push_back(imageRows(image, stop));
    const std::vector<families::Message> messages{userTurn(images.size(), record.prompt)};
    const auto prompt = processor.process(messages, images);
    record.promptTokens = static_cast<int>(prompt.inputIds.size());
    record.visionTokens = static_cast<int>(std::count(prompt.visionMask.begin(), prompt.visionMask.end(), 1));

    const auto prefilled = model::prefill(m_model, prompt, rows.empty() ? at::Tensor() : at::cat(rows), stop);
    model::GenerateOptions options;
    options.maxNewTokens = maxNewTokens(m_request, task);
    options.repetitionPenalty = m_request.repetitionPenalty;
    options.stopText = task.stopText;
    const auto generated = model::generate(m_model, prefilled, options, stop);
    record.prefillSeconds = generated.prefillSeconds;
    record.decodeSeconds = generated.decodeSeconds;
    record.tokenIds = generated.ids;
    record.finish = finishOf(generated.end);
    record.rawAnswer = processor.tokenizer().decode(generated.ids, true);
    takeLoss(record, prefilled, stop);
}

void Runner::takeLoss(EvalItem& record, const model::Prefill& prompt, std::stop_token stop) const {
    auto target = m_model.processor().tokenizer().encode(record.answer, {});
    const auto endIds = m_model.checkpoint().endTokenIds();
    if (!endIds.empty())
        target.push_back(endIds.front());
    record.answerNll = model::negativeLogLikelihood(m_model, prompt, target, stop);
    record.answerTokens = static_cast<int>(target.size());
}

EvalItem Runner::answer(const Benchmark& benchmark, const BenchmarkItem& item, std::stop_token stop) const {
    const Task& task = taskOf(benchmark);
    EvalItem record = question(benchmark, item);
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

std::vector<EvalItem> Runner::selectOpen(const Benchmark& benchmark, Questions& open, EventSink& sink,
                                         std::stop_token stop) const {
    EarlierAnswers earlier(m_request.answered, benchmark.name());
    const auto& items = benchmark.items();
    const auto wanted = m_request.limit > 0
                            ? std::min(static_cast<std::size_t>(m_request.limit), items.size())
                            : items.size();
    std::vector<EvalItem> records;
    for (std::size_t i = 0; i < wanted; ++i) {
        throwIfStopped(stop);
        const auto pictureHash = [&] { return pictureHashOf(benchmark, items[i]); };
        if (auto record = earlier.take(question(benchmark, items[i]), pictureHash))
            records.push_back(std::move(*record));
        else
            open.push_back(&items[i]);
    }
    if (const auto sentence = earlier.sentence(); !sentence.empty())
        sink.onEvent(event::Warning{"W-EVAL-01", benchmark.name(), sentence});
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

// Appends the answers to `records`.
void Runner::answerOpen(const Benchmark& benchmark, const Questions& open, std::vector<EvalItem>& records,
                        EventSink& sink, std::stop_token stop) const {
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
        records[at] = answer(benchmark, *open[static_cast<std::size_t>(i)], stop);
        isDone[at] = 1;
    };
    try {
        answerAll(static_cast<std::int64_t>(open.size()), one, reportDone, stop);
    } catch (const Error&) {
        reportDone(); // what is answered is kept, also when the rest is not asked any more
        throw;
    }
}

BenchmarkScore Runner::run(const Benchmark& benchmark, EventSink& sink, std::stop_token stop) {
    const Stopwatch watch;
    const auto startedAt = utcNow();
    const auto& task = taskOf(benchmark);
    Questions open;
    auto records = selectOpen(benchmark, open, sink, stop);
    const auto takenOver = static_cast<std::int64_t>(records.size());
    answerOpen(benchmark, open, records, sink, stop);
    std::sort(records.begin(), records.end(),
              [](const EvalItem& a, const EvalItem& b) { return a.row < b.row; });
    warnAboutErrors(records, sink);
    auto score = aggregate(task, benchmark, records, m_request.ruleset);
    score.seconds = watch.seconds();
    score.manifest = manifestText(m_identity, m_request, benchmark, task, {startedAt, utcNow(), takenOver});
    return score;
}

}
