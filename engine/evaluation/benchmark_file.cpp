#include "engine/core/text.h"
#include "engine/evaluation/benchmark_images.h"
#include "engine/evaluation/benchmark_recognise.h"
#include "engine/evaluation/scorer_text.h"
#include "engine/evaluation/tsv_reader.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <unordered_set>

namespace vlmptq::evaluation {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kListedProblems = 100;
constexpr std::size_t kRowsForRecognition = 100;

// Row problems and warnings, the first hundred of each with their text, all of them counted.
class ProblemList {
public:
    void add(LoadProblem problem) {
        ++m_counts[problem.code];
        std::size_t& listed = problem.isWarning ? m_warnings : m_errors;
        if (listed < kListedProblems)
            m_listed.push_back(std::move(problem)), ++listed;
    }
    const std::vector<LoadProblem>& listed() const { return m_listed; }
    const std::map<std::string, std::int64_t>& counts() const { return m_counts; }

private:
    std::vector<LoadProblem> m_listed;
    std::map<std::string, std::int64_t> m_counts;
    std::size_t m_errors = 0, m_warnings = 0;
};

class TsvBenchmark : public Benchmark {
public:
    TsvBenchmark(fs::path file) : m_file(std::move(file)), m_name(m_file.stem().string()) {}

    const std::string& name() const override { return m_name; }
    const fs::path& file() const override { return m_file; }
    const Task* task() const override { return m_task; }
    const std::vector<BenchmarkItem>& items() const override { return m_items; }
    std::int64_t rows() const override { return m_rows; }
    const std::vector<LoadProblem>& problems() const override { return m_problems.listed(); }
    const std::map<std::string, std::int64_t>& problemCounts() const override { return m_problems.counts(); }

    std::vector<std::vector<std::uint8_t>> imageBytes(const BenchmarkItem& item) const override {
        const auto found = m_sourceOfRow.find(item.row);
        VLMPTQ_CHECK(found != m_sourceOfRow.end(),
                     "A question of another benchmark was asked for its picture.");
        return readImages(m_file, m_sources[found->second]);
    }

    std::vector<LoadProblem> checkImages(std::stop_token stop, const LoadProgress& progress) const override {
        std::vector<LoadProblem> problems;
        std::unordered_map<std::size_t, std::optional<LoadProblem>>
            checked; // by the row that holds the picture
        for (std::size_t i = 0; i < m_items.size(); ++i) {
            if (stop.stop_requested())
                throw Error(ErrorKind::Stopped, "E-BENCH-03",
                            "Checking the pictures of " + m_name + " was stopped.");
            const ImageSource& source = m_sources[i];
            auto found = checked.find(source.owner);
            if (found == checked.end())
                found =
                    checked
                        .emplace(source.owner, checkImage(m_file, source, m_name + " row " + m_items[i].id))
                        .first;
            if (found->second)
                problems.push_back(placed(*found->second, source.isShared, m_items[i]));
            if (progress)
                progress(i + 1, m_items.size());
        }
        return problems;
    }

    void add(BenchmarkItem item, ImageSource source) {
        m_sourceOfRow.emplace(item.row, m_items.size());
        m_items.push_back(std::move(item));
        m_sources.push_back(std::move(source));
    }

    ProblemList m_problems;
    const Task* m_task = nullptr;
    std::int64_t m_rows = 0;

private:
    static LoadProblem placed(LoadProblem problem, bool isShared, const BenchmarkItem& item) {
        if (isShared)
            problem = rowProblem("E_IMAGE_REF_BAD", "image",
                                 "The picture of the row referred to is bad: " + problem.message);
        problem.row = item.row;
        problem.index = item.id;
        return problem;
    }

    fs::path m_file;
    std::string m_name;
    std::vector<BenchmarkItem> m_items;
    std::vector<ImageSource> m_sources; // of the items
    std::unordered_map<std::int64_t, std::size_t> m_sourceOfRow;
};

// Opens one file: the pass over it, then rows to questions.
class Loader {
public:
    Loader(const fs::path& file, const OpenOptions& options)
        : m_file(file), m_options(options), m_benchmark(std::make_unique<TsvBenchmark>(file)) {}

