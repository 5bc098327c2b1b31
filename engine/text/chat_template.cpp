#include "engine/text/chat_template.h"

#include "engine/text/jinja_interpreter.h"
#include "engine/text/jinja_parser.h"

namespace vlmptq::text {

namespace {

class JinjaTemplate : public ChatTemplate {
public:
    JinjaTemplate(const std::string& source, const std::string& where)
        : m_block(jinja::parse(source, where)), m_where(where) {}

    std::string render(const nlohmann::ordered_json& variables) const override {
        return jinja::Interpreter(variables, m_where).render(m_block);
    }

private:
    jinja::Block m_block;
    std::string m_where;
};

}

std::shared_ptr<const ChatTemplate> ChatTemplate::parse(const std::string& source, const std::string& where) {
    return std::make_shared<JinjaTemplate>(source, where);
}

}
