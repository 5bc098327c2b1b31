// Measures how long the run library takes to load: 1,000 runs with summaries, tags and scores (interface.md
// 2: under 200 ms), and the layers of a run of 28 x 7 modules. Prints milliseconds, the median of ten loads
// each.
#include "engine/store/run_store.h"
#include "support/fake_engine.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <stdlib.h>

using namespace vlmptq;

namespace {

double medianMilliseconds(const std::function<void()>& work) {
    using Clock = std::chrono::steady_clock;
    std::vector<double> times;
    for (int i = 0; i < 10; ++i) {
        const auto start = Clock::now();
        work();
        times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
    }
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
}

void fill(store::RunStore& store, int runs) {
    const test::FakeScript script;
    RunConfig config;
    config.model = "/models/demo";
    config.tags = {"w3", "bench"};
    for (int i = 0; i < runs; ++i) {
        const auto run = store.createRun(config);
        store.saveSummary(run, scriptedSummary(script, config));
        store::ScoreRecord score;
        score.run = run;
        std::vector<store::ScoreRecord> scores(8, score);
        for (std::size_t b = 0; b < scores.size(); ++b) {
            scores[b].score =
                test::scriptedScore({.name = "Bench" + std::to_string(b)}, "lmms-eval/current", {});
            scores[b].score.scored = 1;
        }
        store.addScores(scores);
    }
}

}

int main() {
    std::string folder = (std::filesystem::temp_directory_path() / "vlmptq-bench-XXXXXX").string();
    if (!mkdtemp(folder.data()))
        return 1;
    const auto store = store::RunStore::open(folder + "/runs.db");
    fill(*store, 1000);
    test::FakeScript script;
    script.columns = 3584;
    for (int layer = 0; layer < 28; ++layer)
        store->saveLayer(1, scriptedLayer(script, RunConfig(), layer));
    std::printf("library of 1000 runs   %8.1f ms\n", medianMilliseconds([&] { store->runs(); }));
    std::printf("layers of one run      %8.1f ms\n", medianMilliseconds([&] { store->layers(1); }));
    std::printf("one module with blobs  %8.2f ms\n", medianMilliseconds([&] { store->module(1, 100); }));
    std::filesystem::remove_all(folder);
}