    std::unique_ptr<Benchmark> load(std::stop_token stop) {
        TsvHandler handler{.header = [this](const auto& columns) { return takeHeader(columns); },
                           .record = [this](TsvRecord& record) { takeRecord(record); },
                           .progress = m_options.progress};
        const TsvSummary summary = readTsv(m_file, handler, stop);
        if (m_benchmark->m_rows == 0)
            refuse("E_NO_ROWS", "The file has a header but no rows.");
        m_benchmark->m_task = m_options.task ? m_options.task : recogniseTask();
        buildItems();
        warnAboutFile(summary);
        if (m_benchmark->items().empty())
            refuseAll();
        return std::move(m_benchmark);
    }

private:
    struct Place {
        std::int64_t row, line;
    };

    [[noreturn]] void refuse(const char* code, const std::string& message, std::vector<LoadProblem> rows = {},
                             std::string hint = {}) const {
        LoadProblem problem;
        problem.code = code;
        problem.message = message;
        throw BenchmarkError(m_file, std::move(problem), std::move(rows), std::move(hint));
    }

    std::vector<ColumnUse> takeHeader(const std::vector<std::string>& columns) {
        const auto has = [&](const char* name) {
            return std::find(columns.begin(), columns.end(), name) != columns.end();
        };
        for (const char* name : {"index", "question", "answer"})
            if (!has(name))
                refuseColumn(name, columns);
        if (!has("image") && !has("image_path"))
            refuseColumn("image", columns);
        m_columns = columns;
        std::vector<ColumnUse> uses;
        for (const std::string& column : columns)
            uses.push_back(column == "image" ? ColumnUse::Image
                           : isUsed(column)  ? ColumnUse::Text
                                             : ColumnUse::Ignore);
        return uses;
    }

    [[noreturn]] void refuseColumn(const std::string& name, const std::vector<std::string>& columns) const {
        refuse("E_COLUMN_MISSING",
               "The column '" + name + "' is missing; the file has " + join(columns, ", ") + ".");
    }

    static bool isUsed(const std::string& column) {
        static const std::unordered_set<std::string> known{
            "index",    "image_path",  "question", "answer",  "hint",
            "category", "l2-category", "split",    "dataset", "multi-choice options"};
        return known.contains(column) || (column.size() == 1 && column[0] >= 'A' && column[0] <= 'Z');
    }

    void takeRecord(TsvRecord& record) {
        const Place place{++m_benchmark->m_rows, record.line};
        if (record.cells != m_columns.size()) {
            report(rowProblem("E_ROW_CELLS", "",
                              "The row has " + std::to_string(record.cells) + " cells, the header " +
                                  std::to_string(m_columns.size()) + "."),
                   place, {});
            return;
        }
        Row row;
        ImageRow image;
        for (std::size_t i = 0; i < m_columns.size(); ++i) {
            row.set(m_columns[i], std::move(record.texts[i]));
            if (m_columns[i] == "image")
                image.cell = record.images[i];
        }
        image.index = trim(row.cell("index"));
        image.path = row.cell("image_path");
        image.isFirst = !image.index.empty() && m_indices.insert(image.index).second;
        m_rows.push_back(std::move(row));
        m_images.push_back(std::move(image));
        m_places.push_back(place);
    }

    void report(LoadProblem problem, const Place& place, const std::string& index) {
        problem.row = place.row;
        problem.line = place.line;
        problem.index = index;
        m_benchmark->m_problems.add(std::move(problem));
    }

    const Task* recogniseTask() const {
        return recognise(m_benchmark->name(),
                         std::span(m_rows).first(std::min(m_rows.size(), kRowsForRecognition)));
    }

