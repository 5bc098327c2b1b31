#include "app/cli/run_list.h"

#include "app/cli/settings.h"
#include "engine/core/error.h"
#include "engine/core/text.h"

#include <algorithm>
#include <limits>

namespace vlmptq::cli {
namespace {

// A field is a text for people, and where it has an order of its own also a number.
struct Field {
    const char* name;
    std::string (*text)(const RunRow&);
    std::optional<double> (*number)(const RunRow&) = nullptr; // absent: compares as text
};

using Number = std::optional<double>;

Number modelError(const RunRow& row, std::optional<MeanInterval> ModelErrorInterval::*tokens) {
    const auto& summary = row.run.summary;
    return summary && summary->modelError.*tokens ? Number((summary->modelError.*tokens)->mean)
                                                  : std::nullopt;
}

std::string numberText(const Number& value, int digits) { return value ? significant(*value, digits) : "-"; }

Number errorOf(const RunRow& row) {
    return row.run.summary ? Number(row.run.summary->meanModuleError) : std::nullopt;
}
Number visionOf(const RunRow& row) { return modelError(row, &ModelErrorInterval::vision); }
Number textOf(const RunRow& row) { return modelError(row, &ModelErrorInterval::text); }
Number lossOf(const RunRow& row) {
    const auto& summary = row.run.summary;
    return summary && summary->heldoutAnswerLoss ? Number(summary->heldoutAnswerLoss->mean) : std::nullopt;
}
Number secondsOf(const RunRow& row) {
    return row.run.summary ? Number(row.run.summary->seconds) : std::nullopt;
}

// clang-format off
const std::vector<Field> kFields{
    {"id", [](const RunRow& r) { return std::to_string(r.run.id); }, [](const RunRow& r) { return Number(static_cast<double>(r.run.id)); }},
    {"name", [](const RunRow& r) { return r.run.name; }},
    {"model", [](const RunRow& r) { return r.run.model; }},
    {"method", [](const RunRow& r) { return r.run.method; }},
    {"scheme", [](const RunRow& r) { return r.run.scheme; }},
    {"bits", [](const RunRow& r) { return std::to_string(r.run.config.quant.weightBits); }, [](const RunRow& r) { return Number(r.run.config.quant.weightBits); }},
    {"group", [](const RunRow& r) { return std::to_string(r.run.config.quant.groupSize); }, [](const RunRow& r) { return Number(r.run.config.quant.groupSize); }},
    {"state", [](const RunRow& r) { return std::string(store::toString(r.run.state)); }},
    {"layers", [](const RunRow& r) { return std::to_string(r.run.layersDone) + "/" + std::to_string(r.run.layers); }, [](const RunRow& r) { return Number(r.run.layersDone); }},
    {"error", [](const RunRow& r) { return numberText(errorOf(r), 3); }, errorOf},
    {"vision", [](const RunRow& r) { return numberText(visionOf(r), 3); }, visionOf},
    {"text", [](const RunRow& r) { return numberText(textOf(r), 3); }, textOf},
    {"loss", [](const RunRow& r) { return numberText(lossOf(r), 4); }, lossOf},
    {"score", [](const RunRow& r) { return r.run.averageScore ? fixed(*r.run.averageScore, 1) : "-"; }, [](const RunRow& r) { return r.run.averageScore; }},
    {"seconds", [](const RunRow& r) { const auto s = secondsOf(r); return s ? fixed(*s, 1) : "-"; }, secondsOf},
    {"disk", [](const RunRow& r) { return bytesText(r.diskBytes); }, [](const RunRow& r) { return Number(static_cast<double>(r.diskBytes)); }},
    {"tags", [](const RunRow& r) { return join(r.run.tags, ","); }},
    {"note", [](const RunRow& r) { return split(r.run.note, '\n').front(); }},
    {"created", [](const RunRow& r) { return r.run.createdAt; }},
    {"finished", [](const RunRow& r) { return r.run.finishedAt; }},
    {"host", [](const RunRow& r) { return r.run.host; }},
    {"directory", [](const RunRow& r) { return r.run.directory; }},
};
// clang-format on

const Field& fieldNamed(const std::string& name, const char* option) {
    for (const auto& field : kFields)
        if (field.name == name)
            return field;
    const auto nearest = closest(name, runFields());
    throw Error(ErrorKind::BadOption, "E-OPT-20",
                "Option " + std::string(option) + ": '" + name + "' is no field of a run.",
                nearest.empty() ? "Fields: " + join(runFields(), ", ") + "."
                                : "Did you mean '" + nearest + "'?");
}

struct Condition {
    const Field* field;
    std::string comparison, value; // = != < <= > >=
};

Condition parseCondition(const std::string& text) {
    const auto at = text.find_first_of("=!<>");
    if (at == std::string::npos || at == 0)
        throw Error(ErrorKind::BadOption, "E-OPT-21", "Option --where: '" + text + "' holds no comparison.",
                    "Write it like 'method=vlmptq' or 'error<0.01'.");
    const std::size_t length = at + 1 < text.size() && text[at + 1] == '=' ? 2 : 1;
    return {&fieldNamed(text.substr(0, at), "--where"), text.substr(at, length), text.substr(at + length)};
}

bool textHolds(const std::string& text, const Condition& condition) {
    const auto values = split(text, ','); // several tags: any of them
    const bool isEqual = std::any_of(values.begin(), values.end(), [&](const std::string& value) {
        return globMatches(condition.value, value);
    });
    if (condition.comparison == "=" || condition.comparison == "==")
        return isEqual;
    if (condition.comparison == "!=")
        return !isEqual;
    return condition.comparison.front() == '<' ? text < condition.value : text > condition.value;
}

bool holds(const RunRow& row, const Condition& condition) {
    if (!condition.field->number)
        return textHolds(condition.field->text(row), condition);
    const double limit = realNumber("where", condition.value);
    const auto value = condition.field->number(row);
    if (!value)
        return condition.comparison == "!=";
    const auto& comparison = condition.comparison;
    if (comparison == "<")
        return *value < limit;
    if (comparison == "<=")
        return *value <= limit;
    if (comparison == ">")
        return *value > limit;
    if (comparison == ">=")
        return *value >= limit;
    return (comparison == "!=") != (*value == limit);
}

bool isBefore(const Field& field, const RunRow& a, const RunRow& b) {
    if (!field.number)
        return field.text(a) < field.text(b);
    const double absent = std::numeric_limits<double>::infinity(); // sorts last
    return field.number(a).value_or(absent) < field.number(b).value_or(absent);
}

}

std::vector<std::string> runFields() {
    std::vector<std::string> names;
    for (const auto& field : kFields)
        names.emplace_back(field.name);
    return names;
}

std::vector<RunRow> filtered(std::vector<RunRow> rows, const std::vector<std::string>& conditions) {
    for (const auto& text : conditions) {
        const auto condition = parseCondition(text);
        std::erase_if(rows, [&](const RunRow& row) { return !holds(row, condition); });
    }
    return rows;
}

void sortRuns(std::vector<RunRow>& rows, std::string field) {
    const bool isFalling = field.starts_with('-');
    const auto& by = fieldNamed(isFalling ? field.substr(1) : field, "--sort");
    std::stable_sort(rows.begin(), rows.end(), [&](const RunRow& a, const RunRow& b) {
        return isFalling ? isBefore(by, b, a) : isBefore(by, a, b);
    });
}

Table runTable(const std::vector<RunRow>& rows, const std::vector<std::string>& fields) {
    std::vector<const Field*> chosen;
    std::vector<Column> columns;
    for (const auto& name : fields) {
        chosen.push_back(&fieldNamed(name, "--columns"));
        columns.push_back({name, chosen.back()->number ? Align::Right : Align::Left});
    }
    Table table(std::move(columns));
    for (const auto& row : rows) {
        std::vector<std::string> cells;
        for (const auto* field : chosen)
            cells.push_back(field->text(row));
        table.add(std::move(cells));
    }
    return table;
}

}
