#include "app/cli/dense_export.h"

#include "app/cli/progress.h"
#include "app/cli/subject.h"

namespace vlmptq::cli {

api::ExportResult exportDense(Session& session, const store::RunRecord& run, const DenseExport& wanted) {
    auto& engine = session.stoppableEngine();
    Progress progress(session.console, "run " + std::to_string(run.id));
    try {
        return engine.exportCheckpoint({.runDir = run.directory,
                                        .outDir = std::filesystem::absolute(wanted.outDir).lexically_normal(),
                                        .dtype = wanted.dtype,
                                        .shardBytes = wanted.shardBytes,
                                        .verify = wanted.verify,
                                        .replace = wanted.replace,
                                        .device = wanted.device},
                                       progress, session.interruption().token());
    } catch (const Error& failure) {
        if (failure.kind() != ErrorKind::Stopped)
            throw;
        throw Error(ErrorKind::Stopped, "E-STOP-03",
                    "The export of " + runTitle(run) + " was stopped; nothing was left at " +
                        wanted.outDir.string() + ".",
                    "The run itself is complete: 'vlmptq export " + std::to_string(run.id) +
                        "' writes it again.");
    }
}

}
