#include "engine/store/schema.h"

#include "engine/core/error.h"
#include "engine/core/text.h"

#include <algorithm>
#include <array>

namespace vlmptq::store {
namespace {

// Errors are relative squared errors (method.md 9.2), times seconds, sizes bytes, dates UTC ISO-8601 texts.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE run (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    model TEXT NOT NULL,              -- checkpoint folder
    model_title TEXT NOT NULL DEFAULT '',
    method TEXT NOT NULL,
    scheme TEXT NOT NULL,             -- "W3A16 g128"
    weight_bits INTEGER NOT NULL,
    group_size INTEGER NOT NULL,
    state TEXT NOT NULL,
    config TEXT NOT NULL,             -- JSON, all settings
    fingerprint TEXT NOT NULL DEFAULT '',
    fingerprint_parts TEXT NOT NULL DEFAULT '', -- JSON, name -> hash or value
    created_at TEXT NOT NULL,
    started_at TEXT NOT NULL DEFAULT '',
    finished_at TEXT NOT NULL DEFAULT '',
    layers INTEGER NOT NULL DEFAULT 0,
    layers_done INTEGER NOT NULL DEFAULT 0,
    modules INTEGER NOT NULL DEFAULT 0,
    folder TEXT NOT NULL DEFAULT '',  -- below the database's folder
    color TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    error TEXT NOT NULL DEFAULT '',
    host TEXT NOT NULL DEFAULT '',    -- of the process that runs it, with pid and start (clock ticks since boot)
    pid INTEGER NOT NULL DEFAULT 0,
    pid_start INTEGER NOT NULL DEFAULT 0,
    heartbeat_at TEXT NOT NULL DEFAULT ''
);
CREATE TABLE run_tag (
    run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    tag TEXT NOT NULL,
    PRIMARY KEY (run, position)
) WITHOUT ROWID;
CREATE TABLE run_summary (
    run INTEGER PRIMARY KEY REFERENCES run(id) ON DELETE CASCADE,
    error_all REAL, error_all_low REAL, error_all_high REAL, -- output of the last layer, held-out samples, 95 %
    error_vision REAL, error_vision_low REAL, error_vision_high REAL,
    error_text REAL, error_text_low REAL, error_text_high REAL,
    error_answer REAL, error_answer_low REAL, error_answer_high REAL,
    answer_loss REAL, answer_loss_low REAL, answer_loss_high REAL, -- nats per token
    full_precision_answer_loss REAL,
    mean_module_error REAL,
    original_bytes INTEGER NOT NULL,
    quantized_bytes INTEGER NOT NULL,
    bits_per_weight REAL,
    rounding_to_bf16 REAL,
    seconds REAL,
    peak_bytes INTEGER NOT NULL,
    warnings INTEGER NOT NULL
);
CREATE TABLE layer_result (
    run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    layer INTEGER NOT NULL,           -- decoder layer, from 0
    calibration_all REAL, calibration_vision REAL, calibration_text REAL, calibration_answer REAL,
    heldout_all REAL, heldout_vision REAL, heldout_text REAL, heldout_answer REAL,
    difference_all REAL, difference_all_low REAL, difference_all_high REAL, -- mean |full precision - quantized|
    difference_vision REAL, difference_vision_low REAL, difference_vision_high REAL,
    difference_text REAL, difference_text_low REAL, difference_text_high REAL,
    seconds REAL,
    PRIMARY KEY (run, layer)
) WITHOUT ROWID;
CREATE TABLE module_result (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    module INTEGER NOT NULL,          -- position in depth order, from 0
    layer INTEGER NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    output_channels INTEGER NOT NULL,
    input_channels INTEGER NOT NULL,
    bits INTEGER NOT NULL,
    group_size INTEGER NOT NULL,
    calibration_all REAL, calibration_vision REAL, calibration_text REAL, calibration_answer REAL,
    heldout_all REAL, heldout_vision REAL, heldout_text REAL, heldout_answer REAL,
    weight_error REAL,
    awareness REAL,                   -- mu*
    vision_magnitude REAL,            -- |H_v|: mean squared input per channel and token
    text_magnitude REAL,
    vision_tokens INTEGER NOT NULL,
    text_tokens INTEGER NOT NULL,
    correction_max REAL,              -- max |C|
    damp_used REAL,
    damp_retries INTEGER NOT NULL,
    saturated_share REAL,
    fell_back_to_rtn INTEGER NOT NULL,
    reconstruction_loss REAL,
    capture_seconds REAL, mu_search_seconds REAL, solve_seconds REAL, pack_seconds REAL,
    memory TEXT NOT NULL,             -- JSON list of {name, formula, measured}
    peak_bytes INTEGER NOT NULL,
    UNIQUE (run, module)
);
CREATE TABLE mu_point (
    module_result INTEGER NOT NULL REFERENCES module_result(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    mu REAL NOT NULL,
    loss REAL,
    relative REAL,
    is_candidate INTEGER NOT NULL,
    PRIMARY KEY (module_result, position)
) WITHOUT ROWID;
CREATE TABLE module_blob (
    module_result INTEGER NOT NULL REFERENCES module_result(id) ON DELETE CASCADE,
    name TEXT NOT NULL,               -- correction, extra_loss, channel_vision, channel_text
    data BLOB NOT NULL,               -- little-endian float32, one per input channel
    PRIMARY KEY (module_result, name)
);
CREATE TABLE bench_score (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run INTEGER REFERENCES run(id) ON DELETE CASCADE, -- NULL: the full-precision checkpoint
    model TEXT NOT NULL,
    model_fingerprint TEXT NOT NULL,
    evaluation INTEGER NOT NULL,      -- equal for the benchmarks that were evaluated together
    at TEXT NOT NULL,
    selection TEXT NOT NULL,          -- "first 50", "all"
    benchmark TEXT NOT NULL,
    title TEXT NOT NULL,
    scorer TEXT NOT NULL,
    ruleset TEXT NOT NULL,
    items INTEGER NOT NULL, scored INTEGER NOT NULL, expected INTEGER NOT NULL,
    score REAL, low REAL, high REAL,  -- 0 ... 100, 95 %
    answer_loss REAL, answer_loss_low REAL, answer_loss_high REAL,
    answer_tokens INTEGER NOT NULL,
    empty INTEGER NOT NULL, unparsed INTEGER NOT NULL, truncated INTEGER NOT NULL, errors INTEGER NOT NULL,
    seconds REAL
);
CREATE INDEX bench_score_of ON bench_score(run, model, benchmark);
CREATE TABLE bench_item (
    id INTEGER PRIMARY KEY,
    run INTEGER REFERENCES run(id) ON DELETE CASCADE,
    model TEXT NOT NULL,
    settings TEXT NOT NULL,           -- what the answer depends on besides the model; hash
    benchmark TEXT NOT NULL,
    item TEXT NOT NULL,
    row INTEGER NOT NULL,
    category TEXT NOT NULL, prompt TEXT NOT NULL, raw_answer TEXT NOT NULL, parsed TEXT NOT NULL,
    status TEXT NOT NULL, finish TEXT NOT NULL, answer TEXT NOT NULL, image_sha256 TEXT NOT NULL,
    score REAL,
    answer_nll REAL,
    answer_tokens INTEGER NOT NULL,
    token_ids TEXT NOT NULL,          -- JSON list
    prompt_tokens INTEGER NOT NULL, vision_tokens INTEGER NOT NULL,
    prefill_seconds REAL, decode_seconds REAL,
    error TEXT NOT NULL
);
CREATE UNIQUE INDEX bench_item_of ON bench_item(ifnull(run, 0), model, benchmark, item);
CREATE INDEX bench_item_run ON bench_item(run);
CREATE TABLE event (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    at TEXT NOT NULL,
    severity TEXT NOT NULL,           -- note, warning, error
    code TEXT NOT NULL,
    place TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX event_of ON event(run, id);
CREATE TABLE resource_sample (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    at TEXT NOT NULL,
    resident_bytes INTEGER NOT NULL,
    device_bytes INTEGER NOT NULL
);
CREATE INDEX resource_sample_of ON resource_sample(run);
CREATE TABLE control (
    run INTEGER PRIMARY KEY REFERENCES run(id) ON DELETE CASCADE,
    request TEXT NOT NULL,            -- pause, stop after layer, stop now, resume
    at TEXT NOT NULL
);
CREATE VIEW v_layers AS
    SELECT run.id AS run, run.name AS run_name, run.method, run.scheme, m.module, m.layer, m.name AS module_name, m.kind,
           m.output_channels, m.input_channels, m.bits, m.group_size,
           m.heldout_all AS heldout_error, m.heldout_vision AS heldout_error_vision, m.heldout_text AS heldout_error_text,
           m.heldout_answer AS heldout_error_answer, m.calibration_all AS calibration_error, m.weight_error,
           m.awareness AS mu, m.vision_magnitude, m.text_magnitude, m.damp_used, m.damp_retries, m.saturated_share,
           ifnull(m.capture_seconds, 0) + ifnull(m.mu_search_seconds, 0) + ifnull(m.solve_seconds, 0) +
               ifnull(m.pack_seconds, 0) AS seconds, m.peak_bytes
    FROM module_result m JOIN run ON run.id = m.run;
CREATE VIEW v_scores AS
    SELECT s.run, ifnull(run.name, 'full precision') AS run_name, s.model, run.method, run.scheme, s.benchmark, s.title,
           s.score, s.low, s.high, s.answer_loss, s.answer_loss_low, s.answer_loss_high, s.scored, s.items, s.expected,
           s.selection, s.ruleset, s.at
    FROM bench_score s LEFT JOIN run ON run.id = s.run
    WHERE s.id IN (SELECT max(id) FROM bench_score GROUP BY run, model, benchmark);
)sql";

// Answers become the whole record of benchmarks.md 7, scores get the manifest of their evaluation. A table is
// made anew because a column cannot learn to be absent (parsed).
constexpr const char* kVersion2 = R"sql(
CREATE TABLE new_item (
    id INTEGER PRIMARY KEY,
    run INTEGER REFERENCES run(id) ON DELETE CASCADE,
    model TEXT NOT NULL,
    benchmark TEXT NOT NULL,
    item TEXT NOT NULL,
    row INTEGER NOT NULL,
    category TEXT NOT NULL,
    l2_category TEXT NOT NULL,
    prompt TEXT NOT NULL,
    prompt_sha256 TEXT NOT NULL,
    image_sha256 TEXT NOT NULL,       -- of the encoded pictures, one after the other
    reference_answers TEXT NOT NULL,  -- JSON list, as is options
    options TEXT NOT NULL,
    raw_answer TEXT NOT NULL,
    parsed TEXT,                      -- NULL: nothing could be read
    status TEXT NOT NULL,
    finish TEXT NOT NULL,
    answer TEXT NOT NULL,             -- the reference whose loss is taken
    score REAL,
    ruleset TEXT NOT NULL,
    settings TEXT NOT NULL,           -- JSON object, what the answer depends on besides prompt and picture
    answer_nll REAL,
    answer_tokens INTEGER NOT NULL,
    token_ids TEXT NOT NULL,          -- JSON list
    prompt_tokens INTEGER NOT NULL, vision_tokens INTEGER NOT NULL,
    prefill_seconds REAL, decode_seconds REAL,
    error TEXT NOT NULL
);
INSERT INTO new_item
    SELECT id, run, model, benchmark, item, row, category, '', prompt, '', image_sha256, '[]', '[]', raw_answer, parsed,
           status, finish, answer, score, '', '{}', answer_nll, answer_tokens, token_ids, prompt_tokens, vision_tokens,
           prefill_seconds, decode_seconds, error
    FROM bench_item;
DROP TABLE bench_item;
ALTER TABLE new_item RENAME TO bench_item;
CREATE UNIQUE INDEX bench_item_of ON bench_item(ifnull(run, 0), model, benchmark, item);
CREATE INDEX bench_item_run ON bench_item(run);
ALTER TABLE bench_score ADD COLUMN manifest TEXT NOT NULL DEFAULT '{}'; -- JSON object
CREATE VIEW v_items AS
    SELECT 'vlm-eval-record/1' AS schema, run, model, benchmark, item AS id, row, nullif(category, '') AS category,
           nullif(l2_category, '') AS l2_category, prompt, prompt_sha256, image_sha256,
           reference_answers AS "references", options, raw_answer, finish, parsed, status, score, ruleset,
           prompt_tokens AS tokens_in, json_array_length(token_ids) AS tokens_out,
           cast(round(1000 * prefill_seconds) AS INTEGER) AS ms_prefill,
           cast(round(1000 * decode_seconds) AS INTEGER) AS ms_decode, nullif(error, '') AS error,
           answer_nll, answer_tokens, settings
    FROM bench_item;
)sql";

constexpr std::array kSteps{kVersion1, kVersion2};

std::filesystem::path backupPath(const std::filesystem::path& database, std::int64_t version) {
    const std::string stem = database.string() + ".version" + std::to_string(version);
    std::filesystem::path copy = stem + ".bak";
    for (int i = 2; std::filesystem::exists(copy); ++i)
        copy = stem + "-" + std::to_string(i) + ".bak";
    return copy;
}

}

