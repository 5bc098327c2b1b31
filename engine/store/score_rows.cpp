// Benchmark scores and answers, of runs and of full-precision checkpoints.
#include "engine/core/text.h"
#include "engine/store/row.h"
#include "engine/store/sqlite_run_store.h"

#include <nlohmann/json.hpp>

namespace vlmptq::store {
namespace {

using nlohmann::json;

constexpr const char* kScoreColumns =
    "benchmark, title, scorer, ruleset, items, scored, expected, score, low, high, answer_loss, "
    "answer_loss_low, "
    "answer_loss_high, answer_tokens, empty, unparsed, truncated, errors, seconds, manifest";
constexpr const char* kItemColumns =
    "benchmark, item, row, category, l2_category, prompt, prompt_sha256, image_sha256, reference_answers, "
    "options, raw_answer, parsed, status, finish, answer, score, ruleset, settings, answer_nll, "
    "answer_tokens, token_ids, prompt_tokens, vision_tokens, prefill_seconds, decode_seconds, error";

// ?1 is the run or NULL, ?2 the model. A run's rows carry the run's own model, whatever the caller calls it.
constexpr const char* kModelValue = "ifnull((SELECT model FROM run WHERE id = ?1), ?2)";
constexpr const char* kOfModel = "run IS ?1 AND (?1 IS NOT NULL OR ?2 = '' OR model = ?2)";

template <class Value>
std::vector<Value> listOf(const std::string& text) {
    const auto list = json::parse(text, nullptr, false);
    return list.is_array() ? list.get<std::vector<Value>>() : std::vector<Value>();
}

}

std::int64_t SqliteRunStore::addScore(const ScoreRecord& score) {
    addScores({score});
    return m_connection.lastInsertId();
}

void SqliteRunStore::addScores(const std::vector<ScoreRecord>& scores) {
    requireWritable();
    Transaction transaction(m_connection);
    const auto evaluation = 1 + m_connection.number("SELECT ifnull(max(evaluation), 0) FROM bench_score");
    const auto now = utcNow();
    Statement insert(m_connection,
                     "INSERT INTO bench_score (run, model, evaluation, model_fingerprint, at, selection, " +
                         std::string(kScoreColumns) + ") VALUES (?1, " + kModelValue + ", " + places(3, 26) +
                         ")");
    for (const auto& record : scores) {
        const auto& s = record.score;
        RowWriter(insert) << record.run << modelKey(record.model) << evaluation << record.modelFingerprint
                          << (record.at.empty() ? now : record.at) << record.selection << s.benchmark
                          << s.title << s.scorer << s.ruleset << s.items << s.scored << s.expected << s.score
                          << s.low << s.high << s.answerLoss << s.answerLossLow << s.answerLossHigh
                          << s.answerTokens << s.empty << s.unparsed << s.truncated << s.errors << s.seconds
                          << s.manifest;
        insert.run();
    }
    transaction.commit();
}

std::vector<ScoreRecord> SqliteRunStore::scores(std::optional<RunId> run, const std::string& model) {
    std::vector<ScoreRecord> scores;
    Statement select(m_connection,
                     "SELECT id, run, model, model_fingerprint, at, selection, " +
                         std::string(kScoreColumns) +
                         " FROM bench_score WHERE id IN (SELECT max(id) FROM bench_score WHERE " + kOfModel +
                         " GROUP BY model, benchmark) ORDER BY benchmark, model");
    RowWriter(select) << run << modelKey(model);
    while (select.step()) {
        ScoreRecord record;
        auto& s = record.score;
        RowReader(select) >> record.id >> record.run >> record.model >> record.modelFingerprint >>
            record.at >> record.selection >> s.benchmark >> s.title >> s.scorer >> s.ruleset >> s.items >>
            s.scored >> s.expected >> s.score >> s.low >> s.high >> s.answerLoss >> s.answerLossLow >>
            s.answerLossHigh >> s.answerTokens >> s.empty >> s.unparsed >> s.truncated >> s.errors >>
            s.seconds >> s.manifest;
        scores.push_back(std::move(record));
    }
    return scores;
}

void SqliteRunStore::addItem(std::optional<RunId> run, const std::string& model, const EvalItem& item) {
    requireWritable();
    Statement insert(m_connection, "INSERT OR REPLACE INTO bench_item (run, model, " +
                                       std::string(kItemColumns) + ") VALUES (?1, " + kModelValue + ", " +
                                       places(3, 28) + ")");
    RowWriter(insert) << run << modelKey(model) << item.benchmark << item.id << item.row << item.category
                      << item.l2Category << item.prompt << item.promptSha256 << item.imageSha256
                      << json(item.references).dump() << json(item.options).dump() << item.rawAnswer
                      << item.parsed << item.status << item.finish << item.answer << item.score
                      << item.ruleset << item.settings << item.answerNll << item.answerTokens
                      << json(item.tokenIds).dump() << item.promptTokens << item.visionTokens
                      << item.prefillSeconds << item.decodeSeconds << item.error;
    insert.run();
}

std::vector<EvalItem> SqliteRunStore::items(std::optional<RunId> run, const std::string& model,
                                            const std::string& benchmark) {
    std::vector<EvalItem> items;
    Statement select(m_connection, "SELECT " + std::string(kItemColumns) + " FROM bench_item WHERE " +
                                       kOfModel +
                                       " AND (?3 = '' OR benchmark = ?3) ORDER BY benchmark, row, id");
    RowWriter(select) << run << modelKey(model) << benchmark;
    while (select.step()) {
        EvalItem item;
        std::string references, options, tokenIds;
        RowReader(select) >> item.benchmark >> item.id >> item.row >> item.category >> item.l2Category >>
            item.prompt >> item.promptSha256 >> item.imageSha256 >> references >> options >> item.rawAnswer >>
            item.parsed >> item.status >> item.finish >> item.answer >> item.score >> item.ruleset >>
            item.settings >> item.answerNll >> item.answerTokens >> tokenIds >> item.promptTokens >>
            item.visionTokens >> item.prefillSeconds >> item.decodeSeconds >> item.error;
        item.references = listOf<std::string>(references);
        item.options = listOf<std::string>(options);
        item.tokenIds = listOf<std::int64_t>(tokenIds);
        items.push_back(std::move(item));
    }
    return items;
}

}
