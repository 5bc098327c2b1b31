// benchmark.h - benchmark files and how their questions are asked and scored, without any model
// (benchmarks.md). Files are indexed in one streaming pass; pictures stay in the file until they are asked
// for. A Benchmark is immutable after it was opened and may be read from several threads.
#pragma once
#include "engine/core/error.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace vlmptq::evaluation {

struct Row;  // benchmark_row.h
struct Task; // below

struct LoadProblem {  // benchmarks.md 3.5
    std::string code; // E_ROW_CELLS, …
    bool isFileProblem = false, isWarning = false;
    std::int64_t row = 0, line = 0; // data row and physical line, 1-based; 0: none
    std::string column, index, message;
};

struct BenchmarkItem {
    std::string id;
    std::int64_t row = 0;
    std::string question, hint, category, l2Category, dataset;
    std::vector<std::string> references;
    std::vector<std::string> options; // position 0 is A; empty text: no such option
    bool hasImage = false;
};

// Bytes read and bytes of the file, or pictures checked and pictures.
using LoadProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

class Benchmark {
public:
    virtual ~Benchmark() = default;
    virtual const std::string& name() const = 0; // the file's name without .tsv: "DemoChart"
    virtual const std::filesystem::path& file() const = 0;
    virtual const Task* task() const = 0; // what the file was recognised as; null: nothing known fits
    virtual const std::vector<BenchmarkItem>& items() const = 0;
    virtual std::int64_t rows() const = 0; // data rows of the file, those left out included
    virtual std::uint64_t fileBytes() const = 0;
    virtual const std::string& fileMd5() const = 0; // as it was when the file was opened
    // Rows left out (the first 100 of them) and warnings; `problemCounts` counts all of them by code.
    virtual const std::vector<LoadProblem>& problems() const = 0;
    virtual const std::map<std::string, std::int64_t>& problemCounts() const = 0;
    // Encoded pictures, in order. Throws Error (BadInput): the file changed, base64 or a picture file is
    // damaged.
    virtual std::vector<std::vector<std::uint8_t>> imageBytes(const BenchmarkItem&) const = 0;
    // Decodes every picture once and reports what imageBytes or image::decode would refuse, in row order.
    virtual std::vector<LoadProblem> checkImages(std::stop_token = {}, const LoadProgress& = {}) const = 0;
};

struct OpenOptions {
    const Task* task = nullptr;        // null: recognised by the file's name, then by its columns
    std::filesystem::path imageFolder; // a further folder that image_path may point into
    LoadProgress progress;
};

// A file that cannot be used: the sentence names the file and, where there is one, row and line;
// the id is the code.
class BenchmarkError : public Error {
public:
    explicit BenchmarkError(const std::filesystem::path&, LoadProblem,
                            std::vector<LoadProblem> rowProblems = {}, std::string hint = {});
    const LoadProblem& problem() const { return m_problem; }
    const std::vector<LoadProblem>& rowProblems() const { return m_rowProblems; }

private:
    LoadProblem m_problem;
    std::vector<LoadProblem> m_rowProblems;
};

// Throws BenchmarkError (BadInput) for a file-level problem, Error of kind Stopped on a stop request.
std::unique_ptr<Benchmark> openBenchmark(const std::filesystem::path& tsv, std::stop_token = {});
std::unique_ptr<Benchmark> openBenchmark(const std::filesystem::path& tsv, const OpenOptions&,
                                         std::stop_token = {});
// TSV files in `paths` and in folders among them, sorted by name, each once. Throws Error (BadInput) for a
// path that does not exist and for a folder without TSV files.
std::vector<std::filesystem::path> findBenchmarks(std::span<const std::filesystem::path> paths);

struct ScoredAnswer {
    double score = 0;
    std::string parsed;
    bool hasParsed = true;     // false: nothing could be read (null in the goldens)
    std::string status = "ok"; // ok | empty | unparsed
};

// One way of asking and scoring: a task of benchmarks.md 5, or one of the demo's (demo/README.md).
struct Task {
    std::string id{}, title{}, scorer{}; // "chartqa", "ChartQA (test)", "chartqa"
    std::string fileStem{};              // of the publisher's file: "ChartQA_TEST"
    std::string md5{};                   // of the publisher's file; empty: not published
    bool isGraded = false;               // graded scores get a bootstrap interval, 0/1 scores Wilson's
    int maxNewTokens = 16;
    std::int64_t expectedRows = 0;
    double rowTolerance = 0; // share by which the published row count may be off (benchmarks.md 10)
    std::string stopText{};  // generation ends here, and the answer is cut before it; empty: none
    // Fills the item (all but id, row and picture) from a TSV or parquet row.
    void (*read)(const Row&, BenchmarkItem&, std::vector<LoadProblem>&) = nullptr;
    std::string (*prompt)(const BenchmarkItem&) = nullptr;
    // (item, prediction as decoded, ruleset by its full name)
    ScoredAnswer (*score)(const BenchmarkItem&, const std::string&, const std::string&) = nullptr;
};

const std::vector<Task>& tasks();
const Task* taskNamed(const std::string& id);
const Task& taskOf(const Benchmark&); // Benchmark::task; throws Error (BadInput) when nothing fits
std::string cutAtStopText(const Task&, const std::string& answer);

// "current", "2025" or their full names; throws Error (BadOption) for anything else.
std::string rulesetNamed(const std::string& name);

// `probe scoring`: golden scoring files in, `OUT/<benchmark>.json` out (issue schema). Files without score
// cases are skipped.
int probeScoring(std::span<const std::filesystem::path> files, const std::filesystem::path& out,
                 const std::string& ruleset);

}
