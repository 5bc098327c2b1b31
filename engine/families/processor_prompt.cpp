#include "engine/families/processor_prompt.h"

#include "engine/core/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>

namespace vlmptq::families {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view blanks = " \t\n\r\v\f";
constexpr char markerBegin = '\x02', markerEnd = '\x03'; // control characters no template writes

// Message texts that stand aside while the template is rendered, each replaced by a marker. Blanks at the
// ends stay in place, since templates trim; an empty text stays empty, since templates ask for that.
class MarkedTexts {
public:
    std::string mark(const std::string& text) {
        const auto begin = text.find_first_not_of(blanks);
        if (begin == std::string::npos)
            return text;
        const auto end = text.find_last_not_of(blanks) + 1;
        m_texts.push_back(text.substr(begin, end - begin));
        return text.substr(0, begin) + markerBegin + std::to_string(m_texts.size() - 1) + markerEnd +
               text.substr(end);
    }

    PromptText restore(const std::string& rendered) const {
        PromptText prompt;
        std::size_t at = 0;
        for (auto begin = rendered.find(markerBegin); begin != std::string::npos;
             begin = rendered.find(markerBegin, begin + 1)) {
            std::size_t index = 0;
            const char* digits = rendered.data() + begin + 1;
            const auto [end, fault] = std::from_chars(digits, rendered.data() + rendered.size(), index);
            if (fault != std::errc() || *end != markerEnd || index >= m_texts.size())
                continue; // not one of ours
            prompt.text.append(rendered, at, begin - at);
            prompt.literal.push_back({prompt.text.size(), prompt.text.size() + m_texts[index].size()});
            prompt.text += m_texts[index];
            at = static_cast<std::size_t>(end + 1 - rendered.data());
        }
        prompt.text.append(rendered, at);
        return prompt;
    }

private:
    std::vector<std::string> m_texts;
};

template <class Edit>
Json templateVariables(std::span<const Message> messages, bool addGenerationPrompt, Edit edit) {
    Json list = Json::array();
    for (const auto& message : messages) {
        Json content = Json::array();
        for (const auto& part : message.parts)
            content.push_back(part.isImage ? Json{{"type", "image"}}
                                           : Json{{"type", "text"}, {"text", edit(part.text)}});
        if (message.isPlainString)
            content = message.parts.empty() ? "" : edit(message.parts.front().text);
        list.push_back({{"role", message.role}, {"content", std::move(content)}});
    }
    return {{"messages", std::move(list)}, {"add_generation_prompt", addGenerationPrompt}};
}

// A role is written between control tokens, so it must not hold one.
void checkMessages(std::span<const Message> messages) {
    for (const auto& message : messages) {
        const auto isLetter = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_'; };
        if (message.role.empty() || !std::all_of(message.role.begin(), message.role.end(), isLetter))
            throw Error(ErrorKind::BadInput, "E-PROMPT-01",
                        "'" + message.role + "' is not a role of a conversation.",
                        "Roles are system, user and assistant.");
        VLMPTQ_CHECK(!message.isPlainString ||
                         (message.parts.size() <= 1 && (message.parts.empty() || !message.parts[0].isImage)),
                     "a plain text message holds one text and no image");
    }
}

std::string templateIn(const nlohmann::json& file, const std::string& where) {
    const auto found = file.is_object() ? file.find("chat_template") : file.end();
    if (found != file.end() && found->is_string())
        return found->get<std::string>();
    if (found != file.end() && found->is_array()) // several named templates
        for (const auto& entry : *found)
            if (entry.is_object() && entry.value("name", "") == "default")
                return entry.value("template", "");
    throw Error(ErrorKind::BadInput, "E-PROMPT-02", where + " has no text 'chat_template'.",
                "Copy chat_template.jinja or chat_template.json from the model's page.");
}

}

PromptRenderer::PromptRenderer(const checkpoint::Checkpoint& model) {
    std::string source;
    if (auto raw = model.text("chat_template.jinja")) {
        m_where = "chat_template.jinja";
        source = std::move(*raw);
    } else {
        const auto file = model.json("chat_template.json");
        m_where = file ? "chat_template.json" : "tokenizer_config.json";
        const auto config = file ? file : model.json(m_where);
        source = templateIn(config.value_or(nlohmann::json()), (model.folder() / m_where).string());
    }
    m_where = (model.folder() / m_where).string();
    m_template = text::ChatTemplate::parse(source, m_where);
}

PromptText PromptRenderer::render(std::span<const Message> messages, bool textIsLiteral,
                                  bool addGenerationPrompt) const {
    checkMessages(messages);
    const auto asIs = [](const std::string& text) { return text; };
    const auto plain = m_template->render(templateVariables(messages, addGenerationPrompt, asIs));
    if (!textIsLiteral)
        return {plain, {}};
    MarkedTexts texts;
    const auto mark = [&](const std::string& text) { return texts.mark(text); };
    auto prompt = texts.restore(m_template->render(templateVariables(messages, addGenerationPrompt, mark)));
    if (prompt.text != plain)
        throw Error(ErrorKind::BadInput, "E-PROMPT-03",
                    m_where +
                        " changes the text of messages, so it cannot be told apart from control tokens.",
                    "Use the template published with the model.");
    return prompt;
}

PromptText expandPlaceholders(const PromptText& prompt, const std::string& placeholder,
                              std::span<const std::int64_t> counts) {
    PromptText out;
    std::size_t at = 0, image = 0, literal = 0;
    const auto copyUpTo = [&](std::size_t end) { // with the literal ranges that begin on the way
        for (; literal < prompt.literal.size() && prompt.literal[literal].begin < end; ++literal) {
            const auto shift = out.text.size() - at;
            out.literal.push_back(
                {prompt.literal[literal].begin + shift, prompt.literal[literal].end + shift});
        }
        out.text.append(prompt.text, at, end - at);
        at = end;
    };
    const auto isLiteral = [&](std::size_t begin) {
        return std::any_of(prompt.literal.begin(), prompt.literal.end(), [&](const text::Range& range) {
            return begin < range.end && begin + placeholder.size() > range.begin;
        });
    };
    for (auto found = prompt.text.find(placeholder); found != std::string::npos;
         found = prompt.text.find(placeholder, found + 1)) {
        if (isLiteral(found))
            continue;
        copyUpTo(found);
        if (image < counts.size())
            for (std::int64_t i = 0; i < counts[image]; ++i)
                out.text += placeholder;
        ++image;
        at = found + placeholder.size();
    }
    copyUpTo(prompt.text.size());
    if (image != counts.size())
        throw Error(ErrorKind::BadInput, "E-PROMPT-04",
                    "The prompt has " + std::to_string(image) + " image placeholders for " +
                        std::to_string(counts.size()) + " images.");
    return out;
}

}
