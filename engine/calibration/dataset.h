// dataset.h - calibration lines: pictures, question, answer (method.md 9.1). Reading is lazy: pictures are
// decoded when a sample is built. Throws Error (BadInput) naming file and line.
#pragma once
#include "engine/core/config.h"
#include "engine/families/processor.h"

#include <filesystem>
#include <stop_token>

namespace vlmptq::calibration {

struct CalibrationLine {
    std::int64_t line = 0; // 1-based in the file
    std::string id, task, question, answer;
    std::vector<std::filesystem::path> images; // absolute
    std::vector<families::Message>
        prompt; // the user turn (and system turn where given), pictures first unless messages say otherwise
};

struct CalibrationSet {
    std::filesystem::path file;
    std::vector<CalibrationLine> calibration, heldout; // in the order they are used
    std::string contentHash;                           // of lines and picture bytes, for the fingerprint
    bool hasImages() const;                            // any calibration line with a picture
};

// All lines of a JSONL file, a JSON array, or a folder holding exactly one *.jsonl (or *.json).
std::vector<CalibrationLine> readLines(const std::filesystem::path& source);
// File order: first `samples` lines calibrate, last `heldout` are held out. Seeded: a SplitMix64 shuffle of
// all lines first. Errors: samples + heldout larger than the file; no picture in any calibration line without
// allowTextOnly; stopped (asked between lines: all pictures are read).
CalibrationSet loadCalibration(const CalibConfig&, const std::stop_token& = {});

// One sequence: prompt tokens, then the answer's tokens tokenised on their own, no end token.
struct CalibrationSample {
    families::ProcessedPrompt sequence;
    std::vector<families::ImageInput> images;
    std::int64_t answerBegin = 0; // index of the first answer token; n when there is none
    std::int64_t visionTokens = 0, textTokens = 0;
    bool wasCut = false;
};
CalibrationSample buildSample(const families::Processor&, const CalibrationLine&, int maxTokens);

}
