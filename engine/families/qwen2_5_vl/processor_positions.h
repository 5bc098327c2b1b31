// processor_positions.h - the three-row positions of Qwen2.5-VL (models.md 5.5). Pure.
#pragma once
#include "engine/families/processor.h"

namespace vlmptq::families::qwen2_5_vl {

// Sets positionRows, positionIds [3, n] and ropeDelta from visionMask; the images in sequence order.
void assignPositions(ProcessedPrompt&, std::span<const ImageInput> images, std::int64_t mergeSize);
// Text tokens behind the prompt: each row goes on by one per token, from length + ropeDelta.
void extendPositions(ProcessedPrompt&, std::int64_t added);

}
