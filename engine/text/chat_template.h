// chat_template.h - the checkpoint's own Jinja chat template: an interpreter of the subset published
// templates use (models.md 3). Rendering is pure; a template object is immutable and may be used from any
// thread.
#pragma once
#include <nlohmann/json.hpp>

#include <memory>
#include <string>

namespace vlmptq::text {

class ChatTemplate {
public:
    // Throws Error (BadInput) with line and construct when the template uses something outside the subset.
    static std::shared_ptr<const ChatTemplate> parse(const std::string& source, const std::string& where);
    virtual ~ChatTemplate() = default;
    // Variables: messages, add_generation_prompt, … as JSON. Bounded: output <= 64 MiB, loops <= 10^6 steps.
    virtual std::string render(const nlohmann::ordered_json& variables) const = 0;
};

}
