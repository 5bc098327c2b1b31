// run_plan.h - everything about a run that can be known before a tensor is touched: what will be quantized,
// on which data, how large the result is, whether the settings fit the model. `--dry-run`, the checks before
// a run is stored, and the Studio's checks are this one function. Torch-free; reads headers, config files,
// the tokenizer and calibration lines with the headers of their pictures.
#pragma once
#include "engine/calibration/dataset.h"
#include "engine/families/processor.h"

#include <filesystem>
#include <string>
#include <vector>

namespace vlmptq::jobs {

struct RunPlan {
    families::ModelSummary model;
    std::vector<families::ModelSummary::Linear> quantized; // in depth order, left-out modules not among them
    std::size_t leftOut = 0;
    std::size_t calibrationLines = 0, heldoutLines = 0;
    std::uint64_t originalBytes = 0,
                  quantizedBytes = 0; // of the matrices to quantize: as they are, and as the run keeps them
    double bitsPerWeight = 0;         // with 16-bit scales, as exported
    std::vector<std::string> warnings;
};

// Throws Error: BadOption for a setting wrong in itself; BadInput for a model or data that cannot be used, a
// group size that does not divide, a pattern that matches nothing; NoResource when `runsFolder` has no room
// for the result.
RunPlan planRun(const RunConfig&, const std::filesystem::path& runsFolder);

// Codes, scales and zeros of one module in the run's own form.
std::uint64_t packedBytes(const QuantConfig&, const families::ModelSummary::Linear&);

}
