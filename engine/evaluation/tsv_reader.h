// tsv_reader.h - one pass over a tab separated file in blocks: records with the text of the wanted cells, and
// for image cells what they are and where they lie. Memory does not grow with the file. Grammar:
// benchmarks.md 3.2.
#pragma once
#include "engine/evaluation/benchmark.h"
#include "engine/evaluation/tsv_image_cell.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace vlmptq::evaluation {

enum class ColumnUse { Ignore, Text, Image };

struct TsvRecord {
    std::int64_t line = 0; // physical line it starts on
    std::size_t cells = 0; // found; the vectors below have one entry per column of the header
    std::vector<std::string> texts{};
    std::vector<ImageCell> images{};
};

struct TsvHandler {
    // Gets the names in the header and says what each column is used for.
    std::function<std::vector<ColumnUse>(const std::vector<std::string>& columns)> header;
    std::function<void(TsvRecord&)> record;
    LoadProgress progress; // once per block
};

struct TsvSummary {
    bool endsWithLineEnd = true;
    std::uint64_t bytes = 0;
    std::string md5; // of the whole file
};

// Throws BenchmarkError (E_FILE_EMPTY, E_LFS_POINTER, E_ENCODING, E_NOT_TSV, E_QUOTE, E_CELL_SIZE) and Error
// (BadInput: no such file; Stopped).
TsvSummary readTsv(const std::filesystem::path&, const TsvHandler&, std::stop_token);

// The content of a raw cell: without its quotes, doubled quotes made single.
std::string unquoted(std::string raw);

}
