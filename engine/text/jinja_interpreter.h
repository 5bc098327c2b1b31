// jinja_interpreter.h - renders a parsed template. One object renders once; several may share the tree
// between threads.
#pragma once
#include "engine/text/jinja_value.h"

#include <vector>

namespace vlmptq::text::jinja {

class Interpreter {
public:
    Interpreter(const Json& variables, std::string where);
    std::string render(const Block&); // throws Error (BadInput) "<where>, line N: …"

private:
    using Scope = std::map<std::string, Value, std::less<>>;

    void run(const Block&);
    void run(const Statement&);
    void run(const Text&, int line);
    void run(const Output&, int line);
    void run(const If&, int line);
    void run(const For&, int line);
    void run(const Set&, int line);
    std::vector<Value> itemsOf(const For&, int line);
    void write(std::string_view, int line);

    Value evaluate(const Expression&);
    Value evaluate(const Constant&);
    Value evaluate(const Name&);
    Value evaluate(const List&);
    Value evaluate(const Subscript&);
    Value evaluate(const Slice&);
    Value evaluate(const Unary&);
    Value evaluate(const Binary&);
    Value evaluate(const Conditional&);
    Value evaluate(const Namespace&);
    Value evaluate(const Raise&);
    Value evaluate(const Filter&);
    Value evaluate(const Test&);
    std::vector<Value> evaluateAll(const Expressions&);
    std::optional<std::int64_t> sliceBound(const ExpressionPtr&);
    void countStep(int line);

    const Json& m_variables;
    std::string m_where, m_out;
    std::vector<Scope> m_scopes;
    int m_steps = 0;
};

}
