// jinja_value.h - what an expression is worth: undefined, JSON (shared or borrowed, never copied to be looked
// into) or a namespace. Borrowed JSON must outlive the value. Not shared between threads.
#pragma once
#include "engine/text/jinja_ast.h"

#include <map>

namespace vlmptq::text::jinja {

class Value;
using Attributes = std::map<std::string, Value, std::less<>>;

class Value {
public:
    Value() = default; // undefined
    explicit Value(Json json) : m_json(std::make_shared<const Json>(std::move(json))) {}
    explicit Value(std::shared_ptr<Attributes> attributes) : m_attributes(std::move(attributes)) {}
    static Value borrowed(const Json& json);

    bool isDefined() const { return m_json || m_attributes; }
    bool isString() const { return m_json && m_json->is_string(); }
    bool isInteger() const { return m_json && m_json->is_number_integer(); }
    bool isList() const { return m_json && m_json->is_array(); }
    bool isMapping() const { return m_json && m_json->is_object(); }
    bool isTrue() const; // as Python sees it
    const Json* json() const { return m_json.get(); }
    Attributes* attributes() const { return m_attributes.get(); }
    const std::string& string() const { return m_json->get_ref<const std::string&>(); }
    std::int64_t integer() const { return m_json->get<std::int64_t>(); }

    std::size_t length() const;          // of a list or a mapping
    Value element(std::size_t) const;    // of a list
    Value lookUp(const Json& key) const; // a[key]; undefined when there is none
    std::string typeName() const;        // for messages: "a text", "a list", …

private:
    Value part(const Json& json) const;
    std::shared_ptr<const Json> m_json;
    std::shared_ptr<Attributes> m_attributes;
};

bool operator==(const Value&, const Value&);

}
