#include "ui/analysis/shown_scores.h"

#include "ui/plots/run_results.h"
#include "ui/selection.h"
#include "ui/store_reader.h"

namespace vlmptq::ui {
namespace {

std::vector<BenchResults> read(store::RunStore& store, const std::vector<store::RunId>& wanted) {
    std::vector<BenchResults> results;
    std::vector<EvalItem> reference;
    for (const store::RunId id : wanted) {
        const auto record = store.run(id);
        if (!record)
            continue;
        if (results.empty()) { // the model of the active run
            BenchResults full;
            full.run.model = record->model;
            full.scores = store.scores(std::nullopt, record->model);
            full.bytes = record->summary ? record->summary->originalBytes : 0;
            results.push_back(std::move(full));
            reference = store.items(std::nullopt, record->model, {});
        }
        results.push_back({.run = *record,
                           .scores = store.scores(id),
                           .title = {},
                           .bytes = record->summary ? record->summary->quantizedBytes : 0,
                           .paired = pairScores(store.items(id, record->model, {}), reference)});
    }
    return results;
}

}

ShownScores::ShownScores(const Context& context, QObject* parent) : QObject(parent), m_context(context) {
    connect(context.selection, &Selection::shownRunsChanged, this, &ShownScores::reload);
    connect(context.reader, &StoreReader::changed, this, &ShownScores::reload);
}

void ShownScores::reload() {
    m_context.reader->request(
        this, QStringLiteral("shown scores"),
        [wanted = m_context.selection->shownRuns()](store::RunStore& store) { return read(store, wanted); },
        [this](std::vector<BenchResults> results) { take(std::move(results)); });
}

void ShownScores::take(std::vector<BenchResults> results) {
    std::vector<RunResults> named;
    for (const BenchResults& one : results)
        if (!one.isFullPrecision())
            named.push_back({.run = one.run, .layers = {}, .title = {}});
    nameRuns(named);
    std::size_t next = 0;
    for (BenchResults& one : results) {
        one.title = one.isFullPrecision() ? tr("Full precision") : named[next].title;
        one.variant = one.isFullPrecision() ? 0 : named[next].variant;
        next += !one.isFullPrecision();
    }
    m_results = std::move(results);
    Q_EMIT changed();
}

}
