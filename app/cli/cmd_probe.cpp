// `vlmptq probe …`: numbers for comparison with any other implementation.
#include "app/cli/args.h"
#include "app/cli/commands.h"
#include "app/cli/record_json.h"
#include "engine/core/config.h"
#include "engine/core/file.h"
#include "engine/evaluation/benchmark.h"
#include "engine/families/processor.h"
#include "engine/text/tokenizer.h"

namespace fs = std::filesystem;

namespace vlmptq::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
    std::string dir, cases, out, precision = "float64", rules = "current";
    std::vector<std::string> files;
};

int report(Session& session, const api::ProbeResult& result, const std::string& out) {
    if (session.isJson)
        session.console.printJson({{"schema", kSchema},
                                   {"ok", result.ok},
                                   {"unsupported", result.unsupported},
                                   {"errors", result.errors},
                                   {"out", out}});
    else
        session.console.print(std::to_string(result.ok) + " ok, " + std::to_string(result.unsupported) +
                              " unsupported, " + std::to_string(result.errors) + " errors; written to " +
                              out + '\n');
    return result.errors > 0 ? 1 : 0;
}

int probeMethods(Session& session, const Options& options) {
    const auto precision = precisionNamed(options.precision);
    readFile(fs::path(options.dir) / "index.json"); // its absence is told before the engine is opened
    return report(session, session.engine().probeMethods(options.dir, options.out, precision), options.out);
}

int probeModel(Session& session, const Options& options) {
    readFile(fs::path(options.dir) / "io.json");
    families::requireUsable(checkpoint::Checkpoint::open(options.dir));
    return report(session, session.engine().probeModel(options.dir, options.out), options.out);
}

Json readTokenizerCases(const fs::path& file) {
    const auto json = Json::parse(readFile(file), nullptr, false);
    if (json.is_discarded())
        throw Error(ErrorKind::BadInput, "E-PROBE-01", file.string() + " is not JSON.",
                    "Give a file with tokenizer_cases.");
    if (!json.is_object() || !json.contains("tokenizer_cases") || !json["tokenizer_cases"].is_array())
        throw Error(ErrorKind::BadInput, "E-PROBE-02", file.string() + " has no list 'tokenizer_cases'.",
                    "Each of its cases is an object with a 'text'.");
    return json["tokenizer_cases"];
}

int probeTokenizer(Session& session, const Options& options) {
    const auto tokenizer = text::Tokenizer::open(fs::path(options.dir) / "tokenizer.json");
    Json answered = Json::array();
    for (const auto& entry : readTokenizerCases(options.cases)) {
        if (!entry.is_object() || !entry.contains("text") || !entry["text"].is_string())
            throw Error(ErrorKind::BadInput, "E-PROBE-03",
                        "Case " + std::to_string(answered.size()) + " of " + options.cases +
                            " has no 'text'.",
                        "Each case is an object with a 'text'.");
        const auto text = entry["text"].get<std::string>();
        const auto ids = tokenizer->encode(text);
        answered.push_back({{"text", text},
                            {"ids", ids},
                            {"decoded", tokenizer->decode(ids, false)},
                            {"decoded_skip_special", tokenizer->decode(ids, true)}});
    }
    const auto count = static_cast<int>(answered.size());
    writeFileAtomically(
        options.out,
        Json{{"tokenizer_cases", answered}}.dump(1, ' ', false, Json::error_handler_t::replace) + '\n');
    return report(session, {.ok = count, .unsupported = 0, .errors = 0}, options.out);
}

int probeScoring(Session& session, const Options& options) {
    const std::vector<fs::path> files(options.files.begin(), options.files.end());
    fs::create_directories(options.out);
    const int scored = evaluation::probeScoring(files, options.out, "lmms-eval/" + options.rules);
    return report(session, {.ok = scored, .unsupported = 0, .errors = 0}, options.out);
}

struct ProbeKind {
    CommandText text;
    const char* given; // what the folder DIR holds; null: no such argument
    const char* out;
    void (*addOwn)(CLI::App&, Options&);
    int (*action)(Session&, const Options&);
};

void addRules(CLI::App& app, Options& options) {
    app.add_option("FILE", options.files, "JSON files with score_cases")->required()->expected(1, -1);
    app.add_option("--rules", options.rules, "current or 2025 [current]")
        ->type_name("NAME")
        ->check(oneOf({"current", "2025"}));
}

void addPrecision(CLI::App& app, Options& options) {
    app.add_option("--precision", options.precision,
                   "of Grams, factorisation and sweep: float64 or float32 [float64]")
        ->type_name("KIND");
}

void addCases(CLI::App& app, Options& options) {
    app.add_option("CASES", options.cases, "JSON with tokenizer_cases, a list of objects with a text")
        ->required();
}

std::vector<ProbeKind> probeKinds() {
    return {{.text = {"methods",
                      "Run every quantization case of DIR/index.json.",
                      {"probe methods golden/methods --out out",
                       "probe methods golden/methods --out out --precision float32"},
                      "Writes OUT/<case>.safetensors and OUT/results.json. Exits with 1 when a case ended in "
                      "an error."},
             .given = "folder with index.json",
             .out = "folder to write",
             .addOwn = addPrecision,
             .action = probeMethods},
            {.text = {"model",
                      "Run every case of DIR/io.json through the model in DIR.",
                      {"probe model golden/models/qwen2_5_vl --out out"},
                      "Writes OUT/io.safetensors and OUT/io.json."},
             .given = "checkpoint folder with io.json",
             .out = "folder to write",
             .addOwn = nullptr,
             .action = probeModel},
            {.text = {"tokenizer",
                      "Encode and decode every text of CASES.json.",
                      {"probe tokenizer path/to/model cases.json --out ids.json"},
                      {}},
             .given = "folder with tokenizer.json",
             .out = "JSON file to write",
             .addOwn = addCases,
             .action = probeTokenizer},
            {.text = {"scoring",
                      "Score the answers of reference files.",
                      {"probe scoring golden/scoring/*.json --out out",
                       "probe scoring ocrbench.json --rules 2025 --out out"},
                      "Files without score_cases are skipped."},
             .given = nullptr,
             .out = "folder to write",
             .addOwn = addRules,
             .action = probeScoring}};
}

void addKind(CLI::App& probe, Session& session, const ProbeKind& kind) {
    auto options = std::make_shared<Options>();
    auto* app = addCommand(probe, session, kind.text, {.json = true});
    if (kind.given)
        app->add_option("DIR", options->dir, kind.given)->required();
    if (kind.addOwn)
        kind.addOwn(*app, *options);
    app->add_option("--out", options->out, kind.out)->type_name("OUT")->required();
    app->callback([&session, options, action = kind.action] {
        session.action = [&session, options, action] { return action(session, *options); };
    });
}

}

void addProbe(CLI::App& root, Session& session) {
    auto* probe = addCommandGroup(
        root, session,
        {"probe",
         "Compute the numbers of reference files, to compare with other implementations.",
         {"probe methods golden/methods --out out", "probe model golden/models/qwen2_5_vl --out out"},
         {}});
    for (const auto& kind : probeKinds())
        addKind(*probe, session, kind);
}

}
