// `vlmptq inspect`: what is in a checkpoint, a safetensors file or a run folder, from headers alone (no
// LibTorch).
#include "app/cli/args.h"
#include "app/cli/commands.h"
#include "app/cli/record_json.h"
#include "app/cli/tensor_stats.h"
#include "engine/checkpoint/checkpoint.h"
#include "engine/checkpoint/run_folder.h"
#include "engine/core/hash.h"
#include "engine/core/table.h"
#include "engine/core/text.h"
#include "engine/families/processor.h"

#include <algorithm>

namespace fs = std::filesystem;

namespace vlmptq::cli {
namespace {

using Json = nlohmann::ordered_json;
using checkpoint::SafetensorsFile;
using checkpoint::TensorInfo;

struct Options {
    std::string path, filter, tensor;
    bool hasStats = false;
};

// The files behind a path, and what can be said of the whole.
struct Contents {
    std::string kind; // "checkpoint", "file", "run"
    std::vector<std::pair<std::string, std::string>> facts;
    std::vector<std::shared_ptr<const SafetensorsFile>> files;
    std::string fingerprintParts = {}; // JSON; of a run only
};

constexpr std::size_t kShownHashDigits = 12;

struct Listed {
    const TensorInfo* tensor;
    const SafetensorsFile* file;
};

Contents openFile(const fs::path& path) {
    Contents contents{.kind = "file", .facts = {}, .files = {SafetensorsFile::open(path)}};
    for (const auto& [key, value] : contents.files.front()->metadata())
        contents.facts.emplace_back("metadata " + key, value);
    return contents;
}

Contents openRun(const fs::path& path) {
    const auto manifest = checkpoint::readManifest(path);
    Contents contents{.kind = "run",
                      .facts = {{"model", manifest.modelFolder},
                                {"method", manifest.config.quant.method},
                                {"scheme", schemeText(manifest.config.quant)},
                                {"fingerprint", sha256Hex(manifest.fingerprint).substr(0, kShownHashDigits)},
                                {"written by", "vlmptq " + manifest.programVersion}},
                      .files = {},
                      .fingerprintParts = manifest.fingerprint};
    for (int layer = 0; layer < manifest.layers; ++layer)
        if (const auto file = checkpoint::layerFile(path, layer); fs::exists(file))
            contents.files.push_back(SafetensorsFile::open(file));
    contents.facts.emplace_back("layers", std::to_string(contents.files.size()) + " of " +
                                              std::to_string(manifest.layers));
    return contents;
}

Contents openCheckpoint(const fs::path& path) {
    const auto opened = checkpoint::Checkpoint::open(path);
    Contents contents{.kind = "checkpoint",
                      .facts = {{"architecture", checkpoint::architectureOf(opened->config())}},
                      .files = opened->files()};
    try {
        const auto model = families::summarize(*opened);
        contents.facts.emplace_back("family", model.family);
        contents.facts.emplace_back("parameters", std::to_string(model.parameters));
        contents.facts.emplace_back("weights", model.weightsDtype);
        contents.facts.emplace_back("decoder layers", std::to_string(model.decoderLayers));
        contents.facts.emplace_back("matrices to quantize", std::to_string(model.linears.size()));
    } catch (const Error& refusal) {
        // Any checkpoint can be looked at; that this program cannot quantize it is one of its facts.
        if (refusal.kind() != ErrorKind::BadInput)
            throw;
        contents.facts.emplace_back("quantization", refusal.what());
    }
    return contents;
}

Contents openPath(const fs::path& path) {
    if (fs::is_regular_file(path))
        return openFile(path);
    if (!fs::exists(path))
        throw Error(ErrorKind::BadInput, "E-INSPECT-01", "There is nothing at " + path.string() + ".",
                    "Give a checkpoint folder, a safetensors file or a run folder.");
    return checkpoint::isRunFolder(path) ? openRun(path) : openCheckpoint(path);
}

std::vector<Listed> listed(const Contents& contents, const std::string& filter) {
    std::vector<Listed> tensors;
    for (const auto& file : contents.files)
        for (const auto& tensor : file->tensors())
            if (filter.empty() || globMatches(filter, tensor.name))
                tensors.push_back({&tensor, file.get()});
    std::sort(tensors.begin(), tensors.end(),
              [](const Listed& a, const Listed& b) { return a.tensor->name < b.tensor->name; });
    return tensors;
}

Listed find(const std::vector<Listed>& all, const std::string& name, const std::string& where) {
    std::vector<std::string> names;
    for (const auto& entry : all) {
        if (entry.tensor->name == name)
            return entry;
        names.push_back(entry.tensor->name);
    }
    const auto nearest = closest(name, names);
    throw Error(ErrorKind::BadInput, "E-INSPECT-02", "There is no tensor '" + name + "' in " + where + ".",
                nearest.empty() ? "List them with --filter '*'." : "Did you mean '" + nearest + "'?");
}

std::uint64_t totalBytes(const std::vector<Listed>& tensors) {
    std::uint64_t bytes = 0;
    for (const auto& entry : tensors)
        bytes += entry.tensor->byteCount();
    return bytes;
}

Json toJson(const Listed& entry) {
    return {{"name", entry.tensor->name},
            {"dtype", entry.tensor->dtypeName},
            {"shape", entry.tensor->shape},
            {"bytes", entry.tensor->byteCount()},
            {"file", entry.file->path().filename().string()}};
}

Json toJson(const TensorStats& stats) {
    return {{"count", stats.count},         {"mean", stats.mean},   {"std", stats.standardDeviation},
            {"min", stats.minimum},         {"max", stats.maximum}, {"zeros", stats.zeros},
            {"not_finite", stats.notFinite}};
}

TensorStats statsOrRefusal(const Listed& entry) {
    if (const auto stats = statsOf(*entry.tensor, entry.file->bytes(*entry.tensor)))
        return *stats;
    throw Error(ErrorKind::BadInput, "E-INSPECT-03",
                entry.tensor->name + " holds elements of kind " + entry.tensor->dtypeName +
                    ", which cannot be summed up.",
                "Leave --stats out.");
}

void showTensor(Session& session, const Options& options, const Listed& entry) {
    std::vector<std::pair<std::string, std::string>> facts{{"name", entry.tensor->name},
                                                           {"dtype", entry.tensor->dtypeName},
                                                           {"shape", entry.tensor->shapeText()},
                                                           {"size", bytesText(entry.tensor->byteCount())},
                                                           {"file", entry.file->path().string()}};
    Json json = toJson(entry);
    json["schema"] = kSchema;
    if (options.hasStats) {
        const auto stats = statsOrRefusal(entry);
        json["stats"] = toJson(stats);
        facts.insert(facts.end(), {{"mean", significant(stats.mean, 6)},
                                   {"std", significant(stats.standardDeviation, 6)},
                                   {"min", significant(stats.minimum, 6)},
                                   {"max", significant(stats.maximum, 6)},
                                   {"zeros", std::to_string(stats.zeros)},
                                   {"not finite", std::to_string(stats.notFinite)}});
    }
    if (session.isJson)
        return session.console.printJson(json);
    session.console.print(factLines(facts));
}

Table tensorTable(const std::vector<Listed>& tensors, bool hasStats) {
    std::vector<Column> columns{
        {"tensor"}, {"dtype"}, {"shape"}, {"size", Align::Right}, {"share", Align::Right}};
    if (hasStats)
        for (const char* title : {"mean", "std", "min", "max", "zeros"})
            columns.push_back({title, Align::Right});
    Table table(std::move(columns));
    const auto total = static_cast<double>(std::max<std::uint64_t>(1, totalBytes(tensors)));
    for (const auto& entry : tensors) {
        std::vector<std::string> row{entry.tensor->name, entry.tensor->dtypeName, entry.tensor->shapeText(),
                                     bytesText(entry.tensor->byteCount()),
                                     fixed(100 * static_cast<double>(entry.tensor->byteCount()) / total, 1) +
                                         " %"};
        if (hasStats) {
            const auto stats = statsOrRefusal(entry);
            for (const double value : {stats.mean, stats.standardDeviation, stats.minimum, stats.maximum})
                row.push_back(significant(value, 4));
            row.push_back(std::to_string(stats.zeros));
        }
        table.add(std::move(row));
    }
    return table;
}

void showAll(Session& session, const Options& options, const Contents& contents,
             const std::vector<Listed>& tensors) {
    if (session.isJson) {
        Json json{{"schema", kSchema},
                  {"kind", contents.kind},
                  {"path", options.path},
                  {"files", contents.files.size()},
                  {"bytes", totalBytes(tensors)}};
        for (const auto& [name, value] : contents.facts)
            json["facts"][name] = value;
        if (!contents.fingerprintParts.empty())
            json["fingerprint_parts"] = Json::parse(contents.fingerprintParts);
        json["tensors"] = Json::array();
        for (const auto& entry : tensors) {
            json["tensors"].push_back(toJson(entry));
            if (options.hasStats)
                json["tensors"].back()["stats"] = toJson(statsOrRefusal(entry));
        }
        return session.console.printJson(json);
    }
    const auto table = tensorTable(tensors, options.hasStats);
    if (session.isCsv)
        return session.console.print(table.csv());
    auto facts = contents.facts;
    facts.emplace_back("tensors", std::to_string(tensors.size()) + " in " +
                                      std::to_string(contents.files.size()) +
                                      (contents.files.size() == 1 ? " file, " : " files, ") +
                                      bytesText(totalBytes(tensors)));
    session.console.print(factLines(facts) + '\n' + table.aligned());
}

int inspect(Session& session, const Options& options) {
    const auto contents = openPath(options.path);
    if (!options.tensor.empty()) {
        showTensor(session, options, find(listed(contents, {}), options.tensor, options.path));
        return 0;
    }
    const auto tensors = listed(contents, options.filter);
    if (tensors.empty() && !options.filter.empty())
        throw Error(ErrorKind::BadInput, "E-INSPECT-04",
                    "The pattern '" + options.filter + "' matches no tensor of " + options.path + ".",
                    "* stands for anything, ? for one character.");
    showAll(session, options, contents, tensors);
    return 0;
}

}

void addInspect(CLI::App& root, Session& session) {
    auto options = std::make_shared<Options>();
    auto* app =
        addCommand(root, session,
                   {.name = "inspect",
                    .summary = "List the tensors of a checkpoint, a safetensors file or a run folder.",
                    .examples = {"inspect path/to/model", "inspect path/to/model --filter '*.mlp.*'",
                                 "inspect model.safetensors --tensor lm_head.weight --stats"},
                    .notes = {}},
                   {.json = true, .csv = true});
    app->add_option("PATH", options->path, "checkpoint folder, .safetensors file or run folder")->required();
    app->add_option("--filter", options->filter,
                    "only tensors whose name matches; * and ? stand for anything")
        ->type_name("GLOB");
    app->add_option("--tensor", options->tensor, "one tensor by its full name")->type_name("NAME");
    app->add_flag("--stats", options->hasStats, "mean, std, min, max and zeros, read from the values");
    app->callback(
        [&session, options] { session.action = [&session, options] { return inspect(session, *options); }; });
}

}