std::span<const char* const> schemaSteps() { return kSteps; }

SchemaState schemaState(Connection& connection, std::span<const char* const> steps) {
    const auto owner = connection.number("PRAGMA application_id");
    const auto version = connection.number("PRAGMA user_version");
    if (owner == 0 && version == 0 && connection.number("SELECT count(*) FROM sqlite_master") == 0)
        return SchemaState::Empty;
    if (owner != kApplicationId)
        throw Error(ErrorKind::Database, "E-DB-09",
                    connection.path().string() + " is a database of another program, not a run database.",
                    "Choose another file; nothing was changed in this one.");
    const auto newest = static_cast<std::int64_t>(steps.size());
    return version > newest   ? SchemaState::Newer
           : version < newest ? SchemaState::Older
                              : SchemaState::Current;
}

std::filesystem::path migrate(Connection& connection, std::span<const char* const> steps) {
    std::filesystem::path backup;
    if (schemaState(connection, steps) == SchemaState::Older) {
        backup = backupPath(connection.path(), connection.number("PRAGMA user_version"));
        connection.backUp(backup);
    }
    Transaction transaction(connection);
    // Another process may have been first.
    const auto state = schemaState(connection, steps);
    if (state != SchemaState::Empty && state != SchemaState::Older)
        return backup;
    for (auto version = connection.number("PRAGMA user_version"); version < std::ssize(steps); ++version)
        connection.execute(steps[version]);
    connection.execute("PRAGMA application_id = " + std::to_string(kApplicationId));
    connection.execute("PRAGMA user_version = " + std::to_string(steps.size()));
    transaction.commit();
    return backup;
}

}
