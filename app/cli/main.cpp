// The command line program: reads the arguments, runs the command they name, turns every error into a
// sentence and an exit code (interface.md 11).
#include "app/cli/args.h"
#include "app/cli/commands.h"
#include "app/cli/help.h"
#include "app/cli/record_json.h"

#include <nlohmann/json.hpp>

#include <csignal>

namespace {

using namespace vlmptq;
using namespace vlmptq::cli;

int report(Session& session, const Error& failure) {
    session.console.error(failure);
    if (session.isJson)
        session.console.printJson({{"schema", kSchema},
                                   {"event", "error"},
                                   {"code", failure.id()},
                                   {"message", failure.what()},
                                   {"hint", failure.hint()},
                                   {"exit", failure.exitCode()}});
    return failure.exitCode();
}

// Like report(), for when even stdout cannot be written.
int reportAnyway(Session& session, const Error& failure) {
    try {
        return report(session, failure);
    } catch (const Error&) {
        return failure.exitCode();
    }
}

int run(CLI::App& root, Session& session, int argc, char** argv) {
    if (argc < 2) {
        session.console.print(helpText(root));
        return 2;
    }
    try {
        root.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        const CLI::App* app = &root;
        while (!app->get_subcommands().empty())
            app = app->get_subcommands().front();
        session.console.print(helpText(*app));
        return 0;
    } catch (const CLI::CallForVersion& version) {
        session.console.print(std::string(version.what()) + "\n");
        return 0;
    } catch (const CLI::ParseError& problem) {
        throw explain(root, problem);
    }
    session.console.configure(session.consoleOptions);
    return session.action();
}

}

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN); // a closed pipe must not end a run; the console drops what nobody reads
    std::signal(SIGXFSZ, SIG_IGN); // a limit on file sizes is told like a full disk, not died of
    Session session;
    try {
        CLI::App root("Quantizes vision-language models with VLM-PTQ, and shows what it did.", "vlmptq");
        root.formatter(std::make_shared<HelpFormatter>());
        root.footer(packFooter(
            {"demo", "quantize path/to/model --bits 3", "runs list"},
            "'vlmptq help COMMAND' explains a command. Exit codes: 0 done, 1 run failed, 2 wrong option, "
            "3 wrong model or data, 4 not enough memory, disk or device, 5 database, 6 a --fail-if gate "
            "tripped, 130 stopped (resumable)."));
        root.set_help_flag("-h,--help", "show this help");
        root.set_version_flag("--version", "vlmptq " VLMPTQ_VERSION, "show the version");
        root.require_subcommand(1);
        addAllCommands(root, session);
        return run(root, session, argc, argv);
    } catch (const Error& failure) {
        return reportAnyway(session, failure);
    } catch (const std::exception& failure) {
        return reportAnyway(session, Error(ErrorKind::RunFailed, "E-INTERNAL", failure.what(),
                                           "This is a fault of the program: please report it."));
    }
}
