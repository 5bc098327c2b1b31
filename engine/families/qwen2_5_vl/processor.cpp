#include "engine/families/processor_family.h"
#include "engine/families/processor_prompt.h"
#include "engine/families/qwen2_5_vl/processor_config.h"
#include "engine/families/qwen2_5_vl/processor_image.h"
#include "engine/families/qwen2_5_vl/processor_positions.h"
#include "engine/model/config_fields.h"

namespace vlmptq::families::qwen2_5_vl {

namespace {

class Qwen25Processor : public Processor {
public:
    explicit Qwen25Processor(const checkpoint::Checkpoint& model)
        : m_tokenizer(text::Tokenizer::open(model.folder() / "tokenizer.json")), m_renderer(model),
          m_options(readImageOptions(model)), m_preparer(m_options) {
        const model::ConfigFields config(model.config(), (model.folder() / "config.json").string());
        m_imageTokenId = config.count("image_token_id");
        m_imageToken = m_tokenizer->tokenOf(m_imageTokenId);
        if (m_imageToken.empty())
            config.refuse("image_token_id",
                          "is " + std::to_string(m_imageTokenId) + ", which tokenizer.json does not have.");
    }

    const text::Tokenizer& tokenizer() const override { return *m_tokenizer; }
    PixelLimits pixelLimits() const override { return {m_options.minPixels, m_options.maxPixels}; }
    ImageInput prepare(const image::RgbImage& picture) const override { return m_preparer.prepare(picture); }
    std::int64_t imageTokens(image::Size size) const override { return m_preparer.tokens(size); }

    ProcessedPrompt process(std::span<const Message> messages, std::span<const ImageInput> images,
                            bool textIsLiteral, bool addGenerationPrompt) const override {
        auto rendered = m_renderer.render(messages, textIsLiteral, addGenerationPrompt);
        std::vector<std::int64_t> counts;
        for (const auto& input : images)
            counts.push_back(input.tokens);
        auto expanded = expandPlaceholders(rendered, m_imageToken, counts);

        ProcessedPrompt prompt;
        prompt.inputIds = m_tokenizer->encode(expanded.text, expanded.literal);
        for (const auto id : prompt.inputIds)
            prompt.visionMask.push_back(id == m_imageTokenId ? 1 : 0);
        prompt.renderedText = std::move(rendered.text);
        prompt.expandedText = std::move(expanded.text);
        assignPositions(prompt, images, m_options.mergeSize);
        return prompt;
    }

    void append(ProcessedPrompt& prompt, std::span<const std::int64_t> ids) const override {
        prompt.inputIds.insert(prompt.inputIds.end(), ids.begin(), ids.end());
        prompt.visionMask.insert(prompt.visionMask.end(), ids.size(), 0);
        extendPositions(prompt, static_cast<std::int64_t>(ids.size()));
    }

private:
    std::shared_ptr<const text::Tokenizer> m_tokenizer;
    PromptRenderer m_renderer;
    ImageOptions m_options;
    ImagePreparer m_preparer;
    std::int64_t m_imageTokenId = 0;
    std::string m_imageToken;
};

std::unique_ptr<Processor> openQwen25(std::shared_ptr<const checkpoint::Checkpoint> model) {
    return std::make_unique<Qwen25Processor>(*model);
}

}

ProcessorFamily processorFamily() {
    return {{"qwen2_5_vl", "Qwen2.5-VL", {"qwen2_5_vl"}},
            {"model.layers.", "model.language_model.layers."},
            openQwen25,
            [](const checkpoint::Checkpoint& model) { readConfigs(model); }};
}

}
