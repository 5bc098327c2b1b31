// benchmark_tsv.h - the Benchmark that a TSV file becomes: its good rows, and where their pictures lie in the
// file.
#pragma once
#include "engine/evaluation/benchmark_images.h"

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace vlmptq::evaluation {

// Row problems and warnings, the first hundred of each with their text, all of them counted by code.
class ProblemList {
public:
    void add(LoadProblem);
    const std::vector<LoadProblem>& listed() const { return m_listed; }
    const std::map<std::string, std::int64_t>& counts() const { return m_counts; }

private:
    std::vector<LoadProblem> m_listed;
    std::map<std::string, std::int64_t> m_counts;
    std::size_t m_errors = 0, m_warnings = 0;
};

struct BenchmarkParts {
    std::filesystem::path file;
    const Task* task = nullptr;
    std::int64_t rows = 0;
    std::uint64_t fileBytes = 0;
    std::string fileMd5;
    std::vector<BenchmarkItem> items;
    std::vector<ImageSource> sources; // of the items
    ProblemList problems;
};

class TsvBenchmark : public Benchmark {
public:
    explicit TsvBenchmark(BenchmarkParts);

    const std::string& name() const override { return m_name; }
    const std::filesystem::path& file() const override { return m_parts.file; }
    const Task* task() const override { return m_parts.task; }
    const std::vector<BenchmarkItem>& items() const override { return m_parts.items; }
    std::int64_t rows() const override { return m_parts.rows; }
    std::uint64_t fileBytes() const override { return m_parts.fileBytes; }
    const std::string& fileMd5() const override { return m_parts.fileMd5; }
    const std::vector<LoadProblem>& problems() const override { return m_parts.problems.listed(); }
    const std::map<std::string, std::int64_t>& problemCounts() const override {
        return m_parts.problems.counts();
    }
    std::vector<std::vector<std::uint8_t>> imageBytes(const BenchmarkItem&) const override;
    std::vector<LoadProblem> checkImages(std::stop_token, const LoadProgress&) const override;

private:
    BenchmarkParts m_parts;
    std::string m_name;
    std::unordered_map<std::int64_t, std::size_t> m_itemOfRow;
};

}
