#include "engine/core/text.h"
#include "engine/evaluation/benchmark_recognise.h"
#include "engine/evaluation/benchmark_tsv.h"
#include "engine/evaluation/scorer_text.h"
#include "engine/evaluation/tsv_reader.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>

namespace vlmptq::evaluation {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kRowsForRecognition = 100;

// Opens one file: the pass over it, then rows to questions.
class Loader {
public:
    Loader(const fs::path& file, const OpenOptions& options)
        : m_file(file), m_options(options), m_name(file.stem().string()) {
        m_parts.file = file;
    }

    std::unique_ptr<Benchmark> load(std::stop_token stop) {
        TsvHandler handler{.header = [this](const auto& columns) { return takeHeader(columns); },
                           .record = [this](TsvRecord& record) { takeRecord(record); },
                           .progress = m_options.progress};
        const TsvSummary summary = readTsv(m_file, handler, stop);
        m_parts.fileBytes = summary.bytes;
        m_parts.fileMd5 = summary.md5;
        if (m_parts.rows == 0)
            refuse("E_NO_ROWS", "The file has a header but no rows.");
        m_parts.task = m_options.task ? m_options.task : recogniseTask();
        buildItems();
        warnAboutFile(summary);
        if (m_parts.items.empty())
            refuseAll();
        return std::make_unique<TsvBenchmark>(std::move(m_parts));
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
        const Place place{++m_parts.rows, record.line};
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
        m_parts.problems.add(std::move(problem));
    }

    const Task* recogniseTask() const {
        return recognise(m_name, std::span(m_rows).first(std::min(m_rows.size(), kRowsForRecognition)));
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
            if (!isGood)
                continue;
            m_parts.items.push_back(std::move(item));
            m_parts.sources.push_back(std::move(std::get<ImageSource>(image)));
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
        if (m_parts.task)
            m_parts.task->read(row, item, problems);
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
        if (const std::string what = lookAlike(m_name); !what.empty())
            warn("W_LOOK_ALIKE", "This file is " + what + ".");
        const Task* task = m_parts.task;
        if (!task)
            return;
        if (!task->md5.empty() && summary.md5 != task->md5)
            warn("W_MD5", "The file is not the one that was published as " + task->fileStem + ".tsv (MD5 " +
                              summary.md5 + " instead of " + task->md5 + ").");
        const double off = std::abs(double(m_parts.items.size()) - double(task->expectedRows));
        if (off > task->rowTolerance * double(task->expectedRows))
            warn("W_ROW_COUNT", task->title + " has " + std::to_string(task->expectedRows) +
                                    " questions, this file " + std::to_string(m_parts.items.size()) +
                                    " good ones.");
    }

    void warn(const char* code, const std::string& message) {
        report(rowWarning(code, "", message), {0, 0}, {});
    }

    [[noreturn]] void refuseAll() const {
        std::vector<LoadProblem> problems = m_parts.problems.listed();
        std::erase_if(problems, [](const LoadProblem& problem) { return problem.isWarning; });
        const LoadProblem& first = problems.front();
        const std::string message = "None of the " + std::to_string(m_parts.rows) +
                                    " rows can be used; row " + std::to_string(first.row) + ", line " +
                                    std::to_string(first.line) + ": " + first.message;
        const std::string what = lookAlike(m_name);
        refuse("E_NO_GOOD_ROWS", message, std::move(problems),
               what.empty() ? "" : "This file is " + what + ".");
    }

    const fs::path& m_file;
    const OpenOptions& m_options;
    std::string m_name;
    BenchmarkParts m_parts;
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
