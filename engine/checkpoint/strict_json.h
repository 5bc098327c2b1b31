// strict_json.h - JSON from files of unknown origin: a name that occurs twice in one object, nesting beyond a
// limit, bytes that are not UTF-8 and trailing text are refused. (The JSON library alone lets the last of two
// equal names win.)
#pragma once
#include "engine/core/error.h"

#include <nlohmann/json.hpp>

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace vlmptq::checkpoint {

inline constexpr int kAnyDepth = 1000; // deep enough for every real file

// Throws Error (BadInput) with `errorId`; `what` is the subject of the sentence ("config.json of /models/x").
template <class Json = nlohmann::json>
Json parseStrictJson(std::string_view text, const std::string& what, const std::string& errorId,
                     int maxDepth = kAnyDepth) {
    const auto refuse = [&](const std::string& reason) -> void {
        throw Error(ErrorKind::BadInput, errorId, what + " is not valid JSON: " + reason + ".",
                    "The file is damaged or not what its name says. Copy it again.");
    };
    // The library would take a zero byte for the end of the text.
    if (const auto zero = text.find('\0'); zero != text.npos)
        refuse("zero byte at position " + std::to_string(zero));

    std::vector<std::set<std::string>> names; // of the open objects, by depth
    const auto check = [&](int depth, typename Json::parse_event_t event, Json& value) {
        using Event = typename Json::parse_event_t;
        const auto level = static_cast<std::size_t>(depth);
        if ((event == Event::object_start || event == Event::array_start) && depth >= maxDepth)
            refuse("nested more than " + std::to_string(maxDepth) + " deep");
        if (event == Event::object_start) {
            if (names.size() <= level + 1)
                names.resize(level + 2);
            names[level + 1].clear();
        }
        if (event == Event::key && !names[level].insert(value.template get<std::string>()).second)
            refuse("the name " + value.dump() + " occurs twice in one object");
        return true;
    };
    try {
        return Json::parse(text, check);
    } catch (const nlohmann::json::parse_error& error) {
        const std::string_view full =
            error.what(); // "[json.exception.parse_error.101] parse error at line 1, …"
        const auto start = full.find("] ");
        refuse(std::string(start == full.npos ? full : full.substr(start + 2)));
        throw;
    }
}

}
