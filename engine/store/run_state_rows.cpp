// What becomes of a run: its states, the process that works on it, requests from other processes.
#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/store/sqlite_run_store.h"

#include <algorithm>
#include <array>

namespace vlmptq::store {
namespace {

constexpr std::array<std::string_view, 8> kStates{
    "queued", "running", "paused", "stopped", "interrupted", "finished", "finished with warnings", "failed"};
constexpr std::array<std::string_view, 5> kControls{"", "pause", "stop after layer", "stop now", "resume"};

template <class Enum, class Names>
Enum stored(const Names& names, const std::string& text, const char* what) {
    const auto found = std::find(names.begin(), names.end(), text);
    if (found == names.end())
        throw Error(ErrorKind::Database, "E-DB-16",
                    "The database holds the unknown " + std::string(what) + " '" + text + "'.",
                    "Open it with the program version that wrote it.");
    return static_cast<Enum>(found - names.begin());
}

}

std::string_view toString(RunState state) { return kStates[static_cast<std::size_t>(state)]; }
RunState runStateNamed(const std::string& name) { return stored<RunState>(kStates, name, "run state"); }

bool isFinished(RunState state) {
    return state == RunState::Finished || state == RunState::FinishedWithWarnings;
}

bool RunRecord::isResumable() const {
    return state == RunState::Paused || state == RunState::Stopped || state == RunState::Interrupted ||
           state == RunState::Failed;
}

// The process that works on the run as far as the database knows; absent when the run is not running.
std::optional<SqliteRunStore::Worker> SqliteRunStore::workerOf(RunId run) {
    Statement select(m_connection,
                     "SELECT host, pid, pid_start, heartbeat_at < strftime('%Y-%m-%dT%H:%M:%SZ', 'now', "
                     "'-30 seconds') FROM run WHERE id = ?1 AND state = 'running'");
    select.bind(run);
    if (!select.step())
        return std::nullopt;
    return Worker{{select.text(0), select.integer(1), select.integer(2)}, select.integer(3) != 0};
}

// A dead process on this host is known at once; of other hosts only the heartbeat tells.
void SqliteRunStore::requireNotRunning(RunId run, const char* action) {
    const auto worker = workerOf(run);
    if (!worker || worker->process == thisProcess())
        return;
    const auto& process = worker->process;
    if (isOnThisHost(process) ? !isAlive(process) : worker->isSilent)
        return;
    throw Error(ErrorKind::Database, "E-DB-17",
                "Run " + std::to_string(run) + " cannot be " + action + ": process " +
                    std::to_string(process.pid) + " on " + process.host + " is working on it.",
                "Stop it there first.");
}

void SqliteRunStore::claim(RunId run) {
    requireWritable();
    const auto self = thisProcess();
    const auto now = utcNow();
    Transaction transaction(m_connection);
    requireNotRunning(run, "started");
    Statement(m_connection,
              "UPDATE run SET state = 'running', error = '', finished_at = '', host = ?2, pid = ?3, "
              "pid_start = ?4, heartbeat_at = ?5, "
              "started_at = CASE started_at WHEN '' THEN ?5 ELSE started_at END WHERE id = ?1")
        .bind(run, self.host, self.pid, self.startTicks, now)
        .run();
    requireRow(run);
    Statement(m_connection, "DELETE FROM control WHERE run = ?1").bind(run).run();
    transaction.commit();
}

void SqliteRunStore::setState(RunId run, RunState state, const std::string& error) {
    if (state == RunState::Running)
        return claim(run);
    requireWritable();
    const bool isQueued = state == RunState::Queued;
    Statement(m_connection,
              "UPDATE run SET state = ?2, error = ?3, finished_at = ?4, pid = 0, pid_start = 0 WHERE id = ?1")
        .bind(run, toString(state), error, isQueued ? "" : utcNow())
        .run();
    requireRow(run);
    if (!isQueued)
        makeDurable();
}

// synchronous = NORMAL leaves the last commits in memory. Passive: never waits for readers.
void SqliteRunStore::makeDurable() {
    try {
        m_connection.execute("PRAGMA wal_checkpoint(PASSIVE)");
    } catch (const Error&) {
        // No room to copy the log into the database: the commits stand in the log, and the next writer copies
        // them.
    }
}

void SqliteRunStore::markStarted(RunId run, int layers, int modules, const std::string& fingerprint,
                                 const std::string& parts) {
    requireWritable();
    Statement(
        m_connection,
        "UPDATE run SET layers = ?2, modules = ?3, fingerprint = ?4, fingerprint_parts = ?5 WHERE id = ?1")
        .bind(run, layers, modules, fingerprint, parts)
        .run();
    requireRow(run);
}

void SqliteRunStore::heartbeat(RunId run) {
    requireWritable();
    Statement(m_connection, "UPDATE run SET heartbeat_at = ?2 WHERE id = ?1").bind(run, utcNow()).run();
}

int SqliteRunStore::markInterrupted() {
    requireWritable();
    Transaction transaction(m_connection);
    std::vector<RunId> running;
    Statement select(m_connection, "SELECT id FROM run WHERE state = 'running'");
    while (select.step())
        running.push_back(select.integer(0));
    int marked = 0;
    Statement update(
        m_connection,
        "UPDATE run SET state = 'interrupted', finished_at = heartbeat_at, pid = 0, pid_start = 0, "
        "error = 'The process ended unexpectedly.' WHERE id = ?1");
    for (const RunId run : running) {
        // Here the process itself tells; of another machine's only its heartbeat does.
        const auto worker = workerOf(run);
        if (isOnThisHost(worker->process) ? isAlive(worker->process) : !worker->isSilent)
            continue;
        update.bind(run).run();
        ++marked;
    }
    transaction.commit();
    return marked;
}

void SqliteRunStore::requestControl(RunId run, Control control) {
    requireWritable();
    Statement(m_connection,
              "INSERT OR REPLACE INTO control (run, request, at) SELECT id, ?2, ?3 FROM run WHERE id = ?1")
        .bind(run, kControls[static_cast<std::size_t>(control)], utcNow())
        .run();
    requireRow(run);
}

Control SqliteRunStore::takeControl(RunId run) {
    // Polled often: reads without the write lock until there is something to take.
    std::string request;
    {
        Statement select(m_connection, "SELECT request FROM control WHERE run = ?1");
        if (!select.bind(run).step())
            return Control::None;
        request = select.text(0);
    }
    requireWritable();
    Statement(m_connection, "DELETE FROM control WHERE run = ?1 AND request = ?2").bind(run, request).run();
    return stored<Control>(kControls, request, "control request");
}

}
