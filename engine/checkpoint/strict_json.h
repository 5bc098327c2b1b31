// strict_json.h - JSON from files of unknown origin: a name that occurs twice in one object, nesting beyond a
// limit, bytes that are not UTF-8 and trailing text are refused. (The JSON library alone lets the last of two
// equal names win.)
#pragma once
#include "engine/core/error.h"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace vlmptq::checkpoint {

inline constexpr std::size_t kAnyDepth = 1000; // deep enough for every real file

// Throws Error (BadInput) with `errorId`; `what` is the subject of the sentence ("/models/x/config.json").
// Made for nlohmann::json and nlohmann::ordered_json.
template <class Json = nlohmann::json>
Json parseStrictJson(std::string_view text, const std::string& what, const std::string& errorId,
                     std::size_t maxDepth = kAnyDepth);

}
