// run_job.h - one quantization or evaluation from database row to database row: the same steps for the
// command line and the Studio. Sets the run's states, records events, obeys control requests of other
// processes, resumes after the last finished layer. Blocks the calling thread (the engine's). The observer
// gets every event too, after it was recorded.
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

// Runs or resumes `run` (its RunRecord says which). A stop request gives Outcome::Stopped; layers stay. Any
// other failure marks the run failed with its sentence and is thrown on as Error; so is a result the database
// refused. The fingerprint is stored before the first layer; on resume a differing one is an Error (BadInput)
// that lists the differences, before anything is changed. Resumes after the last of the recorded layers whose
// files are all whole (run_recovery.h).
Outcome quantize(api::Engine&, const std::filesystem::path& database, store::RunId run, EventSink& observer,
                 std::stop_source stop, const QuantizeOptions& = {});

// Evaluates a finished run (`request.model` is set to its folder) or, run absent, the checkpoint
// `request.model`. Answers go to the database as they come, the scores together at the end. `resume`:
// questions that were answered before are not asked again where the engine finds everything as it was; a
// warning says how many are. A stop is an Error (Stopped); what was answered stays.
std::vector<BenchmarkScore> evaluate(api::Engine&, const std::filesystem::path& database,
                                     std::optional<store::RunId> run, api::EvaluateRequest request,
                                     EventSink& observer, std::stop_token stop, bool resume = false);

// Of a checkpoint folder: changes when a weight file or config.json does. Looks at names, sizes and times of
// the weight files, not at their bytes.
std::string checkpointFingerprint(const std::filesystem::path& folder);

}