    void buildItems() {
        const ImageResolver resolver(m_file, m_options.imageFolder, m_images);
        for (std::size_t i = 0; i < m_rows.size(); ++i) {
            Problems problems;
            BenchmarkItem item = readItem(i, problems);
            auto image = resolver.resolve(i);
            if (auto* problem = std::get_if<LoadProblem>(&image))
                problems.push_back(std::move(*problem));
            const bool isGood =
                std::all_of(problems.begin(), problems.end(), [](const auto& p) { return p.isWarning; });
            for (LoadProblem& problem : problems)
                report(std::move(problem), m_places[i], item.id);
            if (isGood)
                m_benchmark->add(std::move(item), std::move(std::get<ImageSource>(image)));
        }
    }

    BenchmarkItem readItem(std::size_t position, Problems& problems) const {
        const Row& row = m_rows[position];
        BenchmarkItem item;
        item.id = row.cell("index");
        item.row = m_places[position].row;
        item.hasImage = true;
        if (m_images[position].index.empty())
            problems.push_back(rowProblem("E_INDEX_MISSING", "index", "The row has no index."));
        else if (!m_images[position].isFirst)
            problems.push_back(
                rowProblem("E_INDEX_DUPLICATE", "index",
                           "The index '" + item.id + "' was used before; the first row stands."));
        if (m_benchmark->m_task)
            m_benchmark->m_task->read(row, item, problems);
        else
            readUnknown(row, item, problems);
        return item;
    }

    // Questions of a file that fits no task can be looked at, though not scored.
    static void readUnknown(const Row& row, BenchmarkItem& item, Problems& problems) {
        item.question = row.cell("question");
        readPlainAnswer(row, item, problems);
    }

    void warnAboutFile(const TsvSummary& summary) {
        if (!summary.endsWithLineEnd)
            warn("W_NO_FINAL_NEWLINE", "The last line does not end; the file may have been cut off.");
        if (const std::string what = lookAlike(m_benchmark->name()); !what.empty())
            warn("W_LOOK_ALIKE", "This file is " + what + ".");
        const Task* task = m_benchmark->m_task;
        if (!task)
            return;
        const double off = std::abs(double(m_benchmark->items().size()) - double(task->expectedRows));
        if (off > task->rowTolerance * double(task->expectedRows))
            warn("W_ROW_COUNT", task->title + " has " + std::to_string(task->expectedRows) +
                                    " questions, this file " + std::to_string(m_benchmark->items().size()) +
                                    " good ones.");
    }

    void warn(const char* code, const std::string& message) {
        report(rowWarning(code, "", message), {0, 0}, {});
    }

    [[noreturn]] void refuseAll() const {
        std::vector<LoadProblem> problems = m_benchmark->problems();
        std::erase_if(problems, [](const LoadProblem& problem) { return problem.isWarning; });
        const LoadProblem& first = problems.front();
        const std::string message = "None of the " + std::to_string(m_benchmark->rows()) +
                                    " rows can be used; the first: " + first.code + " in row " +
                                    std::to_string(first.row) + ", line " + std::to_string(first.line) +
                                    ": " + first.message;
        const std::string what = lookAlike(m_benchmark->name());
        refuse("E_NO_GOOD_ROWS", message, std::move(problems),
               what.empty() ? "" : "This file is " + what + ".");
    }

    const fs::path& m_file;
    const OpenOptions& m_options;
    std::unique_ptr<TsvBenchmark> m_benchmark;
    std::vector<std::string> m_columns;
    std::unordered_set<std::string> m_indices;
    std::vector<Row> m_rows;
    std::vector<ImageRow> m_images;
    std::vector<Place> m_places;
};

}

std::unique_ptr<Benchmark> openBenchmark(const fs::path& tsv, const OpenOptions& options,
                                         std::stop_token stop) {
    return Loader(tsv, options).load(stop);
}

std::unique_ptr<Benchmark> openBenchmark(const fs::path& tsv, std::stop_token stop) {
    return openBenchmark(tsv, OpenOptions{}, stop);
}

}
