// schema.h - the tables of the run database and the steps from one version to the next (PRAGMA user_version).
// Step i leads from version i to i + 1; a step once released is never edited. Documented views for
// spreadsheets: v_layers (a row per module of every run), v_scores (the newest score per run or model and
// benchmark) and v_items (every answered question by the names of benchmarks.md 7).
#pragma once
#include "engine/store/sqlite.h"

#include <span>
#include <string>

namespace vlmptq::store {

inline constexpr std::int64_t kApplicationId = 0x564c5051; // "VLPQ"

std::span<const char* const> schemaSteps();

enum class SchemaState { Empty, Older, Current, Newer };
// Throws Error (Database) for a SQLite file of another program.
SchemaState schemaState(Connection&, std::span<const char* const> steps = schemaSteps());
// Brings an empty or older database to the newest version, in one transaction; several processes may try at
// once. Returns the backup copy made before a migration; empty when there was nothing to lose.
std::filesystem::path migrate(Connection&, std::span<const char* const> steps = schemaSteps());

}
