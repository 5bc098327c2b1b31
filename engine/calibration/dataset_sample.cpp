#include "engine/calibration/dataset.h"
#include "engine/core/error.h"

#include <algorithm>

namespace vlmptq::calibration {

namespace {

// Text positions count alike in every row, so cutting at the end leaves ropeDelta as it is.
void cut(families::ProcessedPrompt& sequence, std::int64_t length) {
    const auto old = static_cast<std::int64_t>(sequence.inputIds.size());
    std::vector<std::int64_t> positions;
    for (int row = 0; row < sequence.positionRows; ++row) {
        const auto begin = sequence.positionIds.begin() + row * old;
        positions.insert(positions.end(), begin, begin + length);
    }
    sequence.positionIds = std::move(positions);
    sequence.inputIds.resize(static_cast<std::size_t>(length));
    sequence.visionMask.resize(static_cast<std::size_t>(length));
}

// The shortest length that holds every picture whole.
std::int64_t lengthOfPictures(const families::ProcessedPrompt& sequence) {
    const auto last = std::find(sequence.visionMask.rbegin(), sequence.visionMask.rend(), 1);
    return sequence.visionMask.rend() - last;
}

}

CalibrationSample buildSample(const families::Processor& processor, const CalibrationLine& line,
                              int maxTokens) {
    CalibrationSample sample;
    for (const auto& picture : line.images)
        sample.images.push_back(processor.prepare(image::decodeFile(picture)));
    auto& sequence = sample.sequence;
    sequence = processor.process(line.prompt, sample.images);
    sample.answerBegin = static_cast<std::int64_t>(sequence.inputIds.size());
    const std::vector<text::Range> allLiteral{{0, line.answer.size()}};
    processor.append(sequence, processor.tokenizer().encode(line.answer, allLiteral));

    if (static_cast<std::int64_t>(sequence.inputIds.size()) > maxTokens) {
        const auto needed = lengthOfPictures(sequence);
        if (needed > maxTokens)
            throw Error(ErrorKind::BadInput, "E-CALIB-08",
                        "Calibration line " + std::to_string(line.line) + ": its picture ends at token " +
                            std::to_string(needed) + ", beyond the limit of " + std::to_string(maxTokens) +
                            " tokens.",
                        "Raise the limit (--max-tokens), or use smaller pictures.");
        cut(sequence, maxTokens);
        sample.answerBegin = std::min<std::int64_t>(sample.answerBegin, maxTokens);
        sample.wasCut = true;
    }
    sample.visionTokens = std::count(sequence.visionMask.begin(), sequence.visionMask.end(), 1);
    sample.textTokens = static_cast<std::int64_t>(sequence.visionMask.size()) - sample.visionTokens;
    return sample;
}

}
