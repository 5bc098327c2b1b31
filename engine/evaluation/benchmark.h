// benchmark.h - benchmark files and how their questions are asked and scored, without any model (benchmarks.md). Files are
// indexed in one streaming pass; pictures stay in the file until they are asked for.
#pragma once
#include "engine/image/image.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace vlmptq::evaluation {

struct LoadProblem { // benchmarks.md 3.5
    std::string code; // E_ROW_CELLS, …
    bool isFileProblem = false, isWarning = false;
    std::int64_t row = 0, line = 0; // data row and physical line, 1-based; 0: none
    std::string column, index, message;
};

struct BenchmarkItem {
    std::string id;
    std::int64_t row = 0;
    std::string question, hint, category, l2Category, dataset;
    std::vector<std::string> references, options;
    bool hasImage = false;
};

class Benchmark {
public:
    virtual ~Benchmark() = default;
    virtual const std::string& name() const = 0;   // the file's name without .tsv: "DemoChart"
    virtual const std::filesystem::path& file() const = 0;
    virtual const std::vector<BenchmarkItem>& items() const = 0;
    virtual const std::vector<LoadProblem>& problems() const = 0; // rows left out and warnings
    virtual std::vector<std::vector<std::uint8_t>> imageBytes(const BenchmarkItem&) const = 0; // encoded
};

// Throws Error (BadInput) whose sentence names code, file, row and line for a file-level problem.
std::unique_ptr<Benchmark> openBenchmark(const std::filesystem::path& tsv, std::stop_token = {});
// TSV files in `paths` and in folders among them, sorted by name.
std::vector<std::filesystem::path> findBenchmarks(std::span<const std::filesystem::path> paths);

struct ScoredAnswer {
    double score = 0;
    std::string parsed;
    bool hasParsed = true;  // false: null in the goldens
    std::string status;     // ok | empty | unparsed
};

// One way of asking and scoring: a task of benchmarks.md 5, or one of the demo's (demo/README.md).
struct Task {
    std::string id, title, scorer;  // "chartqa", "ChartQA (test)", "chartqa"
    bool isGraded = false;          // graded scores get a bootstrap interval, 0/1 scores Wilson's
    int maxNewTokens = 16;
    std::int64_t expectedRows = 0;
    std::string (*prompt)(const BenchmarkItem&) = nullptr;
    ScoredAnswer (*score)(const BenchmarkItem&, const std::string& prediction, const std::string& ruleset) = nullptr;
};

const std::vector<Task>& tasks();
const Task* taskNamed(const std::string& id);
const Task& taskOf(const Benchmark&);   // by file name, then by columns; throws Error (BadInput) when nothing fits

// `probe scoring`: golden scoring files in, `OUT/<benchmark>.json` out (issue schema).
void probeScoring(std::span<const std::filesystem::path> files, const std::filesystem::path& out, const std::string& ruleset);

}
