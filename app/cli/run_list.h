// run_list.h - the list of runs: its columns, conditions (--where) and order (--sort). Pure; one table of
// fields serves all.
#pragma once
#include "engine/core/table.h"
#include "engine/store/run_store.h"

#include <string>
#include <vector>

namespace vlmptq::cli {

struct RunRow {
    store::RunRecord run;
    std::uint64_t diskBytes = 0; // only when asked for
};

std::vector<std::string> runFields();
inline const std::vector<std::string> kUsualRunFields{"id",    "name",  "method", "scheme", "state",
                                                      "error", "score", "tags",   "created"};

// "method=vlmptq", "error<0.01", "tags!=demo"; text compares with * and ?. Throws Error (BadOption).
std::vector<RunRow> filtered(std::vector<RunRow>, const std::vector<std::string>& conditions);
void sortRuns(std::vector<RunRow>&, std::string field); // "-field": falling
Table runTable(const std::vector<RunRow>&, const std::vector<std::string>& fields);

}
