#include "ui/analysis/shown_runs.h"

#include "ui/selection.h"
#include "ui/store_reader.h"

#include <algorithm>

namespace vlmptq::ui {
namespace {

// What is known of a run already, so that only new layers are read.
struct Known {
    store::RunId run = 0;
    int layers = 0;
    std::string startedAt;
};

RunResults readRun(store::RunStore& store, const store::RunRecord& record, const Known& known) {
    const bool isSame = known.startedAt == record.startedAt && record.layersDone >= known.layers;
    RunResults results{.run = record, .layers = {}, .title = {}};
    const int from = isSame ? known.layers : 0;
    if (record.layersDone > from || !isSame)
        results.layers = store.layers(record.id, from);
    return results;
}

}

ShownRuns::ShownRuns(const Context& context, QObject* parent) : QObject(parent), m_context(context) {
    connect(context.selection, &Selection::shownRunsChanged, this, &ShownRuns::reload);
    connect(context.reader, &StoreReader::changed, this, &ShownRuns::reload);
}

const RunResults* ShownRuns::active() const {
    const auto id = m_context.selection->activeRun();
    return id && !m_runs.empty() && m_runs.front().run.id == *id ? &m_runs.front() : nullptr;
}

void ShownRuns::reload() {
    const std::vector<store::RunId> wanted = m_context.selection->shownRuns();
    std::vector<Known> known;
    for (const store::RunId id : wanted) {
        const auto found = std::ranges::find(m_runs, id, [](const RunResults& one) { return one.run.id; });
        known.push_back({.run = id});
        if (found != m_runs.end())
            known.back() = {id, int(found->layers.size()), found->run.startedAt};
    }
    m_context.reader->request(
        this, QStringLiteral("shown runs"),
        [known](store::RunStore& store) {
            std::vector<RunResults> runs;
            for (const Known& one : known)
                if (const auto record = store.run(one.run))
                    runs.push_back(readRun(store, *record, one));
            return runs;
        },
        [this](std::vector<RunResults> runs) { take(std::move(runs)); });
}

void ShownRuns::take(std::vector<RunResults> runs) {
    for (RunResults& one : runs) {
        const auto before =
            std::ranges::find(m_runs, one.run.id, [](const RunResults& known) { return known.run.id; });
        const int first = one.layers.empty() ? one.run.layersDone : one.layers.front().layer;
        if (before == m_runs.end() || before->run.startedAt != one.run.startedAt || first == 0)
            continue;
        std::vector<LayerResult> layers = std::move(before->layers);
        std::erase_if(layers, [first](const LayerResult& layer) { return layer.layer >= first; });
        std::ranges::move(one.layers, std::back_inserter(layers));
        one.layers = std::move(layers);
    }
    m_runs = std::move(runs);
    nameRuns(m_runs);
    Q_EMIT changed();
}

}
