#include "engine/evaluation/benchmark.h"

#include <algorithm>
#include <set>

namespace vlmptq::evaluation {
namespace {

namespace fs = std::filesystem;

std::string sentence(const fs::path& file, const LoadProblem& problem) {
    std::string place = file.string();
    if (problem.row > 0)
        place += ", row " + std::to_string(problem.row);
    if (problem.line > 0)
        place += ", line " + std::to_string(problem.line);
    return place + ": " + problem.message;
}

std::vector<fs::path> tsvFilesIn(const fs::path& folder) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.is_regular_file() && entry.path().extension() == ".tsv")
            files.push_back(entry.path());
    if (files.empty())
        throw Error(ErrorKind::BadInput, "E-BENCH-08",
                    "The folder " + folder.string() + " holds no TSV file.",
                    "Give a benchmark file, or a folder of them.");
    return files;
}

}

BenchmarkError::BenchmarkError(const fs::path& file, LoadProblem problem,
                               std::vector<LoadProblem> rowProblems, std::string hint)
    : Error(ErrorKind::BadInput, problem.code, sentence(file, problem), std::move(hint)),
      m_problem(std::move(problem)), m_rowProblems(std::move(rowProblems)) {
    m_problem.isFileProblem = true;
}

std::vector<fs::path> findBenchmarks(std::span<const fs::path> paths) {
    std::set<std::pair<std::string, fs::path>> found; // by name, then by path
    for (const fs::path& path : paths) {
        if (!fs::exists(path))
            throw Error(ErrorKind::BadInput, "E-BENCH-04",
                        "The benchmark " + path.string() + " does not exist.",
                        "Give a TSV file, or a folder of them.");
        const auto files = fs::is_directory(path) ? tsvFilesIn(path) : std::vector<fs::path>{path};
        for (const fs::path& file : files)
            found.emplace(file.filename().string(), file.lexically_normal());
    }
    std::vector<fs::path> files;
    for (const auto& [name, file] : found)
        files.push_back(file);
    return files;
}

}
