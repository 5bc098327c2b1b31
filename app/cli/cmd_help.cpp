// `vlmptq help …` and `vlmptq config path`.
#include "app/cli/args.h"
#include "app/cli/commands.h"
#include "app/cli/help.h"
#include "engine/core/paths.h"

namespace vlmptq::cli {
namespace {

int help(Session& session, const CLI::App& root, const std::vector<std::string>& path) {
    const CLI::App* app = &root;
    for (const auto& name : path) {
        const auto* next = commandNamed(*app, name);
        if (!next)
            throw unknownCommand(*app, name);
        app = next;
    }
    session.console.print(helpText(*app));
    return 0;
}

}

void addHelp(CLI::App& root, Session& session) {
    auto path = std::make_shared<std::vector<std::string>>();
    auto* app =
        addCommand(root, session, {"help", "Explain a command.", {"help quantize", "help runs list"}, {}});
    app->add_option("COMMAND", *path, "the command, in one or two words")->expected(0, -1);
    app->callback([&session, &root, path] {
        session.action = [&session, &root, path] { return help(session, root, *path); };
    });
}

void addConfig(CLI::App& root, Session& session) {
    auto* group = addCommandGroup(
        root, session,
        {"config",
         "Where the configuration file is.",
         {"config path"},
         R"(It is a JSON object of settings, for example {"bits": 4, "group": 128}; see 'vlmptq help quantize'.)"});
    auto* app = addCommand(*group, session,
                           {"path", "Print the place of the configuration file.", {"config path"}, {}});
    app->callback([&session] {
        session.action = [&session] {
            session.console.print(paths::configFile().string() + '\n');
            return 0;
        };
    });
}

}
