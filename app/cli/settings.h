// settings.h - the settings of a run as the command line knows them: one table of names, help and
// conversions, read from options, environment (VLMPTQ_MU_GRID for --mu-grid), preset file, configuration file
// and defaults, in this order of precedence. A new setting is one line of the table. Pure but for reading
// those files. Source: interface.md 11.
#pragma once
#include "engine/core/config.h"

#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace vlmptq::cli {

struct Setting {
    std::string name;      // "mu-grid": option, preset key, and VLMPTQ_MU_GRID in the environment
    std::string valueName; // "GRID"; empty: a switch with a --no- twin
    std::string group;     // heading in the help
    std::string help;
    void (*set)(RunConfig&, const std::string& value); // throws Error (BadOption)
    std::string (*get)(const RunConfig&);              // as `set` would take it
    bool isShort = false;                              // has a one-letter option of its first letter
};

std::span<const Setting> settings();
const Setting* settingNamed(const std::string& name); // null: unknown

using GivenSettings = std::map<std::string, std::string>; // name -> value, as given in one place

struct ResolvedSettings {
    RunConfig config;
    std::map<std::string, std::string>
        origins; // name -> "option", "environment", "preset x.json", "default", …
};

// `preset`: a file, or "paper" or "deploy"; empty: none. `names`: only these settings are looked for (empty:
// all).
ResolvedSettings resolveSettings(const GivenSettings& options, const std::string& preset = {},
                                 const std::vector<std::string>& names = {});

// "3", "12", … with a sentence naming the option when it is something else.
std::int64_t wholeNumber(const std::string& option, const std::string& text);
double realNumber(const std::string& option, const std::string& text);
std::uint64_t byteCount(const std::string& option,
                        const std::string& text); // "4GB", "4G", "500 MB", "4294967296"

}
