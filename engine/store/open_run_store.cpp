#include "engine/core/error.h"
#include "engine/core/paths.h"
#include "engine/core/text.h"
#include "engine/store/mount.h"
#include "engine/store/schema.h"
#include "engine/store/sqlite_run_store.h"

#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <thread>
#include <unistd.h>

namespace vlmptq::store {
namespace {

namespace fs = std::filesystem;

bool mayWrite(const fs::path& path) { return faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0; }

// The 19th byte of a SQLite file is 2 in write-ahead mode.
bool usesWriteAheadLog(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    char version = 0;
    return file.seekg(18) && file.get(version) && version == 2;
}

void createFolder(const fs::path& folder) {
    std::error_code failure;
    fs::create_directories(folder, failure);
    if (failure)
        throw Error(ErrorKind::Database, "E-DB-10",
                    "The folder " + folder.string() +
                        " for the run database cannot be created: " + failure.message() + ".",
                    "Choose another place with --db or VLMPTQ_DB.");
}

OpenMode openMode(const fs::path& path, bool isReadOnly) {
    if (!isReadOnly)
        return OpenMode::Create;
    // Reading a write-ahead database needs a shared-memory file beside it; where that cannot be made and
    // nothing waits in the log, nobody can be writing either.
    const bool isFixed =
        !mayWrite(path.parent_path()) && usesWriteAheadLog(path) && !fs::exists(path.string() + "-wal");
    return isFixed ? OpenMode::Immutable : OpenMode::ReadOnly;
}

void addSentence(std::string& notice, const std::string& sentence) {
    notice += (notice.empty() ? "" : " ") + sentence;
}

std::string journalMode(Connection& connection, const char* request = nullptr) {
    Statement statement(connection,
                        request ? "PRAGMA journal_mode = " + std::string(request) : "PRAGMA journal_mode");
    return statement.step() ? statement.text(0) : std::string();
}

// SQLite does not wait when two programs switch a new file to write-ahead mode at once.
std::string switchToWriteAhead(Connection& connection, int timeoutMilliseconds) {
    using namespace std::chrono;
    const auto deadline = steady_clock::now() + milliseconds(timeoutMilliseconds);
    for (;;) {
        if (auto mode = journalMode(connection); mode == "wal")
            return mode;
        try {
            return journalMode(connection, "WAL");
        } catch (const Error& error) {
            if (error.id() != kLockedId || steady_clock::now() > deadline)
                throw;
        }
        std::this_thread::sleep_for(milliseconds(20));
    }
}

}

std::unique_ptr<RunStore> RunStore::open(const fs::path& path, bool readOnly) {
    return SqliteRunStore::open(path, {.isReadOnly = readOnly, .isOnNetwork = isOnNetwork(path)});
}

std::unique_ptr<SqliteRunStore> SqliteRunStore::open(const fs::path& given, const OpenOptions& options) {
    const auto path = fs::absolute(given).lexically_normal();
    const bool isNew = !fs::exists(path);
    if (isNew && options.isReadOnly)
        throw Error(ErrorKind::Database, "E-DB-11", "There is no run database " + path.string() + ".",
                    "Start a run to create it, or choose another file.");
    if (isNew)
        createFolder(path.parent_path());
    const bool isReadOnly =
        options.isReadOnly || !mayWrite(path.parent_path()) || (!isNew && !mayWrite(path));
    Connection connection(path, openMode(path, isReadOnly && !isNew), options.busyTimeoutMilliseconds);
    std::unique_ptr<SqliteRunStore> store(new SqliteRunStore(std::move(connection), isReadOnly));
    if (isReadOnly && !options.isReadOnly)
        store->m_notice = "Opened read-only: " + path.string() + " or its folder cannot be written.";
    store->setUpSchema(options);
    return store;
}

void SqliteRunStore::setUpSchema(const OpenOptions& options) {
    const auto state = schemaState(m_connection);
    if (state == SchemaState::Newer) {
        m_isReadOnly = true;
        addSentence(m_notice,
                    "Opened read-only: the database was written by a newer version of this program.");
    }
    if (m_isReadOnly) {
        if (state == SchemaState::Empty || state == SchemaState::Older)
            throw Error(ErrorKind::Database, "E-DB-12",
                        "The run database " + path().string() +
                            (state == SchemaState::Empty
                                 ? " is empty"
                                 : " was written by an older version of this program") +
                            " and cannot be changed here.",
                        "Open it once where it can be written.");
        m_connection.execute("PRAGMA query_only = ON");
        return;
    }
    setUpJournal(options);
    if (const auto backup = migrate(m_connection); !backup.empty())
        addSentence(m_notice,
                    "The database was brought up to date; the old one is kept as " + backup.string() + ".");
}

void SqliteRunStore::setUpJournal(const OpenOptions& options) {
    m_connection.execute("PRAGMA foreign_keys = ON");
    const auto mode = options.isOnNetwork ? journalMode(m_connection, "DELETE")
                                          : switchToWriteAhead(m_connection, options.busyTimeoutMilliseconds);
    if (mode == "wal") {
        // Consistent on power loss; at most the last commits are lost (style.md 4.6: 200 times faster than
        // FULL).
        m_connection.execute("PRAGMA synchronous = NORMAL");
        return;
    }
    m_connection.execute("PRAGMA synchronous = FULL");
    addSentence(
        m_notice,
        options.isOnNetwork
            ? "The database is on a network mount: other programs see changes only after each commit and may "
              "have to wait."
            : "The file system has no shared memory: the database is used without its write-ahead log.");
}

void SqliteRunStore::requireWritable() const {
    if (m_isReadOnly)
        throw Error(ErrorKind::Database, "E-DB-02",
                    "The run database " + path().string() + " is open read-only.",
                    m_notice.empty() ? "Open it for writing." : m_notice);
}

std::string modelKey(const std::string& folder) {
    if (folder.empty())
        return {};
    auto path = fs::absolute(folder).lexically_normal();
    return (path.has_filename() ? path : path.parent_path()).string();
}

fs::path defaultDatabase() {
    const char* given = std::getenv("VLMPTQ_DB");
    return given && *given ? fs::path(given) : paths::dataFolder() / "runs.db";
}

}
