#include "engine/model/config_fields.h"

#include "engine/core/error.h"

#include <nlohmann/json.hpp>

#include <utility>

namespace vlmptq::model {

using nlohmann::ordered_json;

ConfigFields::ConfigFields(const ordered_json& object, std::string where, std::string path)
    : m_object(&object), m_where(std::move(where)), m_path(std::move(path)) {}

const ordered_json* ConfigFields::find(const char* key) const {
    const auto found = m_object->find(key);
    return found == m_object->end() || found->is_null() ? nullptr : &*found;
}

bool ConfigFields::has(const char* key) const { return find(key) != nullptr; }

void ConfigFields::refuse(const char* key, const std::string& what) const {
    throw Error(ErrorKind::BadInput, "E-MODEL-04", m_where + ": " + m_path + key + " " + what + ".",
                "Compare the file with the one the model was published with.");
}

std::int64_t ConfigFields::count(const char* key, std::optional<std::int64_t> fallback) const {
    const ordered_json* value = find(key);
    if (!value && fallback)
        return *fallback;
    if (!value)
        refuse(key, "is missing");
    if (!value->is_number_integer() || *value < 1 || *value > std::int64_t{1} << 31)
        refuse(key, "is " + value->dump() + " but must be a whole number of at least 1");
    return value->get<std::int64_t>();
}

double ConfigFields::positive(const char* key, std::optional<double> fallback) const {
    const ordered_json* value = find(key);
    if (!value && fallback)
        return *fallback;
    if (!value)
        refuse(key, "is missing");
    if (!value->is_number() || !(value->get<double>() > 0))
        refuse(key, "is " + value->dump() + " but must be a number above 0");
    return value->get<double>();
}

bool ConfigFields::flag(const char* key, bool fallback) const {
    const ordered_json* value = find(key);
    if (!value)
        return fallback;
    if (!value->is_boolean())
        refuse(key, "is " + value->dump() + " but must be true or false");
    return value->get<bool>();
}

std::string ConfigFields::word(const char* key, const std::string& fallback) const {
    const ordered_json* value = find(key);
    if (!value)
        return fallback;
    if (!value->is_string())
        refuse(key, "is " + value->dump() + " but must be a string");
    return value->get<std::string>();
}

std::vector<std::int64_t> ConfigFields::integers(const char* key, std::vector<std::int64_t> fallback) const {
    const ordered_json* value = find(key);
    if (!value)
        return fallback;
    if (!value->is_array())
        refuse(key, "is " + value->dump() + " but must be a list of whole numbers");
    std::vector<std::int64_t> numbers;
    for (const ordered_json& number : *value) {
        if (!number.is_number_integer() || number < 0 || number > std::int64_t{1} << 31)
            refuse(key, "contains " + number.dump() + " but must be a list of whole numbers");
        numbers.push_back(number.get<std::int64_t>());
    }
    return numbers;
}

std::optional<ConfigFields> ConfigFields::object(const char* key) const {
    const ordered_json* value = find(key);
    if (!value)
        return std::nullopt;
    if (!value->is_object())
        refuse(key, "is " + value->dump() + " but must be an object");
    return ConfigFields(*value, m_where, m_path + key + ".");
}

}
