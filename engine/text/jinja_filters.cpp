#include "engine/text/jinja_filters.h"

#include <unicode/locid.h>
#include <unicode/unistr.h>

#include <map>

namespace vlmptq::text::jinja {

namespace {

using Arguments = std::span<const Value>;
using FilterFunction = Value (*)(const Value&, Arguments);
using TestFunction = bool (*)(const Value&, Arguments);

const std::string& textOf(const Value& value) {
    if (!value.isString())
        throw Refusal("a text is needed, not " + value.typeName());
    return value.string();
}

const Value& listOf(const Value& value) {
    if (!value.isList())
        throw Refusal("a list is needed, not " + value.typeName());
    return value;
}

void expectArguments(Arguments arguments, std::size_t least, std::size_t most) {
    if (arguments.size() < least || arguments.size() > most)
        throw Refusal("it does not take " + std::to_string(arguments.size()) + " arguments");
}

icu::UnicodeString unicode(const std::string& utf8) { return icu::UnicodeString::fromUTF8(utf8); }

Value utf8Value(const icu::UnicodeString& text) {
    std::string utf8;
    text.toUTF8String(utf8);
    return Value(Json(std::move(utf8)));
}

Value trim(const Value& input, Arguments arguments) {
    expectArguments(arguments, 0, 0);
    static constexpr const char* blanks = " \t\n\r\v\f";
    const auto& text = textOf(input);
    const auto begin = text.find_first_not_of(blanks);
    if (begin == std::string::npos)
        return Value(Json(""));
    return Value(Json(text.substr(begin, text.find_last_not_of(blanks) + 1 - begin)));
}

Value length(const Value& input, Arguments arguments) {
    expectArguments(arguments, 0, 0);
    if (input.isString())
        return Value(Json(unicode(input.string()).countChar32()));
    if (!input.isList() && !input.isMapping())
        throw Refusal(input.typeName() + " has no length");
    return Value(Json(input.length()));
}

Value first(const Value& input, Arguments arguments) {
    expectArguments(arguments, 0, 0);
    return listOf(input).lookUp(0);
}

Value last(const Value& input, Arguments arguments) {
    expectArguments(arguments, 0, 0);
    return listOf(input).lookUp(-1);
}

Value join(const Value& input, Arguments arguments) {
    expectArguments(arguments, 0, 1);
    const auto separator = arguments.empty() ? std::string() : textOf(arguments[0]);
    std::string text;
    for (std::size_t i = 0; i < listOf(input).length(); ++i)
        text += (i > 0 ? separator : "") + printed(input.element(i));
    return Value(Json(std::move(text)));
}

Value upper(const Value& input, Arguments arguments) {
    expectArguments(arguments, 0, 0);
    return utf8Value(unicode(textOf(input)).toUpper(icu::Locale::getRoot()));
}

Value lower(const Value& input, Arguments arguments) {
    expectArguments(arguments, 0, 0);
    return utf8Value(unicode(textOf(input)).toLower(icu::Locale::getRoot()));
}

// json.dumps of Python with its blanks: {"a": [1, 2]}
std::string pythonJson(const Json& json) {
    if (!json.is_structured())
        return json.dump();
    std::string out;
    for (const auto& [key, item] : json.items()) {
        if (!out.empty())
            out += ", ";
        if (json.is_object())
            out += Json(key).dump() + ": ";
        out += pythonJson(item);
    }
    return json.is_object() ? "{" + out + "}" : "[" + out + "]";
}

Value tojson(const Value& input, Arguments arguments) {
    expectArguments(arguments, 0, 0);
    if (!input.json())
        throw Refusal(input.typeName() + " has no JSON form");
    return Value(Json(pythonJson(*input.json())));
}

// The elements whose attribute passes the test, or fails it: selectattr('type', 'equalto', 'image').
Value chosenByAttribute(const Value& input, Arguments arguments, bool wanted) {
    expectArguments(arguments, 1, 3);
    const Json key(textOf(arguments[0]));
    const auto test = arguments.size() > 1 ? textOf(arguments[1]) : "true";
    if (!isTest(test))
        throw Refusal("the test '" + test + "' is not supported");
    Json chosen = Json::array();
    for (std::size_t i = 0; i < listOf(input).length(); ++i) {
        const auto element = input.element(i);
        const auto value = element.lookUp(key);
        const bool passes =
            arguments.size() > 1 ? applyTest(test, value, arguments.subspan(2)) : value.isTrue();
        if (passes == wanted)
            chosen.push_back(*element.json());
    }
    return Value(std::move(chosen));
}

Value selectattr(const Value& input, Arguments arguments) {
    return chosenByAttribute(input, arguments, true);
}
Value rejectattr(const Value& input, Arguments arguments) {
    return chosenByAttribute(input, arguments, false);
}

bool equalTo(const Value& input, Arguments arguments) {
    expectArguments(arguments, 1, 1);
    return input == arguments[0];
}

template <auto Predicate>
bool plainTest(const Value& input, Arguments arguments) {
    expectArguments(arguments, 0, 0);
    return Predicate(input);
}

const std::map<std::string, FilterFunction>& filters() {
    static const std::map<std::string, FilterFunction> table{{"trim", trim},
                                                             {"length", length},
                                                             {"count", length},
                                                             {"first", first},
                                                             {"last", last},
                                                             {"join", join},
                                                             {"upper", upper},
                                                             {"lower", lower},
                                                             {"tojson", tojson},
                                                             {"selectattr", selectattr},
                                                             {"rejectattr", rejectattr}};
    return table;
}

const std::map<std::string, TestFunction>& tests() {
    static const std::map<std::string, TestFunction> table{
        {"defined", plainTest<[](const Value& v) { return v.isDefined(); }>},
        {"undefined", plainTest<[](const Value& v) { return !v.isDefined(); }>},
        {"none", plainTest<[](const Value& v) { return v.json() && v.json()->is_null(); }>},
        {"string", plainTest<[](const Value& v) { return v.isString(); }>},
        {"mapping", plainTest<[](const Value& v) { return v.isMapping(); }>},
        {"iterable", plainTest<[](const Value& v) { return v.isString() || v.isList() || v.isMapping(); }>},
        {"sequence", plainTest<[](const Value& v) { return v.isString() || v.isList() || v.isMapping(); }>},
        {"number", plainTest<[](const Value& v) { return v.json() && v.json()->is_number(); }>},
        {"integer", plainTest<[](const Value& v) { return v.isInteger(); }>},
        {"boolean", plainTest<[](const Value& v) { return v.json() && v.json()->is_boolean(); }>},
        {"true", plainTest<[](const Value& v) { return v.json() && *v.json() == true; }>},
        {"false", plainTest<[](const Value& v) { return v.json() && *v.json() == false; }>},
        {"equalto", equalTo},
        {"eq", equalTo}};
    return table;
}

}

bool isFilter(const std::string& name) { return filters().contains(name); }
bool isTest(const std::string& name) { return tests().contains(name); }
bool testTakesArgument(const std::string& name) { return tests().at(name) == equalTo; }

Value applyFilter(const std::string& name, const Value& input, std::span<const Value> arguments) {
    return filters().at(name)(input, arguments);
}

bool applyTest(const std::string& name, const Value& input, std::span<const Value> arguments) {
    return tests().at(name)(input, arguments);
}

std::string printed(const Value& value) {
    if (!value.isDefined())
        return "";
    if (value.isString())
        return value.string();
    const auto* json = value.json();
    if (!json || json->is_structured())
        throw Refusal(value.typeName() + " cannot be written as text");
    if (json->is_null())
        return "None";
    if (json->is_boolean())
        return json->get<bool>() ? "True" : "False";
    return json->dump();
}

}
