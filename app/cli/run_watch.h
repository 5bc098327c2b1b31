// run_watch.h - `runs watch`: follows a run through the database, as the Studio does, until it ends.
#pragma once
#include "app/cli/session.h"

#include <optional>

namespace vlmptq::cli {

// Absent: the run that is running now. Prints a line per finished layer and per log entry. Returns the exit
// code.
int watchRun(Session&, std::optional<store::RunId>);

}
