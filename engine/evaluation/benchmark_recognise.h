// benchmark_recognise.h - which task a benchmark file belongs to: its name first, then its columns
// (benchmarks.md 3.2).
#pragma once
#include "engine/evaluation/benchmark_row.h"

#include <span>
#include <string>

namespace vlmptq::evaluation {

// `stem`: the file's name without .tsv; "_local" at its end is overlooked. `rows`: the first few. Null:
// nothing fits.
const Task* recognise(const std::string& stem, std::span<const Row> rows);
// What a file is that is easily taken for one of the eight, or empty.
std::string lookAlike(const std::string& stem);

}
