#include "engine/calibration/dataset_line.h"

#include "engine/core/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace vlmptq::calibration {

namespace {

using families::ContentPart;
using families::Message;
using nlohmann::json;

constexpr std::string_view imageTag = "<image>";

class LineParser {
public:
    LineParser(const json& object, const std::filesystem::path& folder, const std::string& where)
        : m_object(object), m_folder(folder), m_where(where) {}

    CalibrationLine parse() {
        if (!m_object.is_object())
            fail("is not an object {…}.");
        m_line.id = textOrNumber("id");
        m_line.task = textOrNumber("task");
        readListedImages("image");
        readListedImages("images");
        if (has("question"))
            readQuestion();
        else if (has("conversations"))
            readConversations();
        else if (has("messages"))
            readMessages();
        else
            fail("has no 'question', 'conversations' or 'messages'.");
        return std::move(m_line);
    }

private:
    [[noreturn]] void fail(const std::string& what) const {
        throw Error(ErrorKind::BadInput, "E-CALIB-02", m_where + ": the entry " + what,
                    "An entry is {\"image\": file, \"question\": text, \"answer\": text}.");
    }

    bool has(const char* key) const { return m_object.contains(key) && !m_object[key].is_null(); }

    std::string textOrNumber(const char* key) const {
        if (!has(key))
            return {};
        const auto& value = m_object[key];
        if (value.is_string())
            return value.get<std::string>();
        if (!value.is_number())
            fail(std::string("has a '") + key + "' that is neither text nor number.");
        return value.dump();
    }

    // --- pictures

    void readListedImages(const char* key) {
        if (!has(key))
            return;
        const auto list = m_object[key].is_array() ? m_object[key] : json::array({m_object[key]});
        for (const auto& item : list) {
            if (!item.is_string() || item == "")
                fail(std::string("has an '") + key + "' that is not a file name.");
            m_listed.push_back(item.get<std::string>());
        }
    }

    void addImage(std::string name) {
        const std::string scheme = "file://";
        if (name.starts_with(scheme))
            name.erase(0, scheme.size());
        m_line.images.push_back(std::filesystem::absolute(m_folder / name).lexically_normal());
    }

    ContentPart nextListedImage() {
        if (m_usedListed == m_listed.size())
            fail("has more image places than pictures (" + std::to_string(m_listed.size()) + ").");
        addImage(m_listed[m_usedListed++]);
        return {true, {}};
    }

    // Pictures nobody placed come first in the first turn of the user.
    void placeListedImages() {
        if (m_usedListed == m_listed.size())
            return;
        const auto user = std::find_if(m_line.prompt.begin(), m_line.prompt.end(),
                                       [](const Message& message) { return message.role == "user"; });
        if (m_usedListed > 0 || !m_line.images.empty() || user == m_line.prompt.end())
            fail("has " + std::to_string(m_listed.size()) + " pictures, but places for " +
                 std::to_string(m_usedListed) + ".");
        std::vector<ContentPart> parts;
        while (m_usedListed < m_listed.size())
            parts.push_back(nextListedImage());
        user->parts.insert(user->parts.begin(), parts.begin(), parts.end());
        user->isPlainString = false;
    }

    // --- the three forms

    void readQuestion() {
        if (!m_object["question"].is_string())
            fail("has a 'question' that is not a text.");
        m_line.question = m_object["question"].get<std::string>();
        m_line.answer = textOrNumber("answer");
        Message user{"user", {}, false};
        while (m_usedListed < m_listed.size())
            user.parts.push_back(nextListedImage());
        if (!m_line.question.empty())
            user.parts.push_back({false, m_line.question});
        if (user.parts.empty())
            fail("has neither a question nor a picture.");
        m_line.prompt.push_back(std::move(user));
    }

