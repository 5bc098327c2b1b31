#include "engine/text/jinja_interpreter.h"

#include "engine/text/jinja_filters.h"
#include "engine/text/jinja_lexer.h"
#include "engine/text/jinja_operators.h"

namespace vlmptq::text::jinja {

namespace {

constexpr int stepLimit = 1'000'000;

}

Interpreter::Interpreter(const Json& variables, std::string where)
    : m_variables(variables), m_where(std::move(where)), m_scopes(1) {}

std::string Interpreter::render(const Block& block) {
    run(block);
    return std::move(m_out);
}

// --- statements

void Interpreter::run(const Block& block) {
    for (const auto& statement : block)
        run(statement);
}

void Interpreter::run(const Statement& statement) {
    countStep(statement.line);
    try {
        std::visit([&](const auto& node) { run(node, statement.line); }, statement.node);
    } catch (const Refusal& e) {
        failAt(m_where, statement.line, std::string(e.what()) + ".");
    }
}

void Interpreter::run(const Text& text, int line) { write(text.text, line); }

void Interpreter::run(const Output& output, int line) { write(printed(evaluate(*output.value)), line); }

void Interpreter::run(const If& node, int) {
    for (const auto& branch : node.branches)
        if (evaluate(*branch.condition).isTrue())
            return run(branch.body);
    run(node.otherwise);
}

void Interpreter::run(const For& loop, int line) {
    const auto items = itemsOf(loop, line);
    if (items.empty())
        return run(loop.otherwise);
    for (std::size_t i = 0; i < items.size(); ++i) {
        countStep(line);
        m_scopes.emplace_back();
        m_scopes.back()["loop"] = Value(Json{{"first", i == 0},
                                             {"last", i + 1 == items.size()},
                                             {"index", i + 1},
                                             {"index0", i},
                                             {"length", items.size()}});
        m_scopes.back()[loop.variable] = items[i];
        run(loop.body);
        m_scopes.pop_back();
    }
}

std::vector<Value> Interpreter::itemsOf(const For& loop, int line) {
    const auto source = evaluate(*loop.items);
    std::vector<Value> items;
    if (source.isList()) {
        for (std::size_t i = 0; i < source.length(); ++i)
            items.push_back(source.element(i));
    } else if (source.isMapping()) {
        for (const auto& [key, value] : source.json()->items())
            items.emplace_back(Json(key));
    } else if (source.isDefined()) {
        throw Refusal("'for' needs a list, not " + source.typeName());
    }
    if (!loop.condition)
        return items;
    std::vector<Value> chosen;
    for (auto& item : items) {
        countStep(line);
        m_scopes.push_back({{loop.variable, item}});
        const bool isWanted = evaluate(*loop.condition).isTrue();
        m_scopes.pop_back();
        if (isWanted)
            chosen.push_back(std::move(item));
    }
    return chosen;
}

void Interpreter::run(const Set& set, int) {
    auto value = evaluate(*set.value);
    if (!set.attribute) {
        m_scopes.back()[set.variable] = std::move(value);
        return;
    }
    auto* attributes = evaluate(Name{set.variable}).attributes();
    if (!attributes)
        throw Refusal("'" + set.variable + "' is not a namespace, its attributes cannot be set");
    if (value.attributes())
        throw Refusal("a namespace cannot be kept in a namespace"); // it might hold itself
    (*attributes)[*set.attribute] = std::move(value);
}

void Interpreter::write(std::string_view text, int line) {
    if (m_out.size() + text.size() > textLimit)
        failAt(m_where, line, "the template writes more than 64 MiB.");
    m_out += text;
}

void Interpreter::countStep(int line) {
    if (++m_steps > stepLimit)
        failAt(m_where, line, "the template takes more than a million steps.");
}

// --- expressions

Value Interpreter::evaluate(const Expression& expression) {
    try {
        return std::visit([&](const auto& node) { return evaluate(node); }, expression.node);
    } catch (const Refusal& e) {
        failAt(m_where, expression.line, std::string(e.what()) + ".");
    }
}

std::vector<Value> Interpreter::evaluateAll(const Expressions& expressions) {
    std::vector<Value> values;
    for (const auto& expression : expressions)
        values.push_back(evaluate(*expression));
    return values;
}

Value Interpreter::evaluate(const Constant& constant) { return Value::borrowed(constant.value); }

Value Interpreter::evaluate(const Name& name) {
    for (auto scope = m_scopes.rbegin(); scope != m_scopes.rend(); ++scope)
        if (const auto found = scope->find(name.name); found != scope->end())
            return found->second;
    return Value::borrowed(m_variables).lookUp(Json(name.name));
}

Value Interpreter::evaluate(const List& list) {
    Json items = Json::array();
    for (const auto& value : evaluateAll(list.items)) {
        if (!value.json())
            throw Refusal("a list cannot hold " + value.typeName());
        items.push_back(*value.json());
    }
    return Value(std::move(items));
}

Value Interpreter::evaluate(const Subscript& subscript) {
    const auto object = evaluate(*subscript.object);
    const auto index = evaluate(*subscript.index);
    if (!object.isDefined() || !index.json())
        throw Refusal("there is nothing to look up " +
                      (index.isString() ? "'" + index.string() + "'" : "an index") +
                      " in: the value is undefined");
    return object.lookUp(*index.json());
}

std::optional<std::int64_t> Interpreter::sliceBound(const ExpressionPtr& bound) {
    if (!bound)
        return std::nullopt;
    const auto value = evaluate(*bound);
    if (!value.isInteger())
        throw Refusal("a slice needs whole numbers, not " + value.typeName());
    return value.integer();
}

Value Interpreter::evaluate(const Slice& slice) {
    const auto list = evaluate(*slice.object);
    const auto from = sliceBound(slice.from), to = sliceBound(slice.to);
    return sliced(list, from, to, sliceBound(slice.step).value_or(1));
}

Value Interpreter::evaluate(const Unary& unary) {
    const auto operand = evaluate(*unary.operand);
    return unary.op == UnaryOp::Not ? Value(Json(!operand.isTrue())) : negated(operand);
}

Value Interpreter::evaluate(const Binary& binary) {
    auto left = evaluate(*binary.left);
    if (binary.op == BinaryOp::And)
        return left.isTrue() ? evaluate(*binary.right) : left;
    if (binary.op == BinaryOp::Or)
        return left.isTrue() ? left : evaluate(*binary.right);
    return applyBinary(binary.op, left, evaluate(*binary.right));
}

Value Interpreter::evaluate(const Conditional& conditional) {
    if (evaluate(*conditional.condition).isTrue())
        return evaluate(*conditional.value);
    return conditional.otherwise ? evaluate(*conditional.otherwise) : Value();
}

Value Interpreter::evaluate(const Namespace& node) {
    auto attributes = std::make_shared<Attributes>();
    for (const auto& [name, value] : node.values)
        (*attributes)[name] = evaluate(*value);
    return Value(std::move(attributes));
}

Value Interpreter::evaluate(const Raise& raise) {
    throw Refusal("the template refuses these messages: " + printed(evaluate(*raise.message)));
}

Value Interpreter::evaluate(const Filter& filter) {
    const auto input = evaluate(*filter.input);
    const auto arguments = evaluateAll(filter.arguments);
    try {
        return applyFilter(filter.name, input, arguments);
    } catch (const Refusal& e) {
        throw Refusal("filter '" + filter.name + "': " + e.what());
    }
}

Value Interpreter::evaluate(const Test& test) {
    const auto input = evaluate(*test.input);
    return Value(Json(applyTest(test.name, input, evaluateAll(test.arguments)) != test.isNegated));
}

}
