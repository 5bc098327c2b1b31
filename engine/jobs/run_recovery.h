// run_recovery.h - what a resumed run finds in its folder. The database is the record of the run; the folder
// can have been damaged meanwhile. A layer file that is missing or damaged is computed again, with all that
// follow; a lost run.json is written again from the database; the folder of another run is refused.
#pragma once
#include "engine/core/events.h"
#include "engine/store/run_store.h"

#include <stop_token>

namespace vlmptq::jobs {

struct Recovery {
    int finishedLayers = 0; // recorded, and their files are whole
    std::vector<event::Warning> repairs;
};

// Reads every recorded layer file. Throws Error: BadInput when run.json belongs to another run, Stopped.
Recovery recover(const store::RunRecord&, const std::stop_token& = {});

}
