// `vlmptq export`: a finished run as a checkpoint other programs open.
#include "app/cli/args.h"
#include "app/cli/commands.h"
#include "app/cli/dense_export.h"
#include "app/cli/record_json.h"
#include "app/cli/subject.h"
#include "engine/core/text.h"

namespace vlmptq::cli {
namespace {

struct Options {
    std::string run, out, format = "dense", dtype = "bf16", shardSize = "4GB";
    bool isVerified = true, isReplacing = false;
    GivenSettings given;
};

api::DenseDtype dtypeNamed(const std::string& name) {
    if (name == "bf16")
        return api::DenseDtype::BFloat16;
    if (name == "f16")
        return api::DenseDtype::Float16;
    if (name == "f32")
        return api::DenseDtype::Float32;
    throw Error(ErrorKind::BadOption, "E-OPT-17", "Option --dtype: '" + name + "' is not known.",
                "Use bf16, f16 or f32.");
}

const char* titleOf(api::DenseDtype dtype) {
    switch (dtype) {
    case api::DenseDtype::BFloat16:
        return "BF16";
    case api::DenseDtype::Float16:
        return "F16";
    case api::DenseDtype::Float32:
        return "F32";
    }
    return "";
}

std::string resultLine(const api::ExportResult& result, api::DenseDtype dtype, bool isVerified) {
    const std::string title = titleOf(dtype);
    std::string line = result.outDir.string() + "  whole model " + bytesText(result.bytes) + " in dense " +
                       title + "  rounding error " + significant(result.roundingError, 2);
    if (isVerified)
        line += "  verified: every tensor bit-identical after reloading; rounding to " + title +
                " moves logits by up to " + significant(result.largestLogitDifference, 2);
    return line;
}

int exportRun(Session& session, const Options& options) {
    const auto dtype = dtypeNamed(options.dtype);
    const auto shardBytes = byteCount("shard-size", options.shardSize);
    if (options.format != "dense")
        throw Error(ErrorKind::BadOption, "E-OPT-18",
                    "Option --format: '" + options.format + "' is not known.", "This version writes dense.");
    const auto device = resolveSettings(options.given, {}, kDeviceSettings).config.device;
    const auto run = findRun(session, options.run);
    if (!store::isFinished(run.state))
        throw Error(ErrorKind::BadInput, "E-CLI-06",
                    runTitle(run) + " is " + std::string(store::toString(run.state)) +
                        " and cannot be exported.",
                    run.isResumable() ? "Finish it first: "
                                        "vlmptq quantize --resume " +
                                            std::to_string(run.id) + "."
                                      : "Choose a finished run.");
    const auto result = exportDense(session, run,
                                    {.outDir = options.out,
                                     .dtype = dtype,
                                     .shardBytes = shardBytes,
                                     .verify = options.isVerified,
                                     .replace = options.isReplacing,
                                     .device = device});
    if (session.isJson) {
        nlohmann::ordered_json json{{"schema", kSchema},
                                    {"run", run.id},
                                    {"format", "dense"},
                                    {"dtype", options.dtype},
                                    {"out", result.outDir.string()},
                                    {"bytes", result.bytes},
                                    {"files", result.files},
                                    {"rounding_error", result.roundingError}};
        json["largest_logit_difference"] = options.isVerified
                                               ? nlohmann::ordered_json(result.largestLogitDifference)
                                               : nlohmann::ordered_json(nullptr);
        session.console.printJson(json);
        return 0;
    }
    session.console.print(resultLine(result, dtype, options.isVerified) + '\n');
    return 0;
}

}

void addExport(CLI::App& root, Session& session) {
    auto options = std::make_shared<Options>();
    auto* app = addCommand(
        root, session,
        {.name = "export",
         .summary = "Write a finished run as a checkpoint that other programs open.",
         .examples = {"export 7 --out out/w3", "export demo-w3-vlmptq --dtype f32 --out out/w3-f32"},
         .notes = "dense: an ordinary Hugging Face folder whose weights are the quantized values."},
        {.database = true, .json = true, .progress = true});
    app->add_option("RUN", options->run, "id, name or folder of a run")->required();
    app->add_option("--out", options->out, "folder to write; it appears complete or not at all")
        ->type_name("DIR")
        ->required();
    app->add_option("--format", options->format, "dense")->type_name("NAME");
    app->add_option("--dtype", options->dtype, "bf16, f16 or f32 [bf16]")->type_name("KIND");
    app->add_flag("--verify,!--no-verify", options->isVerified,
                  "reload what was written and compare [--verify]");
    app->add_option("--shard-size", options->shardSize, "largest file [4GB]")->type_name("SIZE");
    app->add_flag("--force", options->isReplacing, "replace an existing folder, which is moved aside first");
    addSettings(*app, options->given, kDeviceSettings);
    app->callback([&session, options] {
        session.action = [&session, options] { return exportRun(session, *options); };
    });
}

}
