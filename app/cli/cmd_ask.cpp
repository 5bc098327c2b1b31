// `vlmptq ask`: one question to a run or a checkpoint, and to the full-precision model beside it when asked
// for.
#include "app/cli/args.h"
#include "app/cli/commands.h"
#include "app/cli/progress.h"
#include "app/cli/record_json.h"
#include "app/cli/subject.h"
#include "engine/core/text.h"
#include "engine/image/image.h"

namespace vlmptq::cli {
namespace {

struct Options {
    std::string subject, text, compare, repetitionPenalty = "1";
    std::vector<std::string> images;
    std::int64_t maxNewTokens = 128;
    GivenSettings given;
};

struct Answer {
    std::string title;
    api::AskResult result;
};

Answer ask(Session& session, const Subject& subject, const Options& options, const DeviceConfig& device) {
    auto& engine = session.stoppableEngine();
    Progress progress(session.console);
    api::AskRequest request{.model = subject.folder,
                            .images = {options.images.begin(), options.images.end()},
                            .text = options.text,
                            .maxNewTokens = static_cast<int>(options.maxNewTokens),
                            .repetitionPenalty = realNumber("repetition-penalty", options.repetitionPenalty),
                            .device = device};
    return {subject.title, engine.ask(request, progress, session.interruption().token())};
}

std::string factsOf(const api::AskResult& result) {
    constexpr std::size_t kFewestTokens = 8; // a rate over fewer tells nothing
    const auto tokens = result.tokenIds.size();
    const auto rate =
        tokens < kFewestTokens ? std::string() : fixed(result.tokensPerSecond, 1) + " a second, ";
    return std::to_string(tokens) + (tokens == 1 ? " token, " : " tokens, ") + rate + "first after " +
           secondsText(result.firstTokenSeconds) + "; prompt " + std::to_string(result.promptTokens) +
           " tokens, " + std::to_string(result.visionTokens) + " of them vision";
}

nlohmann::ordered_json toJson(const Answer& answer) {
    return {{"title", answer.title},
            {"answer", answer.result.answer},
            {"token_ids", answer.result.tokenIds},
            {"prompt_tokens", answer.result.promptTokens},
            {"vision_tokens", answer.result.visionTokens},
            {"first_token_seconds", answer.result.firstTokenSeconds},
            {"tokens_per_second", answer.result.tokensPerSecond},
            {"ignored_settings", answer.result.ignoredGenerationSettings}};
}

int run(Session& session, const Options& options) {
    if (!options.compare.empty() && options.compare != "fp")
        throw Error(ErrorKind::BadOption, "E-OPT-19",
                    "Option --compare: '" + options.compare + "' is not known.", "Use fp.");
    const auto device = resolveSettings(options.given, {}, kDeviceSettings).config.device;
    const auto subject = findRunOrModel(session, options.subject);
    if (!options.compare.empty() && !subject.run)
        throw Error(ErrorKind::BadInput, "E-CLI-07",
                    subject.title + " is no run of the database: there is nothing to compare it with.",
                    "Give a run, or leave --compare out.");
    for (const auto& picture : options.images)
        image::decodeFile(picture); // refused before seconds go into opening the engine
    requireUsable(subject);
    std::vector<Answer> answers;
    if (!options.compare.empty())
        answers.push_back(ask(session, {.run = {}, .folder = subject.run->model, .title = "full precision"},
                              options, device));
    answers.push_back(ask(session, subject, options, device));

    if (session.isJson) {
        auto json = nlohmann::ordered_json::array();
        for (const auto& answer : answers)
            json.push_back(toJson(answer));
        session.console.printJson({{"schema", kSchema}, {"answers", json}});
        return 0;
    }
    for (const auto& answer : answers) {
        for (const auto& ignored : answer.result.ignoredGenerationSettings)
            session.console.detail("ignored from generation_config.json: " + ignored);
        session.console.print((answers.size() > 1 ? answer.title + ": " : "") + answer.result.answer + '\n');
        session.console.note(factsOf(answer.result));
    }
    return 0;
}

}

void addAsk(CLI::App& root, Session& session) {
    auto options = std::make_shared<Options>();
    auto* app =
        addCommand(root, session,
                   {.name = "ask",
                    .summary = "Ask one question about a picture.",
                    .examples = {"ask path/to/model --image chart.png --text \"What is the highest bar?\"",
                                 "ask 7 --image chart.png --text \"What is the total?\" --compare fp"},
                    .notes = "The answer is greedy. The answer goes to stdout, its facts to stderr."},
                   {.database = true, .json = true, .progress = true});
    app->add_option("RUN|MODEL", options->subject, "id, name or folder of a run, or folder of a checkpoint")
        ->required();
    app->add_option("--text", options->text, "the question")->type_name("TEXT")->required();
    app->add_option("--image", options->images, "picture (PNG, JPEG, WebP, BMP); may be repeated")
        ->type_name("FILE")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    app->add_option("--compare", options->compare, "fp: ask the full-precision model too")->type_name("fp");
    addNumber(*app, "--max-new-tokens", options->maxNewTokens, 1, "longest answer [128]");
    app->add_option("--repetition-penalty", options->repetitionPenalty, "1: none [1]")->type_name("X");
    addSettings(*app, options->given, kDeviceSettings);
    app->callback(
        [&session, options] { session.action = [&session, options] { return run(session, *options); }; });
}

}
