#include "engine/store/sqlite.h"

#include "engine/core/disk.h"
#include "engine/core/text.h"

#include <sqlite3.h>

#include <cmath>

namespace vlmptq::store {
namespace {

struct Failure {
    const char *id, *what, *hint;
};

constexpr Failure kFailedWrite{"E-DB-14", "cannot be written",
                               "Free some space, raise a quota or limit on file sizes, or check the disk; "
                               "then resume: the finished layers "
                               "are kept."};

bool isFailedWrite(int extendedCode) {
    return extendedCode == SQLITE_IOERR_WRITE || extendedCode == SQLITE_IOERR_TRUNCATE ||
           extendedCode == SQLITE_IOERR_FSYNC || extendedCode == SQLITE_IOERR_SHMSIZE;
}

Failure failureFor(int code) {
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return {kLockedId, "is locked by another program", "Close the other program, or wait and try again."};
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return {"E-DB-02", "cannot be written", "Give yourself the right to write the file and its folder."};
    case SQLITE_CORRUPT:
        return {"E-DB-03", "is damaged",
                "Restore a copy, or rescue what can be read with: sqlite3 FILE .recover"};
    case SQLITE_NOTADB:
        return {"E-DB-04", "is not a database", "Choose another file."};
    case SQLITE_FULL:
        return {"E-DB-05", "cannot grow", "Free some space, then resume: the finished layers are kept."};
    case SQLITE_CANTOPEN:
        return {"E-DB-06", "cannot be opened", "Check that the folder exists and that you may use it."};
    case SQLITE_IOERR:
        return {"E-DB-07", "cannot be read or written", "Check the disk, its free space and the mount."};
    default:
        return {"E-DB-08", "refused a request", "This is a fault of the program: please report it."};
    }
}

const char* openUri(OpenMode mode) { return mode == OpenMode::Immutable ? "?immutable=1" : ""; }

// A path as a SQLite URI: only '?', '#' and '%' have a meaning there.
std::string uriOf(const std::filesystem::path& path, OpenMode mode) {
    std::string uri = "file:";
    for (const char c : std::filesystem::absolute(path).string()) {
        if (c == '?')
            uri += "%3f";
        else if (c == '#')
            uri += "%23";
        else if (c == '%')
            uri += "%25";
        else
            uri += c;
    }
    return uri + openUri(mode);
}

void rollBack(Connection& connection) {
    if (!connection.isInTransaction())
        return; // some errors have rolled back already
    try {
        connection.execute("ROLLBACK");
    } catch (const Error&) { // closing the connection undoes it as well
    }
}

}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
void Connection::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

Statement::Statement(Connection& connection, std::string_view sql) : m_connection(&connection) {
    sqlite3_stmt* statement = nullptr;
    check(sqlite3_prepare_v2(connection.m_handle.get(), sql.data(), static_cast<int>(sql.size()), &statement,
                             nullptr));
    m_statement.reset(statement);
}

void Statement::check(int code) const {
    if (code != SQLITE_OK)
        m_connection->fail(code);
}

Statement& Statement::bindAt(int position, std::int64_t value) {
    check(sqlite3_bind_int64(m_statement.get(), position, value));
    return *this;
}

Statement& Statement::bindAt(int position, double value) {
    check(sqlite3_bind_double(m_statement.get(), position, value));
    return *this;
}

Statement& Statement::bindAt(int position, std::string_view value) {
    check(sqlite3_bind_text64(m_statement.get(), position, value.data() ? value.data() : "", value.size(),
                              SQLITE_TRANSIENT, SQLITE_UTF8));
    return *this;
}

Statement& Statement::bindAt(int position, std::span<const std::byte> value) {
    check(sqlite3_bind_blob64(m_statement.get(), position, value.data(), value.size(), SQLITE_TRANSIENT));
    return *this;
}

Statement& Statement::bindNull(int position) {
    check(sqlite3_bind_null(m_statement.get(), position));
    return *this;
}

bool Statement::step() {
    const int code = sqlite3_step(m_statement.get());
    if (code == SQLITE_ROW)
        return true;
    if (code != SQLITE_DONE)
        m_connection->fail(code);
    return false;
}

void Statement::run() {
    while (step()) {
    }
    sqlite3_reset(m_statement.get());
}

bool Statement::isNull(int column) const {
    return sqlite3_column_type(m_statement.get(), column) == SQLITE_NULL;
}
std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(m_statement.get(), column); }
double Statement::real(int column) const { return sqlite3_column_double(m_statement.get(), column); }

std::string Statement::text(int column) const {
    const auto text = reinterpret_cast<const char*>(sqlite3_column_text(m_statement.get(), column));
    return text ? std::string(text, sqlite3_column_bytes(m_statement.get(), column)) : std::string();
}

std::span<const std::byte> Statement::bytes(int column) const {
    const auto data = static_cast<const std::byte*>(sqlite3_column_blob(m_statement.get(), column));
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(m_statement.get(), column))};
}

std::optional<double> Statement::optionalReal(int column) const {
    if (isNull(column))
        return std::nullopt;
    return real(column);
}

Connection::Connection(const std::filesystem::path& path, OpenMode mode, int busyTimeoutMilliseconds)
    : m_path(path) {
    const int access =
        mode == OpenMode::Create ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(uriOf(path, mode).c_str(), &handle,
                                     access | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, nullptr);
    m_handle.reset(handle);
    if (code != SQLITE_OK)
        fail(code);
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, busyTimeoutMilliseconds);
}

void Connection::execute(const std::string& sql) {
    const int code = sqlite3_exec(m_handle.get(), sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK)
        fail(code);
}

std::int64_t Connection::number(std::string_view sql) {
    Statement statement(*this, sql);
    return statement.step() ? statement.integer(0) : 0;
}

std::int64_t Connection::lastInsertId() const { return sqlite3_last_insert_rowid(m_handle.get()); }
std::int64_t Connection::changes() const { return sqlite3_changes(m_handle.get()); }
bool Connection::isInTransaction() const { return sqlite3_get_autocommit(m_handle.get()) == 0; }

void Connection::backUp(const std::filesystem::path& copy) {
    Statement(*this, "VACUUM INTO ?1").bind(copy.string()).run();
}

void Connection::fail(int code) const {
    // A used-up quota or a limit on file sizes shows as a failed write.
    const bool isWrite = m_handle && isFailedWrite(sqlite3_extended_errcode(m_handle.get()));
    const auto [id, what, hint] = isWrite ? kFailedWrite : failureFor(code);
    std::string reason = m_handle ? sqlite3_errmsg(m_handle.get()) : sqlite3_errstr(code);
    if (const auto free = freeBytes(m_path); free && (isWrite || (code & 0xff) == SQLITE_FULL))
        reason += ", " + bytesText(*free) + " free";
    throw Error(ErrorKind::Database, id,
                "The run database " + m_path.string() + " " + what + " (" + reason + ").", hint);
}

Transaction::Transaction(Connection& connection) : m_connection(connection) {
    connection.execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
    if (m_isOpen)
        rollBack(m_connection);
}

void Transaction::commit() {
    m_connection.execute("COMMIT");
    m_isOpen = false;
}

ReadSnapshot::ReadSnapshot(Connection& connection)
    : m_connection(connection), m_isOwner(!connection.isInTransaction()) {
    if (m_isOwner)
        connection.execute("BEGIN");
}

ReadSnapshot::~ReadSnapshot() {
    if (m_isOwner)
        rollBack(m_connection);
}

}
