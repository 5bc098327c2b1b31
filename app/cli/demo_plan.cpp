#include "app/cli/demo_plan.h"

#include "engine/core/error.h"
#include "engine/core/file.h"
#include "engine/core/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace fs = std::filesystem;

namespace vlmptq::cli {

DemoVariant DemoVariant::parse(const std::string& text) {
    const auto parts = split(text, '+');
    DemoVariant variant{.method = std::string(methodNamed(parts.front()).name), .ranges = {}};
    if (parts.size() > 1)
        variant.ranges = rangesNamed(parts[1]);
    if (parts.size() > 2)
        throw Error(ErrorKind::BadOption, "E-OPT-25", "Option --methods: '" + text + "' cannot be read.",
                    "Write METHOD or METHOD+RANGES, like gptq+diag-h.");
    return variant;
}

std::string DemoVariant::key() const {
    return ranges ? method + '+' + std::string(toString(*ranges)) : method;
}

std::string DemoVariant::title() const {
    const std::string name(methodNamed(method).title);
    return ranges ? name + ", " + std::string(toString(*ranges)) + " ranges" : name;
}

std::vector<std::string> tableVariants() {
    std::vector<std::string> variants;
    for (const auto& method : methods()) {
        variants.emplace_back(method.name);
        if (method.name == "gptq")
            variants.emplace_back("gptq+diag-h");
    }
    return variants;
}

std::string DemoRow::schemeText() const {
    return "W" + std::to_string(bits) + (group > 0 ? " g" + std::to_string(group) : "");
}

std::string DemoRow::key() const { return variant.key() + ' ' + schemeText(); }

std::vector<DemoRow> demoRows(const std::vector<std::string>& variants, const std::vector<std::int64_t>& bits,
                              const std::vector<std::int64_t>& groups) {
    std::vector<DemoRow> rows;
    for (const auto bitCount : bits)
        for (const auto group : groups)
            for (const auto& variant : variants)
                rows.push_back(
                    {DemoVariant::parse(variant), static_cast<int>(bitCount), static_cast<int>(group)});
    return rows;
}

RunConfig demoConfig(const paths::Demo& demo, const DemoRow& row, const DeviceConfig& device) {
    RunConfig config;
    config.model = demo.model.string();
    config.tags = {"demo"};
    config.quant.method = row.variant.method;
    config.quant.ranges = row.variant.ranges;
    config.quant.weightBits = row.bits;
    config.quant.groupSize = row.group;
    config.calib.source = demo.calibration.string();
    config.device = device;
    return config;
}

DemoState DemoState::open(const fs::path& out, const std::string& plan) {
    DemoState state;
    state.m_file = out / "demo.json";
    state.m_plan = plan;
    if (!fs::exists(state.m_file))
        return state;
    const auto json = nlohmann::json::parse(readFile(state.m_file, 1 << 20), nullptr, false);
    try {
        if (json.at("finished").get<bool>() || json.at("plan").get<std::string>() != plan)
            return state;
        state.m_runs = json.at("runs").get<std::map<std::string, store::RunId>>();
        state.m_done = json.at("done").get<std::vector<std::string>>();
        state.m_isContinued = true;
    } catch (const nlohmann::json::exception&) {
        throw Error(ErrorKind::BadInput, "E-DEMO-02", state.m_file.string() + " is not the record of a demo.",
                    "Remove it, or choose another folder with --out.");
    }
    return state;
}

std::optional<store::RunId> DemoState::runOf(const DemoRow& row) const {
    const auto found = m_runs.find(row.key());
    return found == m_runs.end() ? std::nullopt : std::optional(found->second);
}

void DemoState::setRun(const DemoRow& row, store::RunId run) {
    m_runs[row.key()] = run;
    save();
}

bool DemoState::isDone(const std::string& step) const {
    return std::find(m_done.begin(), m_done.end(), step) != m_done.end();
}

void DemoState::setDone(const std::string& step) {
    m_done.push_back(step);
    save();
}

void DemoState::finish() {
    m_isFinished = true;
    save();
}

void DemoState::save() const {
    const nlohmann::ordered_json json{
        {"schema", 1}, {"plan", m_plan}, {"finished", m_isFinished}, {"runs", m_runs}, {"done", m_done}};
    writeFileAtomically(m_file, json.dump(1) + '\n');
}

}
