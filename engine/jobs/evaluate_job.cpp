#include "engine/core/file.h"
#include "engine/core/hash.h"
#include "engine/jobs/run_job.h"
#include "engine/store/run_recorder.h"

#include <algorithm>

namespace vlmptq::jobs {
namespace {

namespace fs = std::filesystem;

// A run's model is its own folder; it must be finished.
void useRun(store::RunStore& store, store::RunId id, api::EvaluateRequest& request,
            store::EvalTarget& target) {
    const auto run = requireRun(store, id);
    if (!isFinished(run.state))
        throw Error(ErrorKind::BadInput, "E-JOB-04",
                    "Run " + std::to_string(id) + " is " + std::string(toString(run.state)) + " with " +
                        std::to_string(run.layersDone) + " of " + std::to_string(run.layers) +
                        " layers: only a finished run can be evaluated.",
                    "Resume it first.");
    request.model = run.directory;
    target.model = run.model;
    target.modelFingerprint = run.fingerprint;
}

}

std::string checkpointFingerprint(const fs::path& folder) {
    std::vector<std::string> files;
    std::error_code failure;
    for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end;
         entry.increment(failure)) {
        if (entry->path().extension() != ".safetensors")
            continue;
        const auto time = entry->last_write_time().time_since_epoch().count();
        files.push_back(entry->path().filename().string() + "\n" + std::to_string(entry->file_size()) + "\n" +
                        std::to_string(time) + "\n");
    }
    if (failure)
        throw Error(ErrorKind::BadInput, "E-CKPT-01",
                    "The folder " + folder.string() + " cannot be read: " + failure.message() + ".",
                    "Give the folder of a checkpoint.");
    std::sort(files.begin(), files.end());
    Sha256 hash;
    hash.update(readFile(folder / "config.json"));
    for (const auto& file : files)
        hash.update(file);
    return hash.hex();
}

std::vector<BenchmarkScore> evaluate(api::Engine& engine, const fs::path& database,
                                     std::optional<store::RunId> run, api::EvaluateRequest request,
                                     EventSink& observer, std::stop_token stop, bool resume) {
    const auto store = store::RunStore::open(database);
    store::EvalTarget target;
    target.run = run;
    target.model = request.model.string();
    if (run)
        useRun(*store, *run, request, target);
    else
        target.modelFingerprint = checkpointFingerprint(request.model);
    target.selection = request.limit > 0 ? "first " + std::to_string(request.limit) : "all";
    if (resume)
        request.answered = store->items(run, target.model, {});

    // Ends with the caller's stop, or when an answer could not be saved.
    std::stop_source inner;
    const std::stop_callback forward(stop, [&inner] { inner.request_stop(); });
    store::EvalRecorder recorder(database, target, [&inner] { inner.request_stop(); });
    EventFan sink({&recorder, &observer});
    std::vector<BenchmarkScore> scores;
    try {
        scores = engine.evaluate(request, sink, inner.get_token());
    } catch (const Error&) {
        if (recorder.problem())
            throw *recorder.problem();
        throw;
    }
    if (recorder.problem())
        throw *recorder.problem();
    recorder.finish(scores);
    return scores;
}

}
