#include "engine/calibration/dataset.h"

#include "engine/calibration/dataset_line.h"
#include "engine/checkpoint/strict_json.h"
#include "engine/core/error.h"
#include "engine/core/file.h"
#include "engine/core/hash.h"
#include "engine/core/stop.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace vlmptq::calibration {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::string_view byteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view blanks = " \t\r\n";

[[noreturn]] void fail(const char* id, const std::string& sentence, const std::string& hint) {
    throw Error(ErrorKind::BadInput, id, sentence, hint);
}

std::vector<fs::path> filesWith(const fs::path& folder, const std::string& extension) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.is_regular_file() && entry.path().extension() == extension)
            files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

// The file itself, or the one data file of a folder.
fs::path dataFile(const fs::path& source) {
    std::error_code ignored;
    if (!fs::exists(source, ignored))
        fail("E-CALIB-01", "The calibration data " + source.string() + " do not exist.", "Check the path.");
    if (!fs::is_directory(source, ignored))
        return source;
    for (const char* extension : {".jsonl", ".json"}) {
        const auto files = filesWith(source, extension);
        if (files.size() == 1)
            return files.front();
        if (files.size() > 1)
            fail("E-CALIB-01",
                 "The folder " + source.string() + " holds " + std::to_string(files.size()) + " *" +
                     extension + " files, among them " + files[0].filename().string() + " and " +
                     files[1].filename().string() + ".",
                 "Name the file instead of the folder.");
    }
    fail("E-CALIB-01", "The folder " + source.string() + " holds no *.jsonl or *.json file.",
         "Calibration data are a JSONL file with one question a line.");
}

std::vector<CalibrationLine> readArray(std::string_view content, const fs::path& file) {
    const auto array = checkpoint::parseStrictJson(content, file.string(), "E-CALIB-03");
    std::vector<CalibrationLine> lines;
    for (const auto& entry : array) {
        const auto number = static_cast<std::int64_t>(lines.size()) + 1;
        auto line = parseCalibrationLine(entry, file.parent_path(),
                                         file.string() + ", entry " + std::to_string(number));
        line.line = number;
        lines.push_back(std::move(line));
    }
    return lines;
}

std::vector<CalibrationLine> readJsonLines(std::string_view content, const fs::path& file) {
    std::vector<CalibrationLine> lines;
    std::int64_t number = 0;
    while (!content.empty()) {
        const auto end = std::min(content.find('\n'), content.size());
        const auto text = content.substr(0, end);
        content.remove_prefix(std::min(end + 1, content.size()));
        ++number;
        if (text.find_first_not_of(blanks) == std::string_view::npos)
            continue;
        const auto where = file.string() + ", line " + std::to_string(number);
        auto line = parseCalibrationLine(checkpoint::parseStrictJson(text, where, "E-CALIB-03"),
                                         file.parent_path(), where);
        line.line = number;
        lines.push_back(std::move(line));
    }
    return lines;
}

std::vector<CalibrationLine> readFileLines(const fs::path& file) {
    const auto bytes = readFile(file);
    std::string_view content(bytes);
    if (content.starts_with(byteOrderMark))
        content.remove_prefix(byteOrderMark.size());
    const auto first = content.find_first_not_of(blanks);
    const bool isArray = first != std::string_view::npos && content[first] == '[';
    auto lines = isArray ? readArray(content, file) : readJsonLines(content, file);
    if (lines.empty())
        fail("E-CALIB-04", file.string() + " holds no calibration entry.",
             "Put one question a line into it.");
    return lines;
}

// SplitMix64 (Steele, Lea, Flood 2014): small, and the same on every platform.
class SplitMix64 {
public:
    explicit SplitMix64(std::uint64_t seed) : m_state(seed) {}
    std::uint64_t next() {
        auto z = m_state += 0x9E3779B97F4A7C15ull;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
        return z ^ (z >> 31);
    }

private:
    std::uint64_t m_state;
};

