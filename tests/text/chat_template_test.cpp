#include "engine/core/file.h"
#include "engine/text/chat_template.h"
#include "support/golden.h"
#include "support/refusal.h"

#include <gmock/gmock.h>

using namespace vlmptq;
using namespace vlmptq::text;
using testing::HasSubstr;

namespace {

using Json = nlohmann::ordered_json;

std::string render(const std::string& source, const Json& variables = Json::object()) {
    return ChatTemplate::parse(source, "template")->render(variables);
}

std::string refusal(const std::string& source, const Json& variables = Json::object()) {
    return test::refusalOf([&] { render(source, variables); });
}

std::string templateOf(const std::filesystem::path& folder) {
    if (std::filesystem::exists(folder / "chat_template.jinja"))
        return readFile(folder / "chat_template.jinja");
    return test::readJson(folder / "chat_template.json").at("chat_template");
}

class TemplateGolden : public testing::TestWithParam<std::string> {};

TEST_P(TemplateGolden, RendersLikeTheReference) {
    const auto folder = test::goldenDir() / "models" / GetParam();
    const auto chat = ChatTemplate::parse(templateOf(folder), "chat_template");
    const auto golden = test::readJson(folder / "io.json");
    ASSERT_FALSE(golden.at("cases").empty());
    for (const auto& reference : golden.at("cases")) {
        const Json variables{{"messages", reference.at("messages")}, {"add_generation_prompt", true}};
        EXPECT_EQ(chat->render(variables), reference.at("rendered_text").get<std::string>())
            << reference.at("name");
    }
}

INSTANTIATE_TEST_SUITE_P(Models, TemplateGolden,
                         testing::Values("qwen2_5_vl", "qwen2_5_vl-flat", "qwen2_5_vl-newnames-sharded",
                                         "qwen2_5_vl-flat-defaults-bf16", "internvl3",
                                         "internvl3-rmsnorm-qknorm", "llava_onevision",
                                         "llava_onevision-tied-newnames"));

TEST(ChatTemplate, DemoTemplateCountsPicturesInANamespace) {
    const auto chat =
        ChatTemplate::parse(readFile(test::demoDir() / "model" / "chat_template.jinja"), "demo");
    const Json picture{{"type", "image"}}, question{{"type", "text"}, {"text", "Q"}};
    const Json messages{{{"role", "user"}, {"content", {picture, picture, question}}}};
    EXPECT_EQ(
        chat->render({{"messages", messages}, {"add_generation_prompt", true}}),
        "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n"
        "<|vision_start|><|image_pad|><|vision_end|><|vision_start|><|image_pad|><|vision_end|>Q<|im_end|>\n"
        "<|im_start|>assistant\n");
    EXPECT_THAT(chat->render({{"messages", messages}, {"add_vision_id", true}}),
                HasSubstr("Picture 2: <|vision_start|>"));
}

struct Rendering {
    const char* source;
    const char* expected;
};

class ChatTemplateSubset : public testing::TestWithParam<Rendering> {};

TEST_P(ChatTemplateSubset, Renders) {
    const Json variables{{"items", {1, 2, 3}},
                         {"parts", {{{"type", "image"}}, {{"type", "text"}, {"text", "hi"}}}},
                         {"map", {{"a", 1}, {"b", "x"}}},
                         {"word", "  Äb "},
                         {"nothing", nullptr},
                         {"yes", true}};
    EXPECT_EQ(render(GetParam().source, variables), GetParam().expected) << GetParam().source;
}

// The expected texts are those of Jinja2 with trim_blocks and lstrip_blocks.
INSTANTIATE_TEST_SUITE_P(
    Statements, ChatTemplateSubset,
    testing::Values(
        Rendering{"{% for i in items %}{{ loop.index }}/{{ loop.length }}{% if not loop.last %},{% endif "
                  "%}{% endfor %}",
                  "1/3,2/3,3/3"},
        Rendering{"{% for i in items if i != 2 %}{{ loop.index0 }}{{ i }}{% else %}none{% endfor %}", "0113"},
        Rendering{"{% for i in [] %}x{% else %}none{% endfor %}", "none"},
        Rendering{"{% for k in map %}{{ k }}{% endfor %}", "ab"},
        Rendering{"{% for i in missing %}x{% endfor %}", ""},
        Rendering{"{% set n = 1 %}{% for i in items %}{% set n = n + i %}{% endfor %}{{ n }}", "1"},
        Rendering{"{% set ns = namespace(n=1) %}{% for i in items %}{% set ns.n = ns.n + i %}{% endfor %}{{ "
                  "ns.n }}",
                  "7"},
        Rendering{"{% if items[0] == 2 %}a{% elif 'b' in map %}b{% else %}c{% endif %}", "b"},
        Rendering{"{% generation %}{{ yes }}{% endgeneration %}{{ nothing }}", "TrueNone"},
        Rendering{"a {# note #} b", "a  b"}));

INSTANTIATE_TEST_SUITE_P(Whitespace, ChatTemplateSubset,
                         testing::Values(Rendering{"{% if yes %}\nx\n{% endif %}\ny\n", "x\ny"},
                                         Rendering{"  {% if yes %}\n  x{% endif %}", "  x"},
                                         Rendering{"a\n  {%- if yes -%}\n  x  {%- endif %}\n\nb", "ax\nb"},
                                         Rendering{"a {% if yes %} b {% endif %} c", "a  b  c"},
                                         Rendering{"  {{ 1 }}\n{{- 2 -}} \n 3", "  123"},
                                         Rendering{"a\n  {# note #}\nb", "a\nb"},
                                         Rendering{"a\n  {%+ if yes %}x{% endif +%}\nb", "a\n  x\nb"},
                                         Rendering{"a\r\nb\r\n", "a\nb"}, Rendering{"{ a } {", "{ a } {"}));

INSTANTIATE_TEST_SUITE_P(
    Expressions, ChatTemplateSubset,
    testing::Values(
        Rendering{R"({{ 'a\n\'\x41\u00e9\q' }})", "a\n'Aé\\q"},
        Rendering{"{{ 'a' 'b' + \"c\" ~ 1 }}", "abc1"},
        Rendering{"{{ 1 + 2 - 4 }}{{ -7 % 3 }}{{ 1 ~ 2 + 3 if false else 'z' }}", "-12z"},
        Rendering{"{{ 'x' if missing }}|{{ missing }}|{{ map.zzz }}", "||"},
        Rendering{"{{ not yes or 1 == 1 and 2 < 3 }}", "True"},
        Rendering{"{{ 2 in items and 5 not in items }}", "True"},
        Rendering{"{{ missing or 'd' }}{{ yes and 'e' }}", "de"},
        Rendering{"{{ items[-1] }}{{ items[9] }}{{ map['a'] }}{{ map.b }}", "31x"},
        Rendering{"{% for i in items[::-1] %}{{ i }}{% endfor %}{% for i in items[:-1] %}{{ i }}{% endfor %}",
                  "32112"},
        Rendering{"{{ word is string }}{{ word is not defined }}{{ nothing is none }}{{ map is mapping }}",
                  "TrueFalseTrueTrue"},
        Rendering{"{{ word | trim | upper }}{{ word|length }}{{ (items|first) + items|last }}", "ÄB54"},
        Rendering{"{{ items | join('-') }}{{ map | tojson }}", "1-2-3{\"a\": 1, \"b\": \"x\"}"},
        Rendering{"{% for p in parts | selectattr('type', 'equalto', 'text') %}{{ p.text }}{% endfor %}",
                  "hi"},
        Rendering{"{% for p in parts | rejectattr('text', 'defined') %}{{ p.type }}{% endfor %}", "image"}));

TEST(ChatTemplate, NamesLineAndConstructOutsideTheSubset) {
    EXPECT_THAT(refusal("a\n{% macro f() %}"),
                HasSubstr("template, line 2: the statement 'macro' is not supported"));
    EXPECT_THAT(refusal("{{ x | sort }}"), HasSubstr("the filter 'sort'"));
    EXPECT_THAT(refusal("{{ x is divisibleby 3 }}"), HasSubstr("the test 'is divisibleby'"));
    EXPECT_THAT(refusal("{{ x.strip() }}"), HasSubstr("the method 'strip()'"));
    EXPECT_THAT(refusal("{{ range(3) }}"), HasSubstr("the function 'range()'"));
    EXPECT_THAT(refusal("{{ 2 * 3 }}"), HasSubstr("the operator '*'"));
    EXPECT_THAT(refusal("{% for a, b in x %}"), HasSubstr("several variables"));
    EXPECT_THAT(refusal("{{ {'a': 1} }}"), HasSubstr("dictionary"));
    EXPECT_THAT(refusal("{{ 1.5 }}"), HasSubstr("decimal point"));
}

TEST(ChatTemplate, NamesLineOfBrokenSyntax) {
    EXPECT_THAT(refusal("\n\n{{ x"), HasSubstr("line 3: the tag has no end"));
    EXPECT_THAT(refusal("{{ 'x }}"), HasSubstr("no closing quote"));
    EXPECT_THAT(refusal("{# x"), HasSubstr("no end '#}'"));
    EXPECT_THAT(refusal("{% if x %}\ny"), HasSubstr("line 2: 'endif' is missing"));
    EXPECT_THAT(refusal("{% endif %}"), HasSubstr("'endif' has no beginning"));
    EXPECT_THAT(refusal("{% for x in y %}{% endif %}"), HasSubstr("'endif' has no beginning"));
    EXPECT_THAT(refusal("{{ ) }}"), HasSubstr("')' is not expected"));
    EXPECT_THAT(refusal("{{ a b }}"), HasSubstr("but 'b' was found"));
    EXPECT_THAT(refusal("{{ 'a' ? }}"), HasSubstr("'?'"));
    EXPECT_THAT(refusal("{{ '\\uD800' }}"), HasSubstr("\\uD800"));
}

TEST(ChatTemplate, NamesLineOfWhatCannotBeComputed) {
    EXPECT_THAT(refusal("\n{{ 'a' + 1 }}"), HasSubstr("line 2: '+' does not work on a text and a number"));
    EXPECT_THAT(refusal("{{ missing.a.b }}"), HasSubstr("undefined"));
    EXPECT_THAT(refusal("{{ x }}", {{"x", {1}}}), HasSubstr("a list cannot be written as text"));
    EXPECT_THAT(refusal("{% for c in 'abc' %}{% endfor %}"), HasSubstr("'for' needs a list, not a text"));
    EXPECT_THAT(refusal("{{ raise_exception('no tools') }}"), HasSubstr("refuses these messages: no tools"));
    EXPECT_THAT(refusal("{% set x = 1 %}{% set x.y = 2 %}"), HasSubstr("'x' is not a namespace"));
    EXPECT_THAT(refusal("{{ 1 | trim }}"), HasSubstr("filter 'trim': a text is needed"));
    EXPECT_THAT(refusal("{{ 1 % 0 }}"), HasSubstr("division by zero"));
}

TEST(ChatTemplate, RefusesWorkWithoutEnd) {
    Json many = Json::array();
    for (int i = 0; i < 2000; ++i)
        many.push_back(i);
    EXPECT_THAT(refusal("{% for a in x %}{% for b in x %}{% endfor %}{% endfor %}", {{"x", many}}),
                HasSubstr("million steps"));
    EXPECT_THAT(
        refusal("{% set ns = namespace(t='aaaa') %}{% for a in x %}{% set ns.t = ns.t ~ ns.t %}{% endfor %}",
                {{"x", many}}),
        HasSubstr("64 MiB"));
    EXPECT_THAT(refusal("{{ " + std::string(100000, '(') + "1" + std::string(100000, ')') + " }}"),
                HasSubstr("too long"));
    std::string blocks;
    for (int i = 0; i < 1000; ++i)
        blocks += "{% if 1 %}";
    EXPECT_THAT(refusal(blocks), HasSubstr("too deep"));
}

}
