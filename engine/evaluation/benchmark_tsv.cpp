#include "engine/evaluation/benchmark_tsv.h"

namespace vlmptq::evaluation {
namespace {

constexpr std::size_t kListedProblems = 100;

LoadProblem placed(LoadProblem problem, const ImageSource& source, const BenchmarkItem& item) {
    if (source.isShared)
        problem = rowProblem("E_IMAGE_REF_BAD", "image",
                             "The picture of the row referred to is bad: " + problem.message);
    problem.row = item.row;
    problem.index = item.id;
    return problem;
}

}

void ProblemList::add(LoadProblem problem) {
    ++m_counts[problem.code];
    std::size_t& listed = problem.isWarning ? m_warnings : m_errors;
    if (listed++ < kListedProblems)
        m_listed.push_back(std::move(problem));
}

TsvBenchmark::TsvBenchmark(BenchmarkParts parts)
    : m_parts(std::move(parts)), m_name(m_parts.file.stem().string()) {
    for (std::size_t i = 0; i < m_parts.items.size(); ++i)
        m_itemOfRow.emplace(m_parts.items[i].row, i);
}

std::vector<std::vector<std::uint8_t>> TsvBenchmark::imageBytes(const BenchmarkItem& item) const {
    const auto found = m_itemOfRow.find(item.row);
    VLMPTQ_CHECK(found != m_itemOfRow.end(), "A question of another benchmark was asked for its picture.");
    return readImages(m_parts.file, m_parts.sources[found->second]);
}

std::vector<LoadProblem> TsvBenchmark::checkImages(std::stop_token stop, const LoadProgress& progress) const {
    std::vector<LoadProblem> problems;
    std::unordered_map<std::size_t, std::optional<LoadProblem>> checked; // by the row that holds the picture
    for (std::size_t i = 0; i < m_parts.items.size(); ++i) {
        if (stop.stop_requested())
            throw Error(ErrorKind::Stopped, "E-BENCH-03",
                        "Checking the pictures of " + m_name + " was stopped.");
        const BenchmarkItem& item = m_parts.items[i];
        const ImageSource& source = m_parts.sources[i];
        const auto [found, isNew] = checked.try_emplace(source.owner);
        if (isNew)
            found->second = checkImage(m_parts.file, source, m_name + " row " + item.id);
        if (found->second)
            problems.push_back(placed(*found->second, source, item));
        if (progress)
            progress(i + 1, m_parts.items.size());
    }
    return problems;
}

}
