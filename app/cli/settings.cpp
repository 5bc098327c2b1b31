#include "app/cli/settings.h"

#include "engine/core/error.h"
#include "engine/core/file.h"
#include "engine/core/paths.h"
#include "engine/core/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>

namespace fs = std::filesystem;

namespace vlmptq::cli {
namespace {

std::string scalarText(const nlohmann::json& value, const std::string& where) {
    if (value.is_string())
        return value.get<std::string>();
    if (value.is_number() || value.is_boolean())
        return value.dump();
    if (value.is_array()) {
        std::vector<std::string> items;
        for (const auto& item : value)
            items.push_back(scalarText(item, where));
        return join(items, ",");
    }
    throw Error(ErrorKind::BadInput, "E-OPT-11", where + " is neither text, number, switch nor list.",
                "Write it as its option takes it.");
}

// A flat object of settings, or what `--print-config --json` prints (the same object under "settings").
GivenSettings readSettingsFile(const fs::path& file) {
    const auto json = nlohmann::json::parse(readFile(file, 1 << 20), nullptr, false);
    if (!json.is_object())
        throw Error(ErrorKind::BadInput, "E-OPT-12", file.string() + " is not a JSON object.",
                    R"(Write settings like {"bits": 3, "group": 128}.)");
    GivenSettings given;
    const auto& object = json.contains("settings") ? json["settings"] : json;
    for (const auto& [key, value] : object.items()) {
        if (!settingNamed(key)) {
            std::vector<std::string> known;
            for (const auto& setting : settings())
                known.push_back(setting.name);
            const auto nearest = closest(key, known);
            throw Error(ErrorKind::BadInput, "E-OPT-13",
                        "Setting '" + key + "' in " + file.string() + " is not known.",
                        nearest.empty() ? "See 'vlmptq help quantize'." : "Did you mean '" + nearest + "'?");
        }
        given[key] = scalarText(value, "Setting '" + key + "' in " + file.string());
    }
    return given;
}

// The grids of the paper's tables, and one for deployment. W2A8KV8 is not rotated (method.md, A11).
const std::map<std::string, GivenSettings> kPresets{
    {"paper", {{"group", "channel"}, {"sym", "false"}}},
    {"deploy", {{"group", "128"}, {"sym", "true"}}},
    {"w3a16", {{"bits", "3"}, {"group", "channel"}, {"sym", "false"}}},
    {"w2a16", {{"bits", "2"}, {"group", "channel"}, {"sym", "false"}}},
    {"w2a8kv8", {{"bits", "2"}, {"group", "channel"}, {"sym", "false"}, {"act-bits", "8"}, {"kv-bits", "8"}}},
    {"w4a4kv8",
     {{"bits", "4"},
      {"group", "channel"},
      {"sym", "false"},
      {"act-bits", "4"},
      {"kv-bits", "8"},
      {"rotate", "true"}}},
};

GivenSettings readPreset(const std::string& preset) {
    const auto found = kPresets.find(preset);
    return found != kPresets.end() ? found->second : readSettingsFile(preset);
}

std::string variableOf(const std::string& setting) {
    std::string name = "VLMPTQ_";
    for (const char c : setting)
        name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return name;
}

GivenSettings readEnvironment() {
    GivenSettings given;
    for (const auto& setting : settings())
        if (const char* value = std::getenv(variableOf(setting.name).c_str()); value && *value)
            given[setting.name] = value;
    return given;
}

}

const Setting* settingNamed(const std::string& name) {
    const auto all = settings();
    const auto found = std::find_if(all.begin(), all.end(), [&](const Setting& s) { return s.name == name; });
    return found == all.end() ? nullptr : &*found;
}

ResolvedSettings resolveSettings(const GivenSettings& options, const std::string& preset,
                                 const std::vector<std::string>& names) {
    const auto applies = [&](const std::string& name) {
        return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
    };
    ResolvedSettings resolved;
    for (const auto& setting : settings())
        if (applies(setting.name))
            resolved.origins[setting.name] = "default";
    const auto apply = [&](const GivenSettings& given, const std::string& origin) {
        for (const auto& [name, value] : given) {
            if (!applies(name))
                continue;
            settingNamed(name)->set(resolved.config, value);
            resolved.origins[name] = origin;
        }
    };
    if (const fs::path file = paths::configFile(); fs::exists(file))
        apply(readSettingsFile(file), file.string());
    if (!preset.empty())
        apply(readPreset(preset), "preset " + preset);
    apply(readEnvironment(), "environment");
    apply(options, "option");
    // Nobody chose on how many samples mu is judged: then never on more than there are.
    if (const auto origin = resolved.origins.find("mu-samples");
        origin != resolved.origins.end() && origin->second == "default" && resolved.config.calib.samples > 0)
        resolved.config.quant.muSamples =
            std::min(resolved.config.quant.muSamples, resolved.config.calib.samples);
    return resolved;
}

}
