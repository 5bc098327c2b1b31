#include "engine/text/jinja_value.h"

namespace vlmptq::text::jinja {

Value Value::borrowed(const Json& json) {
    Value value;
    value.m_json = std::shared_ptr<const Json>(std::shared_ptr<void>(), &json);
    return value;
}

bool Value::isTrue() const {
    if (!m_json)
        return m_attributes != nullptr;
    switch (m_json->type()) {
    case Json::value_t::null:
        return false;
    case Json::value_t::boolean:
        return m_json->get<bool>();
    case Json::value_t::string:
        return !string().empty();
    case Json::value_t::array:
    case Json::value_t::object:
        return !m_json->empty();
    default:
        return *m_json != 0;
    }
}

std::size_t Value::length() const { return m_json->size(); }

Value Value::element(std::size_t index) const { return part((*m_json)[index]); }

Value Value::lookUp(const Json& key) const {
    if (m_attributes && key.is_string()) {
        const auto found = m_attributes->find(key.get_ref<const std::string&>());
        return found == m_attributes->end() ? Value() : found->second;
    }
    if (isMapping() && key.is_string()) {
        const auto found = m_json->find(key.get_ref<const std::string&>());
        return found == m_json->end() ? Value() : part(*found);
    }
    if (isList() && key.is_number_integer()) {
        const auto size = static_cast<std::int64_t>(m_json->size());
        const auto index = key.get<std::int64_t>();
        const auto at = index < 0 ? index + size : index;
        return at < 0 || at >= size ? Value() : element(static_cast<std::size_t>(at));
    }
    return {};
}

std::string Value::typeName() const {
    if (m_attributes)
        return "a namespace";
    if (!m_json)
        return "an undefined value";
    if (isString())
        return "a text";
    if (isList())
        return "a list";
    if (isMapping())
        return "a mapping";
    if (m_json->is_null())
        return "none";
    return m_json->is_boolean() ? "a truth value" : "a number";
}

// A part keeps the whole alive.
Value Value::part(const Json& json) const {
    Value value;
    value.m_json = std::shared_ptr<const Json>(m_json, &json);
    return value;
}

bool operator==(const Value& a, const Value& b) {
    if (a.attributes() || b.attributes())
        return a.attributes() == b.attributes();
    if (!a.json() || !b.json())
        return a.json() == b.json();
    return *a.json() == *b.json();
}

}
