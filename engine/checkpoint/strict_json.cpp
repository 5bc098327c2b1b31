#include "engine/checkpoint/strict_json.h"

#include "engine/core/error.h"

#include <algorithm>
#include <vector>

namespace vlmptq::checkpoint {
namespace {

// The library's own column is wrong behind a number; `byte` counts from 1.
std::string positionText(std::string_view text, std::size_t byte) {
    const auto read = text.substr(0, byte);
    const auto line = 1 + std::count(read.begin(), read.end(), '\n');
    const auto column = read.size() - (read.rfind('\n') + 1); // rfind gives npos = -1 on the first line
    return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

// "[json.exception.parse_error.101] parse error at line 1, column 2: unexpected …" without the part before ":
// ".
std::string reasonOf(const std::string& text) {
    const auto start = text.find(": ");
    return start == text.npos ? text : text.substr(start + 2);
}

// Builds the document from the parser's events. The library's callback interface could refuse names, too, but
// takes time quadratic in the number of an object's members.
template <class Json>
class StrictBuilder final : public nlohmann::json_sax<Json> {
public:
    StrictBuilder(std::string_view text, std::size_t maxDepth, const std::string& what,
                  const std::string& errorId)
        : m_text(text), m_maxDepth(maxDepth), m_what(what), m_errorId(errorId) {}

    Json build() {
        // The library would take a zero byte for the end of the text.
        if (const auto zero = m_text.find('\0'); zero != m_text.npos)
            refuse("zero byte at position " + std::to_string(zero));
        Json::sax_parse(m_text, this);
        return std::move(m_root);
    }

    bool null() override { return add(nullptr); }
    bool boolean(bool value) override { return add(value); }
    bool number_integer(typename Json::number_integer_t value) override { return add(value); }
    bool number_unsigned(typename Json::number_unsigned_t value) override { return add(value); }
    bool number_float(typename Json::number_float_t value, const std::string&) override { return add(value); }
    bool string(std::string& value) override { return add(std::move(value)); }
    bool binary(typename Json::binary_t&) override { return false; } // not in texts
    bool start_object(std::size_t) override { return open(Json::object()); }
    bool start_array(std::size_t) override { return open(Json::array()); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }

    bool key(std::string& name) override {
        const auto [member, isNew] =
            m_open.back()->template get_ref<typename Json::object_t&>().emplace(name, nullptr);
        if (!isNew)
            refuse("the name " + Json(name).dump() + " occurs twice in one object");
        m_member = &member->second;
        return true;
    }

    bool parse_error(std::size_t byte, const std::string&,
                     const nlohmann::detail::exception& error) override {
        refuse(positionText(m_text, byte) + ": " + reasonOf(error.what()));
        return false;
    }

private:
    [[noreturn]] void refuse(const std::string& reason) const {
        throw Error(ErrorKind::BadInput, m_errorId, m_what + " is not valid JSON: " + reason + ".",
                    "The file is damaged or not what its name says. Copy it again.");
    }

    Json& place(Json value) {
        if (m_open.empty())
            return m_root = std::move(value);
        if (m_open.back()->is_object())
            return *m_member = std::move(value);
        m_open.back()->push_back(std::move(value));
        return m_open.back()->back();
    }
    bool add(Json value) {
        place(std::move(value));
        return true;
    }
    bool open(Json value) {
        if (m_open.size() >= m_maxDepth)
            refuse("nested more than " + std::to_string(m_maxDepth) + " deep");
        m_open.push_back(&place(std::move(value)));
        return true;
    }
    bool close() {
        m_open.pop_back();
        return true;
    }

    std::string_view m_text;
    std::size_t m_maxDepth;
    const std::string &m_what, &m_errorId;
    Json m_root;
    std::vector<Json*> m_open; // objects and arrays not yet closed, outermost first
    Json* m_member = nullptr;  // where the value behind the last key goes
};

}

template <class Json>
Json parseStrictJson(std::string_view text, const std::string& what, const std::string& errorId,
                     std::size_t maxDepth) {
    return StrictBuilder<Json>(text, maxDepth, what, errorId).build();
}

template nlohmann::json parseStrictJson(std::string_view, const std::string&, const std::string&,
                                        std::size_t);
template nlohmann::ordered_json parseStrictJson(std::string_view, const std::string&, const std::string&,
                                                std::size_t);

}