    void readConversations() {
        for (const auto& turn : listOf("conversations")) {
            if (!turn.is_object() || !turn.contains("from") || !turn["from"].is_string() ||
                !turn.contains("value") || !turn["value"].is_string())
                fail("has a turn in 'conversations' without the texts 'from' and 'value'.");
            auto text = turn["value"].get<std::string>();
            Message message{roleOf(turn["from"].get<std::string>()), {}, false};
            for (auto tags = takeImageTags(text); tags > 0; --tags)
                message.parts.push_back(nextListedImage());
            if (!text.empty())
                message.parts.push_back({false, std::move(text)});
            m_line.prompt.push_back(std::move(message));
        }
        finishTurns();
    }

    // Removes every tag with one line feed that sets it apart from the text; pictures come first.
    static int takeImageTags(std::string& text) {
        int tags = 0;
        for (auto at = text.find(imageTag); at != std::string::npos; at = text.find(imageTag)) {
            auto length = imageTag.size();
            if (at + length < text.size() && text[at + length] == '\n')
                ++length;
            else if (at > 0 && text[at - 1] == '\n')
                --at, ++length;
            text.erase(at, length);
            ++tags;
        }
        return tags;
    }

    void readMessages() {
        for (const auto& turn : listOf("messages")) {
            if (!turn.is_object() || !turn.contains("role") || !turn["role"].is_string() ||
                !turn.contains("content"))
                fail("has a turn in 'messages' without 'role' and 'content'.");
            Message message{roleOf(turn["role"].get<std::string>()), {}, turn["content"].is_string()};
            if (message.isPlainString)
                message.parts.push_back({false, turn["content"].get<std::string>()});
            else if (turn["content"].is_array())
                for (const auto& part : turn["content"])
                    message.parts.push_back(contentPart(part));
            else
                fail("has a 'content' that is neither a text nor a list.");
            m_line.prompt.push_back(std::move(message));
        }
        finishTurns();
    }

    ContentPart contentPart(const json& part) {
        const auto type = part.is_object() ? part.value("type", json()) : json();
        if (type == "text" && part.contains("text") && part["text"].is_string())
            return {false, part["text"].get<std::string>()};
        if (type != "image" && type != "image_url")
            fail("has a part of 'content' that is neither {\"type\": \"text\", \"text\": …} nor {\"type\": "
                 "\"image\"}.");
        auto source = part.value("image", part.value("image_url", json()));
        if (source.is_object())
            source = source.value("url", json());
        if (source.is_null())
            return nextListedImage();
        if (!source.is_string())
            fail("has an image part whose file is not a text.");
        addImage(source.get<std::string>());
        return {true, {}};
    }

    const json& listOf(const char* key) const {
        const auto& list = m_object[key];
        if (!list.is_array() || list.empty())
            fail(std::string("has '") + key + "' that is not a list of turns.");
        return list;
    }

    std::string roleOf(const std::string& name) const {
        if (name == "human" || name == "user")
            return "user";
        if (name == "gpt" || name == "assistant")
            return "assistant";
        if (name == "system")
            return "system";
        fail("has a turn of '" + name + "', which is none of user (human), assistant (gpt) and system.");
    }

    static std::string textOf(const Message& message) {
        std::string text;
        for (const auto& part : message.parts)
            text += part.text;
        return text;
    }

    void finishTurns() {
        if (m_line.prompt.back().role == "assistant") {
            const auto& parts = m_line.prompt.back().parts;
            if (std::any_of(parts.begin(), parts.end(), [](const ContentPart& part) { return part.isImage; }))
                fail("has a picture in its answer.");
            m_line.answer = textOf(m_line.prompt.back());
            m_line.prompt.pop_back();
        }
        placeListedImages();
        const auto lastUser = std::find_if(m_line.prompt.rbegin(), m_line.prompt.rend(),
                                           [](const Message& message) { return message.role == "user"; });
        if (lastUser == m_line.prompt.rend())
            fail("has no turn of the user.");
        m_line.question = textOf(*lastUser);
    }

    const json& m_object;
    const std::filesystem::path& m_folder;
    const std::string& m_where;
    CalibrationLine m_line;
    std::vector<std::string> m_listed; // pictures named outside the turns
    std::size_t m_usedListed = 0;
};

}

CalibrationLine parseCalibrationLine(const json& object, const std::filesystem::path& folder,
                                     const std::string& where) {
    return LineParser(object, folder, where).parse();
}

}
