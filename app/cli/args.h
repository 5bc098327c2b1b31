// args.h - how commands describe themselves: CLI11 with our own help (examples first), shared options and
// sentences for wrong arguments ("did you mean"). Used on the main thread before anything else runs.
#pragma once
#include "app/cli/session.h"
#include "app/cli/settings.h"

#include <CLI/CLI.hpp>

#include <functional>
#include <string>
#include <vector>

namespace vlmptq::cli {

struct CommandText {
    std::string name, summary;
    std::vector<std::string> examples; // without the program's name
    std::string notes;                 // shown after the options
};

// Which shared options a command takes, besides -q, -v, --log and --color.
struct Shares {
    bool database = false, json = false, csv = false, progress = false;
};

CLI::App* addCommand(CLI::App& parent, Session&, const CommandText&, Shares = {});
// Names a command that only holds others ("runs", "probe").
CLI::App* addCommandGroup(CLI::App& parent, Session&, const CommandText&);

// The named settings (all when empty) as options; what is given on the command line lands in `given`.
void addSettings(CLI::App&, GivenSettings& given, const std::vector<std::string>& names = {});
inline const std::vector<std::string> kDeviceSettings{"device", "compute-dtype", "threads"};

// An option that holds a whole number of at least `low`.
CLI::Option* addNumber(CLI::App&, const std::string& name, std::int64_t& target, std::int64_t low,
                       const std::string& help);

const CLI::App* commandNamed(const CLI::App& parent, const std::string& name); // null: none
Error unknownCommand(const CLI::App& parent, const std::string& name);

// An option that holds values separated by commas; may be repeated.
template <class Value>
CLI::Option* addList(CLI::App& app, const std::string& name, std::vector<Value>& target,
                     const std::string& valueName, const std::string& help) {
    return app.add_option(name, target, help)
        ->type_name(valueName)
        ->delimiter(',')
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

// A check of a value; unlike CLI::IsMember it leaves the option's type name, and so the help, as it is.
std::function<std::string(const std::string&)> oneOf(std::vector<std::string> values);

// What was wrong with the arguments, in a sentence with the nearest known word.
Error explain(const CLI::App& root, const CLI::ParseError&);

}
