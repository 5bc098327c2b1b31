// config_fields.h - typed reading of an object of config.json. A null counts as missing. A field that is
// missing without a fallback, or has the wrong kind or range, is an Error (BadInput) naming file and field.
// Borrows the JSON.
#pragma once
#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vlmptq::model {

class ConfigFields {
public:
    // `where`: the file, for messages; `path`: of this object within it ("text_config.", empty at the top).
    ConfigFields(const nlohmann::ordered_json& object, std::string where, std::string path = {});

    bool has(const char* key) const;
    std::int64_t count(const char* key, std::optional<std::int64_t> fallback = {}) const; // an integer >= 1
    double positive(const char* key, std::optional<double> fallback = {}) const;          // a number > 0
    bool flag(const char* key, bool fallback) const;
    std::string word(const char* key, const std::string& fallback) const;
    std::vector<std::int64_t> integers(const char* key,
                                       std::vector<std::int64_t> fallback) const; // each >= 0
    std::optional<ConfigFields> object(const char* key) const;

    // For rules between fields: "<file>: <path><key> <what>".
    [[noreturn]] void refuse(const char* key, const std::string& what) const;

private:
    const nlohmann::ordered_json* find(const char* key) const;
    const nlohmann::ordered_json* m_object;
    std::string m_where, m_path;
};

}
