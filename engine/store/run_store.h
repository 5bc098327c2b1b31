// run_store.h - the run database: one SQLite file (WAL), written by the process that runs, read live by any
// other (interface.md 10). Tables and views: schema.cpp. All times UTC ISO-8601. A model is named by its
// absolute folder; a relative one is taken from the working directory. A RunStore belongs to one thread; open
// one per thread. Throws Error (Database) with a sentence naming the file: locked, read-only, corrupt, not
// ours, from a newer program.
#pragma once
#include "engine/core/config.h"
#include "engine/core/records.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace vlmptq::store {

using RunId = std::int64_t;

enum class RunState { Queued, Running, Paused, Stopped, Interrupted, Finished, FinishedWithWarnings, Failed };
std::string_view toString(RunState); // "finished with warnings"
bool isFinished(RunState);           // with or without warnings

struct RunRecord {
    RunId id = 0;
    std::string name, model, modelTitle, method,
        scheme; // "demo", folder, "Qwen2.5-VL 5.0M", "vlmptq", "W3A16"
    RunState state = RunState::Queued;
    RunConfig config;
    std::string fingerprint, fingerprintParts;
    std::string createdAt, startedAt, finishedAt;
    int layers = 0, layersDone = 0, modules = 0;
    std::string directory; // of its layer files, absolute
    std::string color, note, error, host;
    std::int64_t pid = 0;
    std::vector<std::string> tags;
    std::optional<RunSummary> summary;
    std::optional<double>
        averageScore;         // unweighted mean over the benchmarks of the newest of the widest evaluations
    bool isResumable() const; // paused, stopped, interrupted or failed
};

struct LogEntry {
    std::int64_t id = 0;
    RunId run = 0;
    std::string at, severity, code, where, text;
};
// An evaluation of a run, or of a full-precision checkpoint (run absent, `model` names it).
struct ScoreRecord {
    std::int64_t id = 0;
    std::optional<RunId> run;
    std::string model, modelFingerprint, at, selection; // "first 50", "all"
    BenchmarkScore score;
};
struct ResourceSample {
    std::string at;
    std::uint64_t residentBytes = 0, deviceBytes = 0;
};

enum class Control { None, PauseAfterLayer, StopAfterLayer, StopNow, Resume };

class RunStore {
public:
    // Creates the file and its folder when missing (not read-only). Migrates older schemas after a backup
    // copy; a newer one opens read-only. Falls back to a rollback journal on network mounts.
    static std::unique_ptr<RunStore> open(const std::filesystem::path&, bool readOnly = false);
    virtual ~RunStore() = default;
    virtual const std::filesystem::path& path() const = 0;
    virtual bool isReadOnly() const = 0;                  // every change throws Error (Database)
    virtual std::string notice() const = 0;               // "opened read-only: …", empty when all is well
    virtual std::filesystem::path runsFolder() const = 0; // <db folder>/runs
    virtual std::int64_t dataVersion() = 0;               // changes when another connection wrote

    virtual RunId createRun(const RunConfig&,
                            RunState = RunState::Queued) = 0; // also makes its folder and a colour
    virtual std::vector<RunRecord> runs() = 0;                // newest first
    virtual std::optional<RunRecord> run(RunId) = 0;
    virtual void renameRun(RunId, const std::string&) = 0;
    virtual void setTags(RunId, const std::vector<std::string>&) = 0;
    virtual void setNote(RunId, const std::string&) = 0;
    virtual void setColor(RunId, const std::string&) = 0;
    virtual void deleteRun(RunId) = 0; // rows and layer files; refused while it runs
    virtual std::uint64_t diskBytes(RunId) = 0;

    virtual void setModelTitle(RunId, const std::string&) = 0;

    // Makes this process the one that works on the run: state running, pid, host, first heartbeat; forgets
    // old control requests. Throws Error (Database) when another living process works on it.
    virtual void claim(RunId) = 0;
    virtual void setState(RunId, RunState,
                          const std::string& error = {}) = 0; // for states the run is left in
    virtual void markStarted(RunId, int layers, int modules, const std::string& fingerprint,
                             const std::string& parts) = 0;
    virtual void heartbeat(RunId) = 0;
    virtual int
    markInterrupted() = 0; // running, no heartbeat for 30 s, and on this host no such process; their number
    virtual void
    saveLayer(RunId, const LayerResult&) = 0; // module rows, layer row and layers_done in one transaction
    virtual void saveSummary(RunId, const RunSummary&) = 0;
    virtual void dropLayersFrom(RunId, int layer) = 0; // before they are computed again

    virtual std::vector<LayerResult> layers(RunId, int fromLayer = 0) = 0; // with modules; without blobs
    virtual std::optional<ModuleResult> module(RunId, int index) = 0;      // with blobs (channel vectors)

    virtual std::int64_t addScore(const ScoreRecord&) = 0;
    virtual void
    addScores(const std::vector<ScoreRecord>&) = 0; // of one evaluation: all or none, with one time
    // A later answer to the same question replaces the earlier one.
    virtual void addItem(std::optional<RunId>, const std::string& model, const EvalItem&) = 0;
    virtual std::vector<ScoreRecord> scores(std::optional<RunId>,
                                            const std::string& model = {}) = 0; // newest per benchmark
    // In file order; empty `benchmark`: all.
    virtual std::vector<EvalItem> items(std::optional<RunId>, const std::string& model,
                                        const std::string& benchmark) = 0;

    virtual void addLog(RunId, const std::string& severity, const std::string& code, const std::string& where,
                        const std::string& text) = 0;
    virtual std::vector<LogEntry> log(RunId, std::int64_t afterId = 0) = 0;
    virtual void addResourceSample(RunId, const ResourceSample&) = 0;

    virtual void requestControl(RunId, Control) = 0; // from another process
    virtual Control takeControl(RunId) = 0;          // by the running one; clears it
};

RunRecord requireRun(RunStore&, RunId); // throws Error (BadInput) when there is none

// $VLMPTQ_DB, else $XDG_DATA_HOME/vlmptq/runs.db, else ~/.local/share/vlmptq/runs.db
std::filesystem::path defaultDatabase();

}
