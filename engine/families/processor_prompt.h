// processor_prompt.h - messages to text by the checkpoint's chat template, and placeholders to as many tokens
// as an image fills; shared by the families. Keeps track of which bytes came from message texts, so that the
// tokenizer never makes a control token of them (benchmarks.md 6). Immutable; any thread.
#pragma once
#include "engine/families/processor.h"
#include "engine/text/chat_template.h"

namespace vlmptq::families {

struct PromptText {
    std::string text;
    std::vector<text::Range> literal; // in order; empty when message texts may hold control tokens
};

class PromptRenderer {
public:
    // chat_template.jinja, chat_template.json, tokenizer_config.json, in this order (models.md 1.1). Throws
    // Error.
    explicit PromptRenderer(const checkpoint::Checkpoint&);
    PromptText render(std::span<const Message>, bool textIsLiteral, bool addGenerationPrompt) const;

private:
    std::string m_where;
    std::shared_ptr<const text::ChatTemplate> m_template;
};

// Repeats each placeholder outside literal text `counts` times, in order. Throws Error when the numbers
// differ.
PromptText expandPlaceholders(const PromptText&, const std::string& placeholder,
                              std::span<const std::int64_t> counts);

}
