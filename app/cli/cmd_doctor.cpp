// `vlmptq doctor`: what this program stands on - versions, devices, BLAS, database, disk, demo - and what to
// mend.
#include "app/cli/args.h"
#include "app/cli/commands.h"
#include "app/cli/record_json.h"
#include "engine/core/paths.h"
#include "engine/core/table.h"
#include "engine/core/text.h"

#include <unistd.h>

namespace fs = std::filesystem;

namespace vlmptq::cli {
namespace {

enum class Verdict { Ok, Note, Fault };

struct Finding {
    Verdict verdict;
    std::string subject, text;
};

constexpr std::uint64_t kLowDiskBytes = 1'000'000'000;

const char* wordOf(Verdict verdict) {
    return verdict == Verdict::Ok ? "ok" : verdict == Verdict::Note ? "note" : "FAULT";
}

class Examination {
public:
    explicit Examination(Session& session) : m_session(session) {}

    std::vector<Finding> run() {
        ok("program", "vlmptq " VLMPTQ_VERSION " in " + paths::programFolder().string());
        examineEngine();
        examineDatabase();
        examineDisk();
        examineDemo();
        return std::move(m_findings);
    }

private:
    void ok(const std::string& subject, const std::string& text) {
        m_findings.push_back({Verdict::Ok, subject, text});
    }
    void note(const std::string& subject, const std::string& text) {
        m_findings.push_back({Verdict::Note, subject, text});
    }
    void fault(const std::string& subject, const std::string& text) {
        m_findings.push_back({Verdict::Fault, subject, text});
    }

    void examineEngine() {
        try {
            const auto info = m_session.engine().info();
            ok("LibTorch", info.torchVersion);
            ok("BLAS", info.blas);
            ok("kernels", info.kernels);
            for (const auto& device : info.devices)
                ok("device", device.name + "  " + device.description + "  " + bytesText(device.freeBytes) +
                                 " of " + bytesText(device.totalBytes) + " free");
            if (!info.whyNoCuda.empty())
                note("CUDA", info.whyNoCuda);
            for (const auto& problem : info.problems)
                fault("engine", problem);
        } catch (const Error& failure) {
            fault("engine", failure.message());
        }
    }

    void examineDatabase() {
        const auto path = m_session.database();
        if (!fs::exists(path)) {
            note("database", path.string() + " does not exist yet; the first run makes it");
            return;
        }
        try {
            const auto opened = store::RunStore::open(path);
            ok("database", path.string() + ", " + std::to_string(opened->runs().size()) + " runs");
            if (!opened->notice().empty())
                note("database", opened->notice());
        } catch (const Error& failure) {
            fault("database", failure.message());
        }
    }

    void examineDisk() {
        fs::path folder = fs::absolute(m_session.database()).parent_path();
        while (!fs::exists(folder) && folder.has_relative_path())
            folder = folder.parent_path();
        std::error_code failure;
        const auto space = fs::space(folder, failure);
        if (failure) {
            fault("disk", folder.string() + ": " + failure.message());
            return;
        }
        const std::string text = bytesText(space.available) + " free at " + folder.string();
        if (::access(folder.c_str(), W_OK) != 0)
            fault("disk", folder.string() + " is not writable; choose another database with --db");
        else if (space.available < kLowDiskBytes)
            fault("disk", text + "; free some, or choose a database on another disk with --db");
        else
            ok("disk", text);
    }

    void examineDemo() {
        if (const auto demo = paths::findDemo())
            ok("demo", demo->string());
        else
            note("demo", "not found; set VLMPTQ_DEMO_DIR to the folder that holds it");
    }

    Session& m_session;
    std::vector<Finding> m_findings;
};

int doctor(Session& session) {
    const auto findings = Examination(session).run();
    bool isHealthy = true;
    auto json = nlohmann::ordered_json::array();
    std::string text;
    for (const auto& finding : findings) {
        isHealthy = isHealthy && finding.verdict != Verdict::Fault;
        json.push_back(
            {{"verdict", wordOf(finding.verdict)}, {"subject", finding.subject}, {"text", finding.text}});
        text += padded(wordOf(finding.verdict), 7) + padded(finding.subject, 10) + finding.text + '\n';
    }
    if (session.isJson)
        session.console.printJson({{"schema", kSchema}, {"healthy", isHealthy}, {"findings", json}});
    else
        session.console.print(text);
    return isHealthy ? 0 : 4;
}

}

void addDoctor(CLI::App& root, Session& session) {
    auto* app =
        addCommand(root, session,
                   {.name = "doctor",
                    .summary = "Check versions, devices, BLAS, database and disk, and say what to mend.",
                    .examples = {"doctor", "doctor --json"},
                    .notes = "Exits with 4 when something is at fault."},
                   {.database = true, .json = true});
    app->callback([&session] { session.action = [&session] { return doctor(session); }; });
}

}
