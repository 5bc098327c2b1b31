// `vlmptq completion …`: shell completion made from the commands and options themselves, so it cannot go
// stale.
#include "app/cli/args.h"
#include "app/cli/commands.h"
#include "app/cli/help.h"
#include "engine/core/text.h"

#include <functional>

namespace vlmptq::cli {
namespace {

struct Entry {
    std::string path;               // "", "runs", "runs list"
    std::vector<std::string> words; // sub-commands and options
};

std::vector<Entry> entriesOf(const CLI::App& root) {
    std::vector<Entry> entries;
    const std::function<void(const CLI::App&, const std::string&)> visit = [&](const CLI::App& app,
                                                                               const std::string& path) {
        Entry entry{path, {}};
        for (const auto* command : app.get_subcommands({}))
            entry.words.push_back(command->get_name());
        for (const auto* option : app.get_options())
            for (const auto& name : optionNames(*option))
                entry.words.push_back(name);
        entries.push_back(std::move(entry));
        for (const auto* command : app.get_subcommands({}))
            visit(*command, path.empty() ? command->get_name() : path + ' ' + command->get_name());
    };
    visit(root, {});
    return entries;
}

// A shell function that echoes what may follow a command path.
std::string wordsFunction(const std::vector<Entry>& entries) {
    std::string text = "_vlmptq_words() {\n    case \"$1\" in\n";
    for (const auto& entry : entries)
        text.append("        '")
            .append(entry.path)
            .append("') echo '")
            .append(join(entry.words, " "))
            .append("' ;;\n");
    return text + "    esac\n}\n";
}

// The command path is the run of words without a dash in front; the longest one that is known counts.
constexpr const char* kBashBody = R"bash(
_vlmptq() {
    local current="${COMP_WORDS[COMP_CWORD]}" where="" word
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        if [[ "$word" != -* && -n "$(_vlmptq_words "${where:+$where }$word")" ]]; then where="${where:+$where }$word"; fi
    done
    COMPREPLY=($(compgen -W "$(_vlmptq_words "$where")" -- "$current"))
    if [[ "$current" != -* ]]; then COMPREPLY+=($(compgen -f -- "$current")); fi
}
complete -o filenames -F _vlmptq vlmptq
)bash";

constexpr const char* kZshBody = R"zsh(
_vlmptq() {
    local where="" word
    for word in "${(@)words[2,CURRENT-1]}"; do
        if [[ "$word" != -* && -n "$(_vlmptq_words "${where:+$where }$word")" ]]; then where="${where:+$where }$word"; fi
    done
    compadd -- ${=$(_vlmptq_words "$where")}
    _files
}
compdef _vlmptq vlmptq
)zsh";

std::string fishScript(const CLI::App& root) {
    std::string text;
    const auto describe = [](const std::string& description) {
        std::string quoted;
        for (const char c : description)
            quoted += c == '\'' ? "\\'" : std::string(1, c);
        return " -d '" + quoted + "'\n";
    };
    for (const auto* command : root.get_subcommands({})) {
        const auto& name = command->get_name();
        text +=
            "complete -c vlmptq -n __fish_use_subcommand -a " + name + describe(command->get_description());
        const std::string within = "complete -c vlmptq -n '__fish_seen_subcommand_from " + name + "'";
        for (const auto* nested : command->get_subcommands({})) {
            text += within + " -a " + nested->get_name() + describe(nested->get_description());
            for (const auto* option : nested->get_options())
                for (const auto& longName : option->get_lnames())
                    text += "complete -c vlmptq -n '__fish_seen_subcommand_from " + name +
                            "; and __fish_seen_subcommand_from " + nested->get_name() + "' -l " + longName +
                            describe(option->get_description());
        }
        for (const auto* option : command->get_options())
            for (const auto& longName : option->get_lnames())
                text += within + " -l " + longName + describe(option->get_description());
    }
    return text;
}

int print(Session& session, const CLI::App& root, const std::string& shell) {
    if (shell == "fish")
        session.console.printRaw(fishScript(root));
    else
        session.console.printRaw((shell == "zsh" ? "#compdef vlmptq\n" : "") +
                                 wordsFunction(entriesOf(root)) + (shell == "zsh" ? kZshBody : kBashBody));
    return 0;
}
}

void addCompletion(CLI::App& root, Session& session) {
    auto shell = std::make_shared<std::string>();
    auto* app = addCommand(root, session,
                           {"completion",
                            "Print a completion script for a shell.",
                            {"completion bash > ~/.local/share/bash-completion/completions/vlmptq",
                             "completion fish > ~/.config/fish/completions/vlmptq.fish"},
                            {}});
    app->add_option("SHELL", *shell, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}));
    app->callback([&session, &root, shell] {
        session.action = [&session, &root, shell] { return print(session, root, *shell); };
    });
}
}