void shuffle(std::vector<CalibrationLine>& lines, std::uint64_t seed) {
    SplitMix64 random(seed);
    for (auto left = lines.size(); left > 1; --left)
        std::swap(lines[left - 1], lines[random.next() % left]);
}

void checkPictures(const CalibrationLine& line, const fs::path& file) {
    for (const auto& picture : line.images) {
        std::error_code ignored;
        if (!fs::is_regular_file(picture, ignored))
            fail("E-CALIB-05",
                 file.string() + ", line " + std::to_string(line.line) + ": the picture " + picture.string() +
                     " does not exist.",
                 "Picture paths are relative to the folder of the file.");
    }
}

// By its header; what is damaged further on shows when the sample is built.
void requirePicture(std::string_view bytes, const fs::path& picture, const CalibrationLine& line,
                    const fs::path& file) {
    try {
        image::sizeOf({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, picture.string());
    } catch (const Error& error) {
        throw Error(error.kind(), error.id(),
                    file.string() + ", line " + std::to_string(line.line) + ": " + error.what(),
                    error.hint());
    }
}

// Everything of a line that decides what the model reads.
void addToHash(Sha256& hash, const CalibrationLine& line, const fs::path& file, const char* role) {
    json content{role, line.answer};
    for (const auto& message : line.prompt) {
        json parts = json::array();
        for (const auto& part : message.parts)
            parts.push_back(part.isImage ? json(true) : json(part.text));
        content.push_back({message.role, message.isPlainString, std::move(parts)});
    }
    hash.update(content.dump());
    for (const auto& picture : line.images) {
        const auto bytes = readFile(picture);
        requirePicture(bytes, picture, line, file);
        hash.update(sha256Hex(bytes));
    }
}

}

std::vector<CalibrationLine> readLines(const fs::path& source) { return readFileLines(dataFile(source)); }

CalibrationSet loadCalibration(const CalibConfig& config, const std::stop_token& stop) {
    CalibrationSet set;
    set.file = fs::absolute(dataFile(config.source)).lexically_normal();
    auto lines = readFileLines(set.file);
    const auto samples = static_cast<std::size_t>(config.samples),
               heldout = static_cast<std::size_t>(config.heldout);
    if (samples + heldout > lines.size())
        fail("E-CALIB-06",
             set.file.string() + " has " + std::to_string(lines.size()) + " entries, but " +
                 std::to_string(samples) + " for calibration and " + std::to_string(heldout) +
                 " held out are " + std::to_string(samples + heldout) + ".",
             "Ask for fewer samples, or add entries.");
    if (config.order == SampleOrder::Seeded)
        shuffle(lines, config.seed);
    const auto split = static_cast<std::ptrdiff_t>(samples), rest = static_cast<std::ptrdiff_t>(heldout);
    set.calibration.assign(lines.begin(), lines.begin() + split);
    set.heldout.assign(lines.end() - rest, lines.end());
    if (!set.hasImages() && !config.allowTextOnly)
        fail("E-CALIB-07",
             "None of the " + std::to_string(samples) + " calibration entries of " + set.file.string() +
                 " has a picture.",
             "Confirm with --allow-text-only if that is meant; the visual part of the model is not "
             "calibrated then.");
    Sha256 hash;
    for (const auto& line : set.calibration) {
        throwIfStopped(stop);
        checkPictures(line, set.file);
        addToHash(hash, line, set.file, "calibration");
    }
    for (const auto& line : set.heldout) {
        throwIfStopped(stop);
        checkPictures(line, set.file);
        addToHash(hash, line, set.file, "heldout");
    }
    set.contentHash = hash.hex();
    return set;
}

bool CalibrationSet::hasImages() const {
    return std::any_of(calibration.begin(), calibration.end(),
                       [](const CalibrationLine& line) { return !line.images.empty(); });
}

}
