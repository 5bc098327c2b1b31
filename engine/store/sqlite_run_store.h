// sqlite_run_store.h - the RunStore over one SQLite connection. Its member functions are grouped by subject:
// open_run_store.cpp, run_rows.cpp, run_state_rows.cpp, layer_rows.cpp, score_rows.cpp, event_rows.cpp.
#pragma once
#include "engine/store/run_process.h"
#include "engine/store/run_store.h"
#include "engine/store/sqlite.h"

namespace vlmptq::store {

struct OpenOptions {
    bool isReadOnly = false;
    bool isOnNetwork = false;
    int busyTimeoutMilliseconds = 5000;
};

class SqliteRunStore final : public RunStore {
public:
    static std::unique_ptr<SqliteRunStore> open(const std::filesystem::path&, const OpenOptions&);

    const std::filesystem::path& path() const override { return m_connection.path(); }
    bool isReadOnly() const override { return m_isReadOnly; }
    std::string notice() const override { return m_notice; }
    std::filesystem::path runsFolder() const override { return folder() / "runs"; }
    std::int64_t dataVersion() override { return m_connection.number("PRAGMA data_version"); }

    RunId createRun(const RunConfig&, RunState) override;
    std::vector<RunRecord> runs() override;
    std::optional<RunRecord> run(RunId) override;
    void renameRun(RunId, const std::string&) override;
    void setTags(RunId, const std::vector<std::string>&) override;
    void setNote(RunId, const std::string&) override;
    void setColor(RunId, const std::string&) override;
    void setModelTitle(RunId, const std::string&) override;
    void deleteRun(RunId) override;
    std::uint64_t diskBytes(RunId) override;

    void claim(RunId) override;
    void setState(RunId, RunState, const std::string& error) override;
    void markStarted(RunId, int layers, int modules, const std::string& fingerprint,
                     const std::string& parts) override;
    void heartbeat(RunId) override;
    int markInterrupted() override;
    void requestControl(RunId, Control) override;
    Control takeControl(RunId) override;

    void saveLayer(RunId, const LayerResult&) override;
    void dropLayersFrom(RunId, int layer) override;
    std::vector<LayerResult> layers(RunId, int fromLayer) override;
    std::optional<ModuleResult> module(RunId, int index) override;
    void saveSummary(RunId, const RunSummary&) override;

    std::int64_t addScore(const ScoreRecord&) override;
    void addScores(const std::vector<ScoreRecord>&) override;
    void addItem(std::optional<RunId>, const std::string& model, const EvalItem&) override;
    std::vector<ScoreRecord> scores(std::optional<RunId>, const std::string& model) override;
    std::vector<EvalItem> items(std::optional<RunId>, const std::string& model,
                                const std::string& benchmark) override;

    void addLog(RunId, const std::string& severity, const std::string& code, const std::string& where,
                const std::string& text) override;
    std::vector<LogEntry> log(RunId, std::int64_t afterId) override;
    void addResourceSample(RunId, const ResourceSample&) override;

private:
    SqliteRunStore(Connection connection, bool isReadOnly)
        : m_connection(std::move(connection)), m_isReadOnly(isReadOnly) {}
    void setUpJournal(const OpenOptions&);
    void setUpSchema(const OpenOptions&);
    std::filesystem::path folder() const { return path().parent_path(); }

    void requireWritable() const;
    void setText(RunId, const char* column, const std::string&);
    void requireRow(RunId) const; // after an UPDATE: throws when there was no such run
    std::vector<RunRecord> runsWhere(const std::string& condition, std::optional<RunId>);
    std::string makeRunFolder(RunId);
    void writeTags(RunId, const std::vector<std::string>&);

    struct Worker {
        ProcessIdentity process;
        bool isSilent = false; // no heartbeat for 30 s
    };
    std::optional<Worker> workerOf(RunId);
    void makeDurable();
    void requireNotRunning(RunId, const char* action); // "deleted": throws while a living process works on it

    void saveModule(RunId, const ModuleResult&);
    void deleteLayers(RunId, const char* condition, int layer); // of ?2
    void addModules(RunId, int fromLayer, std::vector<LayerResult>&);

    Connection m_connection;
    bool m_isReadOnly;
    std::string m_notice;
};

RunState runStateNamed(const std::string&); // as stored; throws Error (Database)

// How a model's folder is written in the database.
std::string modelKey(const std::string& folder);

}
