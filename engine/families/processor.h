// processor.h - from messages and pictures to what the model reads: token ids, vision mask, positions, pixel
// patches. Everything a family does before its first tensor operation; no LibTorch, so token counts and
// thumbnails come at once. One folder per family (families/<name>/processor*.cpp) and its name in
// families/list.h. Immutable; any thread. Reference: models.md 3, 4, 5.2, 5.5.
#pragma once
#include "engine/checkpoint/checkpoint.h"
#include "engine/image/image.h"
#include "engine/text/tokenizer.h"

#include <nlohmann/json_fwd.hpp>

#include <array>
#include <memory>

namespace vlmptq::families {

struct ContentPart {
    bool isImage = false;
    std::string text;
};

struct Message {
    std::string role;
    std::vector<ContentPart> parts;
    bool isPlainString = false; // content given as one string, rendered as such
};

// One preprocessed picture. Qwen2.5-VL: values [grid h * grid w, 1176] in merged-block order.
struct ImageInput {
    std::vector<float> values;
    std::int64_t rows = 0, columns = 0;
    std::array<std::int64_t, 3> grid{}; // t, h, w in patches
    std::int64_t tokens = 0;            // language-model positions it fills
    std::string key;                    // hash of pixels and preprocessing: equal keys have equal values
};

struct ProcessedPrompt {
    std::string renderedText, expandedText;
    std::vector<std::int64_t> inputIds;
    std::vector<std::uint8_t> visionMask;  // 1: the embedding comes from the projector
    int positionRows = 1;                  // 3 for mRoPE
    std::vector<std::int64_t> positionIds; // [positionRows, n]
    std::int64_t ropeDelta = 0;
};

// Pictures are scaled to a size between these.
struct PixelLimits {
    std::int64_t least = 0, most = 0;
};

class Processor {
public:
    virtual ~Processor() = default;
    virtual const text::Tokenizer& tokenizer() const = 0;
    virtual PixelLimits pixelLimits() const = 0;
    virtual ImageInput prepare(const image::RgbImage&) const = 0;
    virtual std::int64_t imageTokens(image::Size) const = 0; // without reading pixels
    // Images in the order of their parts. `textIsLiteral`: message text never becomes a control token.
    virtual ProcessedPrompt process(std::span<const Message>, std::span<const ImageInput> images,
                                    bool textIsLiteral = true, bool addGenerationPrompt = true) const = 0;
    // Appends text tokens (an answer) to a prompt; positions continue after the prompt.
    virtual void append(ProcessedPrompt&, std::span<const std::int64_t> ids) const = 0;
};

std::unique_ptr<Processor> openProcessor(std::shared_ptr<const checkpoint::Checkpoint>);

// What the engine would refuse of a checkpoint before its first tensor: fields of config.json, tokenizer,
// prompt template, picture settings. Throws Error (BadInput) naming file and field.
void requireUsable(const std::shared_ptr<const checkpoint::Checkpoint>&);

struct FamilyInfo {
    std::string name, title;             // "qwen2_5_vl", "Qwen2.5-VL"
    std::vector<std::string> modelTypes; // of config.json
};
const std::vector<FamilyInfo>& families();
// Throws Error (BadInput): "not supported yet: X; supported: …".
const FamilyInfo& familyOf(const checkpoint::Checkpoint&);

// What Set up and `inspect` show of a model, from config.json and headers only.
struct ModelSummary {
    std::string family, architecture, folder, weightsDtype;
    std::int64_t parameters = 0;
    std::uint64_t bytes = 0;
    int shards = 0, decoderLayers = 0;
    struct Linear {
        std::string name, kind;
        int layer;
        std::int64_t rows, columns;
    };
    std::vector<Linear> linears; // the decoder's, in depth order (models.md 1.3)
    std::int64_t maxPositions = 0;
};
ModelSummary summarize(const checkpoint::Checkpoint&);

}
