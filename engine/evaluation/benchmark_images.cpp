#include "engine/evaluation/benchmark_images.h"

#include "engine/core/file.h"
#include "engine/evaluation/scorer_text.h"
#include "engine/evaluation/tsv_list.h"
#include "engine/evaluation/tsv_reader.h"
#include "engine/image/image.h"

#include <fstream>
#include <limits>
#include <stdexcept>

namespace vlmptq::evaluation {
namespace {

namespace fs = std::filesystem;
using Kind = ImageCell::Kind;
using Bytes = std::vector<std::uint8_t>;

bool isInside(const fs::path& file, const fs::path& folder) {
    const fs::path relative = file.lexically_relative(folder);
    return !relative.empty() && *relative.begin() != "..";
}

std::string rawCell(const fs::path& tsv, const ImageCell& cell) {
    std::ifstream stream(tsv, std::ios::binary);
    std::string raw(std::size_t(cell.length), '\0');
    stream.seekg(std::streamoff(cell.offset));
    if (!stream.read(raw.data(), std::streamsize(raw.size())))
        throw Error(ErrorKind::BadInput, "E-BENCH-06",
                    "The picture at byte " + std::to_string(cell.offset) + " of " + tsv.string() +
                        " cannot be read.",
                    "The file was changed or moved after it was opened; open it again.");
    return raw;
}

std::vector<std::string> encodedTexts(const fs::path& tsv, const ImageCell& cell) {
    std::string text = unquoted(rawCell(tsv, cell));
    if (cell.kind != Kind::List)
        return {std::move(text)};
    const auto list = parseListLiteral(text);
    if (!list)
        throw std::invalid_argument("a list of pictures that is not a list of texts");
    return *list;
}

std::vector<std::string> pathsIn(const std::string& cell) {
    if (cell.starts_with('['))
        if (auto list = parseListLiteral(cell))
            return *list;
    return {cell};
}

std::string dataSetName(const fs::path& tsv) {
    std::string name = tsv.stem().string();
    return name.ends_with("_local") ? name.substr(0, name.size() - 6) : name;
}

}

ImageResolver::ImageResolver(fs::path tsv, fs::path userFolder, std::span<const ImageRow> rows)
    : m_tsv(std::move(tsv)), m_userFolder(std::move(userFolder)), m_rows(rows) {
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (rows[i].isFirst)
            m_positions.emplace(rows[i].index, i);
}

std::variant<ImageSource, LoadProblem> ImageResolver::resolve(std::size_t position) const {
    return m_rows[position].cell.kind == Kind::Reference ? shared(position) : own(position);
}

std::variant<ImageSource, LoadProblem> ImageResolver::own(std::size_t position) const {
    const ImageRow& row = m_rows[position];
    ImageSource source;
    source.owner = position;
    if (row.cell.kind != Kind::Empty) {
        if (row.cell.base64Problem)
            return rowProblem("E_BASE64", "image", "The picture is " + *row.cell.base64Problem + ".");
        source.cell = row.cell;
        return source;
    }
    if (row.path.empty())
        return rowProblem("E_IMAGE_MISSING", "image", "The row has neither a picture nor a path to one.");
    for (const std::string& path : pathsIn(row.path)) {
        auto found = file(path);
        if (const auto* problem = std::get_if<LoadProblem>(&found))
            return *problem;
        source.paths.push_back(std::get<fs::path>(found));
    }
    if (source.paths.empty())
        return rowProblem("E_IMAGE_MISSING", "image_path", "The list of pictures is empty.");
    return source;
}

std::variant<ImageSource, LoadProblem> ImageResolver::shared(std::size_t position) const {
    const std::string& index = m_rows[position].cell.reference;
    const auto found = m_positions.find(index);
    if (found == m_positions.end())
        return rowProblem("E_IMAGE_REF_MISSING", "image",
                          "The picture is that of row '" + index + "', which does not exist.");
    if (m_rows[found->second].cell.kind == Kind::Reference)
        return rowProblem("E_IMAGE_REF_CHAIN", "image",
                          "The picture is that of row '" + index +
                              "', which only refers to a picture itself.");
    auto source = own(found->second);
    if (const auto* problem = std::get_if<LoadProblem>(&source))
        return rowProblem("E_IMAGE_REF_BAD", "image",
                          "The picture is that of row '" + index + "', which is bad: " + problem->message);
    std::get<ImageSource>(source).isShared = true;
    return source;
}

std::variant<fs::path, LoadProblem> ImageResolver::file(const std::string& path) const {
    const fs::path folder = fs::absolute(m_tsv).parent_path();
    std::vector<fs::path> bases{folder};
    if (fs::path(path).is_relative())
        bases.push_back(folder / "images" / dataSetName(m_tsv));
    if (!m_userFolder.empty())
        bases.push_back(m_userFolder);
    bool leadsOut = false, staysIn = false;
    for (const fs::path& base : bases) {
        std::error_code error;
        const fs::path root = fs::weakly_canonical(base, error),
                       file = fs::weakly_canonical(base / path, error);
        const bool isFile = fs::is_regular_file(file, error);
        if (isInside(file, root)) {
            if (isFile)
                return file;
            staysIn = true;
        } else if (isFile) {
            leadsOut = true;
        }
    }
    if (leadsOut || !staysIn)
        return rowProblem("E_PATH_OUTSIDE", "image_path",
                          "The picture '" + path +
                              "' lies outside of the data's folder. If that is meant, set its folder as "
                              "the image folder.");
    return rowProblem("E_IMAGE_FILE", "image_path", "The picture file '" + path + "' does not exist.");
}

std::vector<Bytes> readImages(const fs::path& tsv, const ImageSource& source) {
    std::vector<Bytes> images;
    for (const fs::path& path : source.paths) {
        const std::string content = readFile(path);
        images.emplace_back(content.begin(), content.end());
    }
    if (source.cell.kind == Kind::Empty)
        return images;
    try {
        for (const std::string& text : encodedTexts(tsv, source.cell))
            images.push_back(decodeBase64(text));
    } catch (const std::invalid_argument& problem) {
        throw Error(ErrorKind::BadInput, "E-BENCH-07",
                    "The picture at byte " + std::to_string(source.cell.offset) + " of " + tsv.string() +
                        " is " + problem.what() + ".",
                    "Download the file again.");
    }
    return images;
}

std::optional<LoadProblem> checkImage(const fs::path& tsv, const ImageSource& source,
                                      const std::string& where) {
    const char* column = source.paths.empty() ? "image" : "image_path";
    const char* code = source.paths.empty() ? "E_BASE64" : "E_IMAGE_FILE";
    const image::DecodeOptions options{.applyExifOrientation = false};
    image::DecodeOptions anySize = options;
    anySize.maxPixels = std::numeric_limits<std::int64_t>::max();
    try {
        for (const Bytes& bytes : readImages(tsv, source)) {
            code = "E_IMAGE_DECODE";
            const image::Size size = image::sizeOf(bytes, where, anySize);
            if (std::int64_t(size.width) * size.height > options.maxPixels)
                code = "E_IMAGE_TOO_LARGE";
            image::decode(bytes, where, options);
        }
    } catch (const Error& error) {
        return rowProblem(code, column, error.what());
    }
    return std::nullopt;
}

}
