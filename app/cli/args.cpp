#include "app/cli/args.h"

#include "app/cli/help.h"
#include "engine/core/text.h"

#include <algorithm>

namespace vlmptq::cli {
namespace {

void addConsoleOptions(CLI::App& app, Session& session, const Shares& shares) {
    auto& options = session.consoleOptions;
    const auto choice = [&](const char* name, std::string& target, std::vector<std::string> values,
                            const char* help) {
        app.add_option(name, target, help)
            ->type_name("WHEN")
            ->group(kSharedGroup)
            ->check(oneOf(std::move(values)));
    };
    if (shares.json)
        app.add_flag("--json", session.isJson, "print JSON")->group(kSharedGroup);
    if (shares.csv)
        app.add_flag("--csv", session.isCsv, "print CSV")->group(kSharedGroup);
    if (shares.progress)
        choice("--progress", options.progress, {"auto", "bar", "plain", "none"},
               "auto, bar, plain or none [auto: a bar on a terminal, else plain lines]");
    choice("--color", options.color, {"auto", "always", "never"}, "auto, always or never [auto]");
    app.add_flag("-q,--quiet", options.isQuiet, "only data, warnings and errors")->group(kSharedGroup);
    app.add_flag("-v,--verbose", options.isVerbose, "say more")->group(kSharedGroup);
    app.add_option("--log", options.log, "append every message to this file")
        ->type_name("FILE")
        ->group(kSharedGroup);
    if (shares.database)
        app.add_option("--db", session.databaseOption, "run database [$VLMPTQ_DB, else the user's own]")
            ->type_name("FILE")
            ->group(kSharedGroup);
}

void addSwitch(CLI::App& app, GivenSettings& given, const Setting& setting) {
    const auto keep = [&given, name = setting.name](std::int64_t count) {
        given[name] = count > 0 ? "true" : "false";
    };
    app.add_flag_function("--" + setting.name + ",!--no-" + setting.name, keep, setting.help)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
        ->group(setting.group);
}

void addValue(CLI::App& app, GivenSettings& given, const Setting& setting) {
    const auto keep = [&given, name = setting.name](const std::vector<std::string>& values) {
        given[name] = join(values, ",");
    };
    const std::string letter = setting.isShort ? std::string("-") + setting.name.front() + "," : "";
    app.add_option_function<std::vector<std::string>>(letter + "--" + setting.name, keep, setting.help)
        ->type_name(setting.valueName)
        ->expected(1)
        ->multi_option_policy(setting.name == "skip" ? CLI::MultiOptionPolicy::TakeAll
                                                     : CLI::MultiOptionPolicy::TakeLast)
        ->group(setting.group);
}

const CLI::App& deepest(const CLI::App& app) {
    const auto parsed = app.get_subcommands();
    return parsed.empty() ? app : deepest(*parsed.front());
}

std::string commandName(const CLI::App& app) {
    return app.get_parent() ? commandName(*app.get_parent()) + ' ' + app.get_name() : app.get_name();
}

std::string seeHelp(const CLI::App& app) {
    const std::string name = commandName(app);
    const auto space = name.find(' ');
    return "See 'vlmptq help" + (space == std::string::npos ? std::string() : name.substr(space)) + "'.";
}

std::vector<std::string> knownOptions(const CLI::App& app) {
    std::vector<std::string> known;
    for (const auto* option : app.get_options())
        for (const auto& name : optionNames(*option))
            known.push_back(name);
    return known;
}

// `app` met the option; `command` is the one that was named in the end.
Error unknownOption(const CLI::App& app, const CLI::App& command, const std::string& argument) {
    const std::string name = argument.substr(0, argument.find('='));
    const auto ofCommand = knownOptions(command);
    if (&app != &command && std::find(ofCommand.begin(), ofCommand.end(), name) != ofCommand.end())
        return {ErrorKind::BadOption, "E-ARG-01", "The option " + name + " stands before the command.",
                "Write it after '" + commandName(command) + "'."};
    const auto nearest = closest(name, knownOptions(app));
    return {ErrorKind::BadOption, "E-ARG-01", "'" + commandName(app) + "' has no option " + name + ".",
            nearest.empty() ? seeHelp(app) : "Did you mean " + nearest + "?"};
}

bool isOption(const std::string& argument) { return argument.size() > 1 && argument.front() == '-'; }

}

CLI::App* addCommand(CLI::App& parent, Session& session, const CommandText& text, Shares shares) {
    auto* app = parent.add_subcommand(text.name, text.summary);
    app->footer(packFooter(text.examples, text.notes));
    addConsoleOptions(*app, session, shares);
    app->get_help_ptr()->group(kSharedGroup);
    return app;
}

CLI::App* addCommandGroup(CLI::App& parent, Session& session, const CommandText& text) {
    auto* app = addCommand(parent, session, text);
    app->require_subcommand(1);
    return app;
}

void addSettings(CLI::App& app, GivenSettings& given, const std::vector<std::string>& names) {
    for (const auto& setting : settings())
        if (names.empty() || std::find(names.begin(), names.end(), setting.name) != names.end())
            (setting.valueName.empty() ? addSwitch : addValue)(app, given, setting);
}

CLI::Option* addNumber(CLI::App& app, const std::string& name, std::int64_t& target, std::int64_t low,
                       const std::string& help) {
    const auto read = [name, low, &target](const std::string& text) {
        const std::string option = name.substr(name.rfind("--") + 2);
        target = wholeNumber(option, text);
        if (target < low)
            throw Error(ErrorKind::BadOption, "E-OPT-10",
                        "Option --" + option + ": " + text + " is too small.",
                        "Use " + std::to_string(low) + " or more.");
    };
    return app.add_option_function<std::string>(name, read, help)->type_name("N");
}

std::function<std::string(const std::string&)> oneOf(std::vector<std::string> values) {
    return [values = std::move(values)](const std::string& given) {
        return std::find(values.begin(), values.end(), given) != values.end()
                   ? std::string()
                   : "'" + given + "' is not known: use " + join(values, ", ");
    };
}

const CLI::App* commandNamed(const CLI::App& parent, const std::string& name) {
    for (const auto* command : parent.get_subcommands({}))
        if (command->get_name() == name)
            return command;
    return nullptr;
}

Error unknownCommand(const CLI::App& app, const std::string& name) {
    std::vector<std::string> known;
    for (const auto* command : app.get_subcommands({}))
        known.push_back(command->get_name());
    const auto nearest = closest(name, known);
    return {ErrorKind::BadOption, "E-ARG-02", "'" + commandName(app) + "' has no command '" + name + "'.",
            nearest.empty() ? seeHelp(app) : "Did you mean '" + nearest + "'?"};
}

Error explain(const CLI::App& root, const CLI::ParseError& problem) {
    const CLI::App& app = deepest(root);
    // What was not understood comes first: a mistyped option is why an argument seems to be missing.
    for (const CLI::App* at = &app; at; at = at->get_parent())
        for (const auto& extra : at->remaining()) {
            if (isOption(extra))
                return unknownOption(*at, app, extra);
            if (!at->get_subcommands({}).empty())
                return unknownCommand(*at, extra);
            return {ErrorKind::BadOption, "E-ARG-03",
                    "'" + commandName(*at) + "' does not expect the argument '" + extra + "'.", seeHelp(app)};
        }
    const std::string what = problem.what();
    if (dynamic_cast<const CLI::RequiredError*>(&problem) && !app.get_subcommands({}).empty())
        return {ErrorKind::BadOption, "E-ARG-04", "'" + commandName(app) + "' needs a command.",
                seeHelp(app)};
    if (dynamic_cast<const CLI::RequiredError*>(&problem))
        return {ErrorKind::BadOption, "E-ARG-04",
                "'" + commandName(app) + "' needs " + what.substr(0, what.find(" is required")) + ".",
                seeHelp(app)};
    if (dynamic_cast<const CLI::ArgumentMismatch*>(&problem))
        return {ErrorKind::BadOption, "E-ARG-05",
                "Option " + what.substr(0, what.find(':')) + " needs a value.", seeHelp(app)};
    return {ErrorKind::BadOption, "E-ARG-06", what + (what.ends_with('.') ? "" : "."), seeHelp(app)};
}

}
