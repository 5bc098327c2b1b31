// commands.h - the registry of commands. A new one is a file cmd_<name>.cpp, a declaration here and a line in
// commands.cpp.
#pragma once
#include "app/cli/session.h"

#include <CLI/CLI.hpp>

namespace vlmptq::cli {

void addQuantize(CLI::App&, Session&);
void addEval(CLI::App&, Session&);
void addExport(CLI::App&, Session&);
void addAsk(CLI::App&, Session&);
void addInspect(CLI::App&, Session&);
void addRuns(CLI::App&, Session&);
void addLayers(CLI::App&, Session&);
void addMethods(CLI::App&, Session&);
void addModels(CLI::App&, Session&);
void addDoctor(CLI::App&, Session&);
void addDemo(CLI::App&, Session&);
void addProbe(CLI::App&, Session&);
void addConfig(CLI::App&, Session&);
void addCompletion(CLI::App&, Session&);
void addHelp(CLI::App&, Session&);

void addAllCommands(CLI::App& root, Session&);

}
