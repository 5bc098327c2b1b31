// setup_state.h - everything Set up knows: what the user chose, and what was read of the model, the data and
// the machine. And the rules between them, in one place (interface.md 4). Values; pure functions.
#pragma once
#include "engine/api/engine.h"
#include "engine/calibration/dataset.h"
#include "engine/core/config.h"
#include "engine/families/processor.h"
#include "ui/problem.h"

#include <functional>
#include <optional>
#include <vector>

namespace vlmptq::ui {

struct SetupState {
    RunConfig config;                    // of the first method; the others share everything else
    std::vector<std::string> alsoRun;    // more methods, one run each
    std::vector<std::string> benchmarks; // files and folders evaluated after each run
    std::int64_t evaluateLimit = 50;     // first rows of each; 0: all
    bool evaluateAfter = true;

    std::vector<RunConfig> runs() const; // one per method; several get a name each
};

struct TokenCounts {
    int lines = 0, total = 0; // counted so far, and how many there are
    std::int64_t vision = 0, text = 0;
    int cut = 0; // lines longer than max tokens
    int withImages = 0;
};

struct SetupFacts {
    bool isReadingModel = false, isReadingData = false;
    std::optional<families::ModelSummary> model;
    std::optional<Problem> modelProblem;
    std::optional<std::vector<calibration::CalibrationLine>> lines;
    std::optional<Problem> dataProblem;
    std::optional<TokenCounts> tokens;
    std::optional<int> benchmarkFiles;
    std::optional<Problem> benchmarkProblem;
    std::optional<api::EngineInfo> engine;
    std::uint64_t freeDiskBytes = 0, freeMemoryBytes = 0, totalMemoryBytes = 0;
};

struct Check {
    Severity severity = Severity::Error; // Note: all is well
    QString field;                       // of FormGrid; empty: nothing to show
    QString sentence;
    QString fixText; // of the button; empty: no automatic remedy
    std::function<void(SetupState&)> fix;
};

std::vector<Check> checkSetup(const SetupState&, const SetupFacts&);
bool hasError(const std::vector<Check>&);

// The presets of interface.md 4. `preset` of a state: the one whose settings it has, or Own.
enum class Preset { Paper, Deploy, Own };
Preset presetOf(const QuantConfig&);
void applyPreset(Preset, QuantConfig&);

// The bytes of the run's own form on the disk.
std::uint64_t estimatedRunBytes(const families::ModelSummary&, const QuantConfig&);

// Linears the settings leave as they are.
int leftOut(const families::ModelSummary&, const QuantConfig&);

// The exact `vlmptq quantize …` for these settings, quoted for a POSIX shell.
QString commandText(const SetupState&);

}
