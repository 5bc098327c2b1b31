// run_job.h - one quantization or evaluation from database row to database row: the same steps for the command line and the
// Studio. Sets the run's states, records events, obeys control requests of other processes, resumes after the last
// finished layer. Blocks the calling thread (the engine's). The observer gets every event too, after it was recorded.
#pragma once
#include "engine/api/engine.h"
#include "engine/store/run_store.h"

#include <optional>
#include <stop_token>

namespace vlmptq::jobs {

enum class Outcome { Finished, FinishedWithWarnings, Paused, Stopped };

struct QuantizeOptions {
    bool allowOtherVersion = false;
};

// Runs or resumes `run` (its RunRecord says which). A stop request gives Outcome::Stopped; layers stay. Any other failure
// marks the run failed with its sentence and is thrown on as Error. Before the first layer the fingerprint is stored; on
// resume a differing one is an Error (BadInput) that lists the differences.
Outcome quantize(api::Engine&, const std::filesystem::path& database, store::RunId run, EventSink& observer,
                 std::stop_source stop, const QuantizeOptions& = {});

// Evaluates a run or (run absent) the checkpoint `request.model`; scores and items go to the database as they come.
// `resume`: items already answered with the same model and settings are kept and not asked again.
std::vector<BenchmarkScore> evaluate(api::Engine&, const std::filesystem::path& database, std::optional<store::RunId> run,
                                     api::EvaluateRequest request, EventSink& observer, std::stop_token stop, bool resume = false);

}
