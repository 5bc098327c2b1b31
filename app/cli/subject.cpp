#include "app/cli/subject.h"

#include "engine/checkpoint/run_folder.h"
#include "engine/core/text.h"
#include "engine/families/processor.h"

#include <algorithm>
#include <charconv>

namespace fs = std::filesystem;

namespace vlmptq::cli {
namespace {

using store::RunRecord;

std::optional<store::RunId> asId(const std::string& text) {
    store::RunId id = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), id);
    return failure == std::errc() && end == text.data() + text.size() ? std::optional(id) : std::nullopt;
}

std::vector<RunRecord> allRuns(Session& session) {
    const auto opened = session.openStoreToRead();
    return opened ? opened->runs() : std::vector<RunRecord>{};
}

std::optional<RunRecord> runOfFolder(const std::vector<RunRecord>& runs, const fs::path& folder) {
    for (const auto& run : runs) {
        std::error_code failure;
        if (fs::equivalent(run.directory, folder, failure) && !failure)
            return run;
    }
    return std::nullopt;
}

std::optional<RunRecord> runNamed(Session& session, const std::vector<RunRecord>& runs,
                                  const std::string& name, IfSeveral ifSeveral) {
    std::vector<RunRecord> found; // newest first, as the store lists them
    std::copy_if(runs.begin(), runs.end(), std::back_inserter(found),
                 [&](const RunRecord& run) { return run.name == name; });
    if (found.empty())
        return std::nullopt;
    if (found.size() == 1)
        return found.front();
    std::vector<std::string> ids;
    for (const auto& run : found)
        ids.push_back(std::to_string(run.id));
    if (ifSeveral == IfSeveral::Refuse)
        throw Error(ErrorKind::BadInput, "E-CLI-02",
                    std::to_string(found.size()) + " runs are called '" + name + "': " + join(ids, ", ") +
                        ".",
                    "Name one of them by its number.");
    session.console.note(std::to_string(found.size()) + " runs are called '" + name +
                         "'; taking the newest, run " + ids.front());
    return found.front();
}

[[noreturn]] void failUnknown(const Session& session, const std::vector<RunRecord>& runs,
                              const std::string& text, const char* what) {
    std::vector<std::string> names;
    for (const auto& run : runs)
        names.push_back(run.name);
    const auto nearest = closest(text, names);
    throw Error(ErrorKind::BadInput, "E-CLI-01",
                std::string(what) + " '" + text + "' was found in " + session.database().string() + ".",
                nearest.empty() ? "'vlmptq runs list' shows what there is; --db chooses another database."
                                : "Did you mean '" + nearest + "'?");
}

std::optional<RunRecord> lookUp(Session& session, const std::vector<RunRecord>& runs, const std::string& text,
                                IfSeveral ifSeveral) {
    if (const auto id = asId(text)) {
        const auto found =
            std::find_if(runs.begin(), runs.end(), [&](const RunRecord& run) { return run.id == *id; });
        return found == runs.end() ? std::nullopt : std::optional(*found);
    }
    if (auto named = runNamed(session, runs, text, ifSeveral))
        return named;
    return runOfFolder(runs, text);
}

}

RunRecord findRun(Session& session, const std::string& text, IfSeveral ifSeveral) {
    const auto runs = allRuns(session);
    if (auto run = lookUp(session, runs, text, ifSeveral))
        return *run;
    failUnknown(session, runs, text, "No run");
}

Subject findRunOrModel(Session& session, const std::string& text) {
    const bool isFolder = fs::is_directory(text) && !asId(text);
    if (isFolder && !checkpoint::isRunFolder(text))
        return {.run = std::nullopt, .folder = fs::absolute(text).lexically_normal(), .title = text};
    const auto runs = allRuns(session);
    if (auto run = lookUp(session, runs, text, IfSeveral::TakeNewest))
        return {.run = run, .folder = run->directory, .title = runTitle(*run)};
    if (isFolder)
        return {.run = std::nullopt, .folder = fs::absolute(text).lexically_normal(), .title = text};
    failUnknown(session, runs, text, "No model folder and no run");
}

void requireUsable(const Subject& subject) {
    if (!checkpoint::isRunFolder(subject.folder))
        families::requireUsable(checkpoint::Checkpoint::open(subject.folder));
}

std::string errorPairs(const CalibConfig& calib) { return calib.heldout > 0 ? "held-out" : "calibration"; }

std::string runTitle(const RunRecord& run) { return "run " + std::to_string(run.id) + " (" + run.name + ")"; }

}
