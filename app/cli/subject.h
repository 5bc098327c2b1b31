// subject.h - what a RUN or RUN|MODEL argument means: a run's id, its name, a run folder, or a checkpoint
// folder.
#pragma once
#include "app/cli/session.h"

#include <filesystem>
#include <optional>
#include <string>

namespace vlmptq::cli {

enum class IfSeveral { TakeNewest, Refuse }; // when a name belongs to several runs

// Throws Error (BadInput) with the nearest names when there is no such run.
store::RunRecord findRun(Session&, const std::string& text, IfSeveral = IfSeveral::TakeNewest);

struct Subject {
    std::optional<store::RunRecord>
        run;                      // absent for a checkpoint, and for a run folder the database does not know
    std::filesystem::path folder; // what the engine opens
    std::string title;
};
Subject findRunOrModel(Session&, const std::string& text);

// What the engine would refuse of a checkpoint, refused before the engine is opened, which takes seconds.
void requireUsable(const Subject&);

// The pairs a run's mean module error is of: "held-out", or "calibration" where none were kept out.
std::string errorPairs(const CalibConfig&);

std::string runTitle(const store::RunRecord&); // "run 7 (demo-w3-vlmptq)"

}
