// job.h - runs one stored run or one evaluation with all the command line adds: progress, JSON lines, Ctrl-C,
// and the sentence that says how to go on.
#pragma once
#include "app/cli/subject.h"

#include <string>
#include <vector>

namespace vlmptq::cli {

struct QuantizedRun {
    store::RunRecord run; // as finished
    bool hasWarnings = false;
};

// Runs or resumes. Throws Error (Stopped) with the resume command when it was stopped or paused.
QuantizedRun quantizeRun(Session&, store::RunId, bool allowOtherVersion = false);

struct EvalPlan {
    std::vector<std::filesystem::path> benchmarks; // TSV files or folders
    std::int64_t limit = 0;
    int maxNewTokens = 0;
    double repetitionPenalty = 1;
    std::string ruleset = "lmms-eval/current";
    DeviceConfig device;
    bool resume = false; // keep answers given before
};
std::vector<BenchmarkScore> evaluate(Session&, const Subject&, const EvalPlan&);

// "42", with --db when the database is not the usual one.
std::string resumeCommand(const Session&, store::RunId);

}
