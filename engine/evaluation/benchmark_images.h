// benchmark_images.h - where the pictures of a benchmark's rows are, and their encoded bytes
// (benchmarks.md 3.2, 3.4). Nothing is kept in memory: a cell is read from the TSV when its picture is asked
// for.
#pragma once
#include "engine/evaluation/benchmark.h"
#include "engine/evaluation/benchmark_row.h"
#include "engine/evaluation/tsv_image_cell.h"

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

namespace vlmptq::evaluation {

struct ImageSource {
    ImageCell cell; // kind Data or List; else the paths count
    std::vector<std::filesystem::path> paths;
    std::size_t owner = 0; // position of the row that holds the picture
    bool isShared = false; // the row refers to another one
    bool exists() const { return cell.kind != ImageCell::Kind::Empty || !paths.empty(); }
};

// What the pass found about one row's picture.
struct ImageRow {
    std::string index; // trimmed
    ImageCell cell;
    std::string path;    // the image_path cell
    bool isFirst = true; // the first row of its index
};

class ImageResolver {
public:
    ImageResolver(std::filesystem::path tsv, std::filesystem::path userFolder, std::span<const ImageRow>);
    // The source of row `position`, or what is wrong with it.
    std::variant<ImageSource, LoadProblem> resolve(std::size_t position) const;

private:
    std::variant<ImageSource, LoadProblem> own(std::size_t position) const;
    std::variant<ImageSource, LoadProblem> shared(std::size_t position) const;
    std::variant<std::filesystem::path, LoadProblem> file(const std::string& path) const;

    std::filesystem::path m_tsv, m_userFolder;
    std::span<const ImageRow> m_rows;
    std::unordered_map<std::string, std::size_t> m_positions; // by index
};

// Throws Error (BadInput) naming file and offset.
std::vector<std::vector<std::uint8_t>> readImages(const std::filesystem::path& tsv, const ImageSource&);
// E_IMAGE_DECODE, E_IMAGE_TOO_LARGE, E_BASE64 or E_IMAGE_FILE; none when every picture of the source decodes.
std::optional<LoadProblem> checkImage(const std::filesystem::path& tsv, const ImageSource&,
                                      const std::string& where);

}
