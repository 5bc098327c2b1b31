// Runs as the library shows them: made, listed, named, deleted.
#include "engine/core/error.h"
#include "engine/core/method_colors.h"
#include "engine/core/text.h"
#include "engine/store/row.h"
#include "engine/store/sqlite_run_store.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <map>

namespace vlmptq::store {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// With paths that mean the same from everywhere.
RunConfig anchored(RunConfig config) {
    config.model = modelKey(config.model);
    config.calib.source = modelKey(config.calib.source);
    if (config.name.empty())
        config.name = defaultRunName(config);
    return config;
}

std::string jsonText(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

[[noreturn]] void failNoRun(const RunStore& store, RunId run) {
    throw Error(ErrorKind::BadInput, "E-JOB-01",
                "There is no run " + std::to_string(run) + " in " + store.path().string() + ".",
                "See 'vlmptq runs list'.");
}

constexpr const char* kRunColumns =
    "run.id, name, model, model_title, method, scheme, state, config, fingerprint, fingerprint_parts, "
    "created_at, "
    "started_at, finished_at, layers, layers_done, modules, folder, color, note, error, host, pid";
constexpr const char* kSummaryColumns = "error_all, error_all_low, error_all_high, error_vision, "
                                        "error_vision_low, error_vision_high, error_text, "
                                        "error_text_low, error_text_high, error_answer, error_answer_low, "
                                        "error_answer_high, answer_loss, answer_loss_low, "
                                        "answer_loss_high, full_precision_answer_loss, mean_module_error, "
                                        "original_bytes, quantized_bytes, bits_per_weight, "
                                        "rounding_to_bf16, seconds, peak_bytes, warnings";

RunSummary readSummary(RowReader& row) {
    RunSummary s;
    row >> s.modelError.all >> s.modelError.vision >> s.modelError.text >> s.modelError.answer >>
        s.heldoutAnswerLoss >> s.fullPrecisionAnswerLoss >> s.meanModuleError >> s.originalBytes >>
        s.quantizedBytes >> s.bitsPerWeight >> s.roundingToBf16 >> s.seconds >> s.peakBytes >> s.warnings;
    return s;
}

RunRecord readRun(const Statement& statement, const fs::path& folder) {
    RunRecord run;
    RowReader row(statement);
    std::string state, config, directory;
    row >> run.id >> run.name >> run.model >> run.modelTitle >> run.method >> run.scheme >> state >> config >>
        run.fingerprint >> run.fingerprintParts >> run.createdAt >> run.startedAt >> run.finishedAt >>
        run.layers >> run.layersDone >> run.modules >> directory >> run.color >> run.note >> run.error >>
        run.host >> run.pid;
    run.state = runStateNamed(state);
    run.directory = (folder / directory).string();
    const auto parsed = json::parse(config, nullptr, false);
    if (parsed.is_discarded())
        throw Error(ErrorKind::Database, "E-DB-18",
                    "The settings of run " + std::to_string(run.id) + " are damaged.", "Delete the run.");
    parsed.get_to(run.config);
    std::int64_t hasSummary = 0;
    row >> hasSummary;
    if (hasSummary)
        run.summary = readSummary(row);
    return run;
}

}

RunId SqliteRunStore::createRun(const RunConfig& given, RunState state) {
    requireWritable();
    const auto config = anchored(given);
    const auto& quant = config.quant;
    Transaction transaction(m_connection);
    Statement insert(m_connection, "INSERT INTO run (name, model, method, scheme, weight_bits, group_size, "
                                   "state, config, created_at, color) "
                                   "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
    insert
        .bind(config.name, config.model, quant.method, schemeText(quant), quant.weightBits, quant.groupSize,
              toString(state), jsonText(config), utcNow(), colorText(methodColors(quant.method).light))
        .run();
    const RunId run = m_connection.lastInsertId();
    writeTags(run, config.tags);
    setText(run, "folder", makeRunFolder(run));
    transaction.commit();
    return run;
}

// Databases side by side share one folder: a number may be taken.
std::string SqliteRunStore::makeRunFolder(RunId run) {
    std::error_code failure;
    fs::create_directories(runsFolder(), failure);
    std::string name = std::to_string(run);
    for (int i = 2; !failure && !fs::create_directory(runsFolder() / name, failure); ++i)
        name = std::to_string(run) + "-" + std::to_string(i);
    if (failure)
        throw Error(ErrorKind::Database, "E-DB-13",
                    "The folder " + (runsFolder() / name).string() +
                        " for the run's files cannot be created: " + failure.message() + ".",
                    "Free some space, or use a database in another folder.");
    return "runs/" + name;
}

std::vector<RunRecord> SqliteRunStore::runsWhere(const std::string& condition, std::optional<RunId> id) {
    std::vector<RunRecord> runs;
    std::map<RunId, std::size_t> position;
    Statement select(m_connection, "SELECT " + std::string(kRunColumns) + ", run_summary.run IS NOT NULL, " +
                                       kSummaryColumns +
                                       " FROM run LEFT JOIN run_summary ON run_summary.run = run.id WHERE " +
                                       condition + " ORDER BY run.id DESC");
    if (id)
        select.bind(*id);
    while (select.step()) {
        runs.push_back(readRun(select, folder()));
        position[runs.back().id] = runs.size() - 1;
    }

    Statement tags(m_connection, "SELECT run, tag FROM run_tag JOIN run ON run.id = run WHERE " + condition +
                                     " ORDER BY run, position");
    if (id)
        tags.bind(*id);
    while (tags.step())
        runs[position.at(tags.integer(0))].tags.push_back(tags.text(1));

    // The newest of the evaluations that cover the most benchmarks: one more look at a single benchmark is no
    // new average.
    Statement averages(
        m_connection, "SELECT run, mean FROM (SELECT run, mean, row_number() OVER (PARTITION BY run ORDER BY "
                      "n DESC, evaluation DESC) AS place FROM (SELECT run, evaluation, count(*) AS n, "
                      "avg(score) AS mean FROM bench_score JOIN run ON run.id = run WHERE scored > 0 AND " +
                          condition + " GROUP BY run, evaluation)) WHERE place = 1");
    if (id)
        averages.bind(*id);
    while (averages.step())
        runs[position.at(averages.integer(0))].averageScore = averages.real(1);
    return runs;
}

std::vector<RunRecord> SqliteRunStore::runs() {
    ReadSnapshot snapshot(m_connection);
    return runsWhere("true", std::nullopt);
}

std::optional<RunRecord> SqliteRunStore::run(RunId id) {
    ReadSnapshot snapshot(m_connection);
    auto found = runsWhere("run.id = ?1", id);
    if (found.empty())
        return std::nullopt;
    return std::move(found.front());
}

RunRecord requireRun(RunStore& store, RunId id) {
    if (auto run = store.run(id))
        return std::move(*run);
    failNoRun(store, id);
}

void SqliteRunStore::saveSummary(RunId run, const RunSummary& s) {
    requireWritable();
    Statement insert(m_connection, "INSERT OR REPLACE INTO run_summary (run, " +
                                       std::string(kSummaryColumns) + ") VALUES (" + places(1, 25) + ")");
    RowWriter(insert) << run << s.modelError.all << s.modelError.vision << s.modelError.text
                      << s.modelError.answer << s.heldoutAnswerLoss << s.fullPrecisionAnswerLoss
                      << s.meanModuleError << s.originalBytes << s.quantizedBytes << s.bitsPerWeight
                      << s.roundingToBf16 << s.seconds << s.peakBytes << s.warnings;
    insert.run();
}

void SqliteRunStore::setText(RunId run, const char* column, const std::string& text) {
    requireWritable();
    Statement(m_connection, "UPDATE run SET " + std::string(column) + " = ?2 WHERE id = ?1")
        .bind(run, text)
        .run();
    requireRow(run);
}

void SqliteRunStore::requireRow(RunId run) const {
    if (m_connection.changes() == 0)
        failNoRun(*this, run);
}

void SqliteRunStore::renameRun(RunId run, const std::string& name) { setText(run, "name", name); }
void SqliteRunStore::setNote(RunId run, const std::string& note) { setText(run, "note", note); }
void SqliteRunStore::setColor(RunId run, const std::string& color) { setText(run, "color", color); }
void SqliteRunStore::setModelTitle(RunId run, const std::string& title) {
    setText(run, "model_title", title);
}

void SqliteRunStore::setTags(RunId run, const std::vector<std::string>& tags) {
    requireWritable();
    Transaction transaction(m_connection);
    Statement(m_connection, "DELETE FROM run_tag WHERE run = ?1").bind(run).run();
    writeTags(run, tags);
    transaction.commit();
}

void SqliteRunStore::writeTags(RunId run, const std::vector<std::string>& tags) {
    Statement insert(m_connection, "INSERT INTO run_tag (run, position, tag) VALUES (?1, ?2, ?3)");
    for (std::size_t i = 0; i < tags.size(); ++i)
        if (!tags[i].empty() && std::find(tags.begin(), tags.begin() + i, tags[i]) == tags.begin() + i)
            insert.bind(run, std::uint64_t(i), tags[i]).run();
}

void SqliteRunStore::deleteRun(RunId id) {
    requireWritable();
    const auto record = run(id);
    Transaction transaction(m_connection);
    requireNotRunning(id, "deleted");
    Statement(m_connection, "DELETE FROM run WHERE id = ?1").bind(id).run();
    requireRow(id);
    transaction.commit();
    // Whatever the database says, nothing outside the runs' own folder is deleted.
    const auto directory = fs::path(record->directory).lexically_normal();
    std::error_code failure;
    if (directory.parent_path() == runsFolder().lexically_normal())
        fs::remove_all(directory, failure);
    if (failure)
        throw Error(ErrorKind::Database, "E-DB-15",
                    "The run was deleted, but its files in " + directory.string() +
                        " were not: " + failure.message() + ".",
                    "Delete the folder yourself.");
}

std::uint64_t SqliteRunStore::diskBytes(RunId id) {
    const auto record = run(id);
    std::uint64_t bytes = 0;
    std::error_code failure;
    if (!record)
        return 0;
    for (fs::recursive_directory_iterator entry(record->directory, failure), end; !failure && entry != end;
         entry.increment(failure))
        if (entry->is_regular_file(failure))
            bytes += entry->file_size(failure);
    return bytes;
}

}
