// `vlmptq runs …`: the library of runs.
#include "app/cli/args.h"
#include "app/cli/commands.h"
#include "app/cli/record_json.h"
#include "app/cli/run_list.h"
#include "app/cli/run_watch.h"
#include "app/cli/subject.h"
#include "engine/core/table.h"
#include "engine/core/text.h"

#include <algorithm>
#include <iostream>
#include <unistd.h>

namespace vlmptq::cli {
namespace {

using Json = nlohmann::ordered_json;

// Runs `action` of a command with its own options when that command was named.
template <class Options, class Action>
void onCommand(CLI::App* app, Session& session, std::shared_ptr<Options> options, Action action) {
    app->callback([&session, options, action] {
        session.action = [&session, options, action] { return action(session, *options); };
    });
}

struct ListOptions {
    std::vector<std::string> where, columns = kUsualRunFields;
    std::string sort = "-id";
    bool hasDisk = false;
};

int list(Session& session, const ListOptions& options) {
    session.noticeDeadRuns();
    std::vector<RunRow> rows;
    if (const auto opened = session.openStoreToRead())
        for (auto& run : opened->runs()) {
            const auto id = run.id;
            rows.push_back({std::move(run), options.hasDisk ? opened->diskBytes(id) : 0});
        }
    const bool isEmpty = rows.empty();
    rows = filtered(std::move(rows), options.where);
    sortRuns(rows, options.sort);
    auto columns = options.columns;
    if (options.hasDisk && std::find(columns.begin(), columns.end(), "disk") == columns.end())
        columns.push_back("disk");
    const auto table = runTable(rows, columns);
    if (session.isJson) {
        auto runs = Json::array();
        for (const auto& row : rows) {
            runs.push_back(toJson(row.run));
            if (options.hasDisk)
                runs.back()["disk_bytes"] = row.diskBytes;
        }
        session.console.printJson(
            {{"schema", kSchema}, {"database", session.database().string()}, {"runs", runs}});
    } else if (session.isCsv) {
        session.console.print(table.csv());
    } else if (table.isEmpty()) {
        session.console.note(isEmpty ? "no runs yet in " + session.database().string()
                                     : "no run fits the conditions");
    } else {
        session.console.print(table.aligned());
    }
    return 0;
}

struct ShowOptions {
    std::string run;
};

std::string factsText(const store::RunRecord& run, const std::vector<store::ScoreRecord>& scores) {
    std::vector<std::pair<std::string, std::string>> facts{
        {"run", std::to_string(run.id) + "  " + run.name},
        {"state", std::string(store::toString(run.state)) + ", " + std::to_string(run.layersDone) + " of " +
                      std::to_string(run.layers) + " layers"},
        {"model", run.model + (run.modelTitle.empty() ? "" : " (" + run.modelTitle + ")")},
        {"method", run.method + "  " + run.scheme},
        {"calibration", run.config.calib.source + ", " + std::to_string(run.config.calib.samples) +
                            " pairs, " + std::to_string(run.config.calib.heldout) + " held out"},
        {"created", run.createdAt},
        {"finished", run.finishedAt},
        {"tags", join(run.tags, ", ")},
        {"note", run.note},
        {"error", run.error},
        {"folder", run.directory}};
    if (const auto& summary = run.summary) {
        const auto mean = [](const std::optional<MeanInterval>& value) {
            return value ? significant(value->mean, 3) + " [" + significant(value->low, 3) + ", " +
                               significant(value->high, 3) + "]"
                         : std::string("-");
        };
        facts.insert(facts.end(), {{"module error", significant(summary->meanModuleError, 3) + " (mean, " +
                                                        errorPairs(run.config.calib) + " pairs)"},
                                   {"model error", "vision " + mean(summary->modelError.vision) + "  text " +
                                                       mean(summary->modelError.text)},
                                   {"answer loss", mean(summary->heldoutAnswerLoss)},
                                   {"model size", bytesText(summary->originalBytes) + " -> " +
                                                      bytesText(summary->quantizedBytes) + ", " +
                                                      fixed(summary->bitsPerWeight, 2) + " bits per weight"},
                                   {"time", secondsText(summary->seconds)},
                                   {"peak memory", bytesText(summary->peakBytes)}});
    }
    for (const auto& record : scores)
        facts.emplace_back(record.score.benchmark,
                           fixed(record.score.score, 1) + " [" + fixed(record.score.low, 1) + ", " +
                               fixed(record.score.high, 1) + "]  " + record.selection);
    std::erase_if(facts, [](const auto& fact) { return fact.second.empty(); });
    return factLines(facts);
}

int show(Session& session, const ShowOptions& options) {
    session.noticeDeadRuns();
    const auto run = findRun(session, options.run);
    const auto opened = session.openStoreToRead();
    const auto scores = opened->scores(run.id);
    if (!session.isJson) {
        session.console.print(factsText(run, scores));
        return 0;
    }
    Json json = toJson(run);
    json["schema"] = kSchema;
    json["scores"] = Json::array();
    for (const auto& record : scores) {
        json["scores"].push_back(toJson(record.score));
        json["scores"].back()["selection"] = record.selection;
    }
    json["layer_results"] = Json::array();
    for (const auto& layer : opened->layers(run.id))
        json["layer_results"].push_back(toJson(layer));
    session.console.printJson(json);
    return 0;
}

struct TagOptions {
    std::string run;
    std::vector<std::string> tags, removed;
};

int tag(Session& session, const TagOptions& options) {
    const auto run = findRun(session, options.run, IfSeveral::Refuse);
    auto tags = run.tags;
    for (const auto& name : options.tags)
        if (std::find(tags.begin(), tags.end(), name) == tags.end())
            tags.push_back(name);
    std::erase_if(tags, [&](const std::string& name) {
        return std::find(options.removed.begin(), options.removed.end(), name) != options.removed.end();
    });
    session.openStore()->setTags(run.id, tags);
    session.console.print(runTitle(run) + ": " + (tags.empty() ? "no tags" : join(tags, ", ")) + '\n');
    return 0;
}

struct TextOptions {
    std::string run, text;
};

int note(Session& session, const TextOptions& options) {
    const auto run = findRun(session, options.run, IfSeveral::Refuse);
    session.openStore()->setNote(run.id, options.text);
    session.console.note(runTitle(run) + ": note " + (options.text.empty() ? "removed" : "kept"));
    return 0;
}

int rename(Session& session, const TextOptions& options) {
    const auto run = findRun(session, options.run, IfSeveral::Refuse);
    if (options.text.empty())
        throw Error(ErrorKind::BadOption, "E-OPT-22", "The new name is empty.",
                    "Give a name that says what the run is.");
    session.openStore()->renameRun(run.id, options.text);
    session.console.note("run " + std::to_string(run.id) + " is now called " + options.text);
    return 0;
}

struct DeleteOptions {
    std::vector<std::string> runs;
    bool isSure = false;
};

bool isConfirmed(Session& session, const std::string& question) {
    if (!::isatty(STDIN_FILENO))
        throw Error(ErrorKind::BadOption, "E-OPT-23", "Deleting needs --yes when nobody can be asked.",
                    "Add --yes.");
    session.console.note(question + " [y/N]");
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "y" || answer == "Y" || answer == "yes";
}

int remove(Session& session, const DeleteOptions& options) {
    std::vector<store::RunRecord> runs;
    std::vector<std::string> titles;
    for (const auto& text : options.runs) {
        runs.push_back(findRun(session, text, IfSeveral::Refuse));
        titles.push_back(runTitle(runs.back()));
    }
    const auto opened = session.openStore();
    std::uint64_t bytes = 0;
    for (const auto& run : runs)
        bytes += opened->diskBytes(run.id);
    if (!options.isSure &&
        !isConfirmed(session, "delete " + join(titles, ", ") + " and free " + bytesText(bytes) + "?")) {
        session.console.note("nothing was deleted");
        return 0;
    }
    for (const auto& run : runs)
        opened->deleteRun(run.id);
    session.console.note("deleted " + join(titles, ", ") + "; " + bytesText(bytes) + " freed");
    return 0;
}

struct WatchOptions {
    std::string run;
};

int watch(Session& session, const WatchOptions& options) {
    return watchRun(session,
                    options.run.empty() ? std::nullopt : std::optional(findRun(session, options.run).id));
}

void addEditing(CLI::App& runs, Session& session) {
    const char* runHelp = "id, name or folder of a run";
    const Shares shares{.database = true};
    {
        auto options = std::make_shared<TagOptions>();
        auto* app = addCommand(runs, session,
                               {"tag",
                                "Add tags to a run, or remove some.",
                                {"runs tag 7 w3 paper", "runs tag 7 --remove demo"},
                                {}},
                               shares);
        app->add_option("RUN", options->run, runHelp)->required();
        app->add_option("TAG", options->tags, "tags to add")->expected(0, -1);
        addList(*app, "--remove", options->removed, "TAGS", "tags to remove, comma-separated");
        onCommand(app, session, options, tag);
    }
    {
        auto options = std::make_shared<TextOptions>();
        auto* app = addCommand(
            runs, session,
            {"note", "Keep a note with a run.", {"runs note 7 \"better than the paper's setting\""}, {}},
            shares);
        app->add_option("RUN", options->run, runHelp)->required();
        app->add_option("TEXT", options->text, "the note; empty removes it")->required();
        onCommand(app, session, options, note);
    }
    {
        auto options = std::make_shared<TextOptions>();
        auto* app = addCommand(
            runs, session, {"rename", "Give a run another name.", {"runs rename 7 paper-w3"}, {}}, shares);
        app->add_option("RUN", options->run, runHelp)->required();
        app->add_option("NAME", options->text, "the new name")->required();
        onCommand(app, session, options, rename);
    }
    {
        auto options = std::make_shared<DeleteOptions>();
        auto* app = addCommand(runs, session,
                               {"delete",
                                "Delete runs: their rows and layer files. Exported checkpoints stay.",
                                {"runs delete 7", "runs delete 3 4 5 --yes"},
                                {}},
                               shares);
        app->add_option("RUN", options->runs, runHelp)->required()->expected(1, -1);
        app->add_flag("--yes", options->isSure, "do not ask");
        onCommand(app, session, options, remove);
    }
}

}

void addRuns(CLI::App& root, Session& session) {
    auto* runs = addCommandGroup(root, session,
                                 {"runs",
                                  "List, show and look after the runs of the database.",
                                  {"runs list", "runs show 7", "runs delete 7"},
                                  {}});
    {
        auto options = std::make_shared<ListOptions>();
        auto* app = addCommand(
            *runs, session,
            {"list",
             "List the runs, newest first.",
             {"runs list", "runs list --where method=vlmptq --sort error", "runs list --disk --json"},
             "Fields: " + join(runFields(), ", ") + "."},
            {.database = true, .json = true, .csv = true});
        app->add_option("--where", options->where,
                        "only runs like this: 'method=vlmptq', 'error<0.01'; may be repeated")
            ->type_name("CONDITION")
            ->expected(1)
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
        app->add_option("--sort", options->sort, "by this field; -FIELD: falling [-id]")->type_name("FIELD");
        addList(*app, "--columns", options->columns, "FIELDS", "fields to show, comma-separated");
        app->add_flag("--disk", options->hasDisk, "show the disk space of each");
        onCommand(app, session, options, list);
    }
    {
        auto options = std::make_shared<ShowOptions>();
        auto* app = addCommand(*runs, session,
                               {"show",
                                "Show everything about one run.",
                                {"runs show 7", "runs show demo-w3-vlmptq --json"},
                                {}},
                               {.database = true, .json = true});
        app->add_option("RUN", options->run, "id, name or folder of a run")->required();
        onCommand(app, session, options, show);
    }
    {
        auto options = std::make_shared<WatchOptions>();
        auto* app = addCommand(*runs, session,
                               {"watch",
                                "Follow a run, of this or another process, until it ends.",
                                {"runs watch", "runs watch 7"},
                                {}},
                               {.database = true});
        app->add_option("RUN", options->run, "id, name or folder of a run [the running one]");
        onCommand(app, session, options, watch);
    }
    addEditing(*runs, session);
}

}
