#include "app/cli/commands.h"

namespace vlmptq::cli {

void addAllCommands(CLI::App& root, Session& session) {
    for (const auto add : {addQuantize, addEval, addAsk, addExport, addRuns, addLayers, addInspect, addDemo,
                           addMethods, addModels, addDoctor, addProbe, addConfig, addCompletion, addHelp})
        add(root, session);
}

}
