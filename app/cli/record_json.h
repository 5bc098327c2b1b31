// record_json.h - records as JSON with the stable field names scripts rely on (schema 1). Absent values are
// null.
#pragma once
#include "engine/core/records.h"
#include "engine/store/run_store.h"

#include <nlohmann/json.hpp>

namespace vlmptq::cli {

inline constexpr int kSchema = 1;

nlohmann::ordered_json toJson(const ErrorByTokens&);
nlohmann::ordered_json toJson(const std::optional<MeanInterval>&);
nlohmann::ordered_json toJson(const RunSummary&);
nlohmann::ordered_json toJson(const ModuleResult&);
nlohmann::ordered_json toJson(const LayerResult&); // without its modules
nlohmann::ordered_json toJson(const BenchmarkScore&);
nlohmann::ordered_json toJson(const store::RunRecord&);
nlohmann::ordered_json itemExport(const EvalItem&); // a line of `eval --items`

}
