// sample_runs.h - made-up results of the size and shape of a real run (28 layers, 7 modules each, noise,
// outliers, trouble), for plots, tables and their pictures. Depends only on the arguments.
#pragma once
#include "engine/store/run_store.h"

namespace vlmptq::test {

struct SampleShape {
    int layers = 28;
    std::int64_t columns = 512;
    bool hasTrouble = true; // one module fell back to RTN, one had its damping raised
};

store::RunRecord sampleRecord(store::RunId, const std::string& method, const SampleShape& = {});
std::vector<LayerResult> sampleLayers(const std::string& method,
                                      const SampleShape& = {}); // without channel vectors
ModuleResult withChannels(ModuleResult, std::int64_t columns,
                          std::uint64_t seed = 1); // as RunStore::module reads it
// Eight benchmarks; `quality` is the mean share of right answers.
std::vector<store::ScoreRecord> sampleScores(std::optional<store::RunId>, const std::string& model,
                                             double quality);

}
