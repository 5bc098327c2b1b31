#include "app/cli/help.h"

#include "engine/core/table.h"
#include "engine/core/text.h"

namespace vlmptq::cli {
namespace {

constexpr std::size_t kTextColumn = 30, kLineWidth = 100;
constexpr char kFooterSeparator = '\x1f';

// Breaks at spaces; every line but the first starts in `indent`.
std::string wrapped(const std::string& text, std::size_t indent) {
    std::string result;
    std::size_t used = indent;
    for (const auto& word : split(text, ' ')) {
        const std::size_t width = displayWidth(word);
        if (used > indent && used + 1 + width > kLineWidth) {
            result += '\n' + std::string(indent, ' ');
            used = indent;
        } else if (used > indent) {
            result += ' ';
            ++used;
        }
        result += word;
        used += width;
    }
    return result;
}

std::string entry(const std::string& head, const std::string& text) {
    std::string line = "  " + head;
    if (displayWidth(line) + 2 > kTextColumn)
        line += '\n' + std::string(kTextColumn, ' ');
    else
        line = padded(line, kTextColumn);
    return line + wrapped(text, kTextColumn) + '\n';
}

std::string positionalText(const CLI::Option& option) {
    const std::string name = option.get_name() + (option.get_items_expected_max() > 1 ? "…" : "");
    return option.get_required() ? name : "[" + name + "]";
}

std::string optionHead(const CLI::Option& option) {
    const auto names = optionNames(option);
    std::string head = names.front().starts_with("--") ? "    " : "";
    head += join(names, ", ");
    if (const auto value = option.get_type_name(); option.get_items_expected_max() > 0 && !value.empty())
        head += option.get_items_expected_min() == 0 ? "[=" + value + "]" : " " + value;
    return head;
}

std::string usage(const CLI::App& app, const std::string& path) {
    std::string text = "Usage: " + path;
    for (const auto* option : app.get_options())
        if (option->get_positional())
            text += ' ' + positionalText(*option);
    if (!app.get_subcommands({}).empty())
        text += " COMMAND";
    return text + " [options]\n";
}

std::string arguments(const CLI::App& app) {
    std::string text;
    for (const auto* option : app.get_options())
        if (option->get_positional())
            text += entry(option->get_name(), option->get_description());
    return text.empty() ? text : "\nArguments:\n" + text;
}

std::string commands(const CLI::App& app) {
    std::string text;
    for (const auto* command : app.get_subcommands({}))
        text += entry(command->get_name(), command->get_description());
    return text.empty() ? text : "\nCommands:\n" + text;
}

std::string optionGroup(const CLI::App& app, const std::string& group) {
    std::string entries;
    for (const auto* option : app.get_options())
        if (!option->get_positional() && option->get_group() == group)
            entries += entry(optionHead(*option), option->get_description());
    return group.empty() || entries.empty() ? "" : "\n" + group + ":\n" + entries;
}

// What every command takes stands last.
std::string options(const CLI::App& app) {
    std::string text;
    for (const auto& group : app.get_groups())
        if (group != kSharedGroup)
            text += optionGroup(app, group);
    return text + optionGroup(app, kSharedGroup);
}

std::string commandPath(const CLI::App& app) {
    return app.get_parent() ? commandPath(*app.get_parent()) + ' ' + app.get_name() : app.get_name();
}

}

std::string helpText(const CLI::App& app) {
    // CLI::App::help() would answer for the sub-command that was parsed.
    return app.get_formatter()->make_help(&app, {}, CLI::AppFormatMode::Normal);
}

std::string packFooter(const std::vector<std::string>& examples, const std::string& notes) {
    std::string text;
    for (const auto& example : examples)
        text += "  vlmptq " + example + '\n';
    return text + kFooterSeparator + notes;
}

std::vector<std::string> optionNames(const CLI::Option& option) {
    std::vector<std::string> names;
    for (const auto& name : option.get_snames())
        names.push_back("-" + name);
    for (const auto& name : option.get_lnames())
        names.push_back("--" + name);
    return names;
}

std::string HelpFormatter::make_help(const CLI::App* app, std::string, CLI::AppFormatMode) const {
    const auto footer = split(app->get_footer(), kFooterSeparator);
    std::string text = wrapped(app->get_description(), 0) + '\n';
    if (!footer.front().empty())
        text += "\nExamples:\n" + footer.front();
    text += '\n' + usage(*app, commandPath(*app)) + arguments(*app) + commands(*app) + options(*app);
    if (footer.size() > 1 && !footer[1].empty())
        for (const auto& paragraph : split(footer[1], '\n'))
            text += '\n' + wrapped(paragraph, 0) + '\n';
    return text;
}

}
